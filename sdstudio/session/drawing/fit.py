"""A picture brought to the size of a drawing."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PIL import Image, ImageOps

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.layers import Colour


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
    """A picture's pixels at another size, resampled by Lanczos.

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
    lanczos = Image.Resampling.LANCZOS
    if image.size == (width, height):
        return np.array(image)
    if fit is Fit.CROPPED:
        return np.array(ImageOps.fit(image, (width, height), lanczos))
    if fit is Fit.FITTED:
        return np.array(image.resize((width, height), lanczos))
    scale = min(width / image.width, height / image.height)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    page = np.zeros((height, width, 4), np.uint8)
    x, y = (width - inner[0]) // 2, (height - inner[1]) // 2
    page[y : y + inner[1], x : x + inner[0]] = np.asarray(image.resize(inner, lanczos))
    return page
