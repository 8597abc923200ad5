"""GIF and WebP animations, by Pillow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Literal

from sdstudio.session.files.exports.timing import HELD, durations

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

PER_SECOND = 50.0
"""Frames a second: browsers play a GIF's frames of less than 20 ms at ten a second."""

GIF_PIXELS = 128 << 20
"""Pixels of a GIF's frames together; Pillow holds them all until it writes."""

_SAMPLE = 128
"""Pixels of each side of the sample that a palette is chosen by."""

_BAYER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))

_UNIT = {"gif": 10, "webp": 1}
_WEBP_QUALITY = 90


def write_animation(
    file: BinaryIO,
    kind: Literal["gif", "webp"],
    pictures: Iterable[np.ndarray],
    count: int,
    seconds: float,
    *,
    held: float = HELD,
    lossless: bool = False,
) -> None:
    """Write an animation that plays over and over.

    Args:
        file: Open for writing.
        kind: "gif" has 256 colours a frame and hard edges of time; "webp" has neither.
        pictures: (height, width, 3) uint8, all of one size; taken one by one.
        count: How many there are.
        seconds: Length without the hold.
        held: Seconds by which the last frame stands longer.
        lossless: Keep every pixel as it is, where "webp" can.
    """
    frames = _frames(pictures, kind, count)
    first = next(frames)
    lengths = durations(count, seconds, _UNIT[kind], held)
    if kind == "gif":
        first.save(
            file, "GIF", save_all=True, append_images=frames, duration=lengths, loop=0, disposal=1
        )
    else:
        first.save(
            file,
            "WEBP",
            save_all=True,
            append_images=frames,
            duration=lengths,
            loop=0,
            lossless=lossless,
            quality=_WEBP_QUALITY,
            method=2,
        )


def _frames(pictures: Iterable[np.ndarray], kind: str, count: int) -> Iterator[Image]:
    from PIL import Image

    for picture in pictures:
        image = Image.fromarray(picture)
        if kind == "gif":
            scale = (GIF_PIXELS / max(count, 1) / (image.width * image.height)) ** 0.5
            if scale < 1.0:
                size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
                image = image.resize(size, Image.Resampling.LANCZOS)
            image = _in_256_colours(image)
        yield image


def _in_256_colours(image: Image) -> Image:
    """The picture with a palette of its own.

    Pillow's search for the nearest colour takes a third of a second for 512 x 512 pixels of
    noise. Of a large picture it chooses the palette by a sample, and is asked only for each
    of 32 x 32 x 32 colours, between which nobody can tell.
    """
    import numpy as np
    from PIL import Image

    def quantized(picture: Image.Image, palette: Image.Image | None = None) -> Image.Image:
        method = Image.Quantize.MEDIANCUT
        return picture.quantize(256, method, palette=palette, dither=Image.Dither.NONE)

    if image.width * image.height <= _SAMPLE**2:
        return quantized(image)
    palette = quantized(image.resize((_SAMPLE, _SAMPLE), Image.Resampling.NEAREST))
    shades = np.arange(32, dtype=np.uint8) * 8 + 4
    cube = np.stack(np.meshgrid(shades, shades, shades, indexing="ij"), -1).reshape(32, -1, 3)
    nearest = np.asarray(quantized(Image.fromarray(cube), palette)).reshape(32, 32, 32)
    # A fixed pattern (Bayer 1973) hides the edges between neighbouring colours, and is the
    # same in every frame.
    pattern = np.tile(_BAYER, (image.height // 4 + 1, image.width // 4 + 1))
    pattern = pattern[: image.height, : image.width, None] - 8
    pixels = (np.asarray(image).astype(np.int16) + pattern).clip(0, 255) >> 3
    red, green, blue = np.moveaxis(pixels, -1, 0)
    indexed = Image.fromarray(nearest[red, green, blue])
    indexed.putpalette(palette.getpalette() or [])
    return indexed
