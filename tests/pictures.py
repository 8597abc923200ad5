"""Pictures and masks to start from, without a file."""

from __future__ import annotations

import numpy as np

from sdstudio.engine.picture import Picture


def noise_picture(width: int = 16, height: int = 16, seed: int = 0) -> Picture:
    """Every pixel of a colour of its own."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Picture.of(pixels)


def blob_mask(width: int = 16, height: int = 16) -> Picture:
    """Falls off smoothly from white in the middle to black at the edges."""
    y, x = np.mgrid[:height, :width]
    distance = np.hypot((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5)
    return Picture.of((255 * np.clip(1.6 - 4 * distance, 0, 1)).round().astype(np.uint8))


def pixels_of(picture: Picture) -> np.ndarray:
    """(height, width) or (height, width, 3) uint8."""
    return np.asarray(picture.image)
