"""GIF and WebP animations of a run's steps, by Pillow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Literal

from sdstudio.session.files.exports.timing import durations

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

PER_SECOND = 50.0
"""Frames a second: browsers play a GIF's frames of less than 20 ms at ten a second."""

GIF_PIXELS = 128 << 20
"""Pixels of a GIF's frames together; Pillow holds them all until it writes."""

_UNIT = {"gif": 10, "webp": 1}
_WEBP_QUALITY = 90


def write_animation(
    file: BinaryIO,
    kind: Literal["gif", "webp"],
    pictures: Iterable[np.ndarray],
    count: int,
    seconds: float,
) -> None:
    """Write an animation that plays over and over, the last frame held a second longer.

    Args:
        file: Open for writing.
        kind: "gif" has 256 colours a frame and hard edges of time; "webp" has neither.
        pictures: (height, width, 3) uint8, all of one size; taken one by one.
        count: How many there are.
        seconds: Length without the hold.
    """
    frames = _frames(pictures, kind, count)
    first = next(frames)
    lengths = durations(count, seconds, _UNIT[kind])
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
            image = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        yield image
