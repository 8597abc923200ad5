"""A picture brought to the size of a drawing."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PIL import Image

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem
from sdstudio.session.drawing.layers import Colour

_FAR = 16
"""Times its size at which a picture's pixels are plainly seen as squares or smears."""

_THIN = 1 / 32
"""Share of the drawing's side below which a strip shows next to nothing."""


class Fit(Enum):
    """What gives way where the shapes differ."""

    FITTED = "fitted"
    """Stretched: all of it is there, circles may become ellipses."""
    CROPPED = "cropped"
    """Covers the drawing; what sticks out on two sides is cut off."""
    LETTERBOXED = "letterboxed"
    """All of it is there in its own shape, with bars on two sides that stay transparent."""


def fitted(
    picture: Picture, width: int, height: int, fit: Fit, ground: Colour | None = None
) -> np.ndarray:
    """A picture's pixels at another size, resampled by Lanczos; transparent ones by Hamming.

    Args:
        picture: In any shape.
        width: In pixels.
        height: In pixels.
        fit: What gives way where the shapes differ.
        ground: The colour under its transparent parts, None to leave them transparent.

    Returns:
        (height, width, 4) uint8, straight alpha.
    """
    image = picture.image.convert("RGBA")
    if ground is not None:
        image = Image.alpha_composite(Image.new("RGBA", image.size, (*ground, 255)), image)
    if image.size == (width, height):
        return np.array(image)
    page = Image.new("RGBA", (width, height))
    if fit is Fit.CROPPED:
        page = _scaled(image, (width, height), _middle(image.size, width / height))
    elif fit is Fit.FITTED:
        page = _scaled(image, (width, height), (0, 0, *image.size))
    else:
        inner = _inner(image.size, width, height)
        place = ((width - inner[0]) // 2, (height - inner[1]) // 2)
        page.paste(_scaled(image, inner, (0, 0, *image.size)), place)
    return np.array(page)


def stretching(picture: Picture, width: int, height: int, fit: Fit) -> Problem | None:
    """What a person should know before a picture of few pixels is put into a drawing.

    Returns:
        ``picture_tiny``: each of its pixels becomes very large; ``picture_thin``: hardly
        anything of it will be seen; None when there is nothing to tell.
    """
    across, down = picture.size
    if fit is Fit.LETTERBOXED:
        inner = _inner((across, down), width, height)
        if min(inner) < _THIN * min(width, height):
            return Problem.of("picture_thin", width=across, height=down)
        times = inner[0] / across
    else:
        times = max(width / across, height / down)
    if times >= _FAR:
        return Problem.of("picture_tiny", width=across, height=down, times=round(times))
    return None


def _inner(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The largest size of that shape that fits in, at least a pixel each way."""
    scale = min(width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _middle(size: tuple[int, int], shape: float) -> tuple[float, float, float, float]:
    """The largest part of a picture with that width over height, about its middle."""
    width, height = min(size[0], size[1] * shape), min(size[1], size[0] / shape)
    left, top = (size[0] - width) / 2, (size[1] - height) / 2
    return left, top, left + width, top + height


def _scaled(
    image: Image.Image, size: tuple[int, int], part: tuple[float, float, float, float]
) -> Image.Image:
    if image.getchannel("A").getextrema() == (255, 255):
        return image.resize(size, Image.Resampling.LANCZOS, part)
    # Weighted by alpha on the way, or colours of what is transparent would bleed; and by a
    # filter without negative lobes, or the rest would be brighter along the edge.
    weighted = image.convert("RGBa").resize(size, Image.Resampling.HAMMING, part)
    return weighted.convert("RGBA")
