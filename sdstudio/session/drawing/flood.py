"""Flood fill: the pixels that hang together with one and are like it."""

from __future__ import annotations

import numpy as np


def flooded(picture: np.ndarray, x: int, y: int, tolerance: float) -> np.ndarray:
    """Pixels reached from one, over neighbours left, right, above and below.

    Args:
        picture: (H, W, C) uint8.
        x: Column of the pixel; within the picture.
        y: Its row.
        tolerance: By how much each channel may differ from the pixel's, 0 to 255.

    Returns:
        (H, W) bool.
    """
    from scipy import ndimage

    seed = picture[y, x].astype(np.int16)
    alike = (np.abs(picture.astype(np.int16) - seed) <= tolerance).all(axis=-1)
    labels, _ = ndimage.label(alike)
    return labels == labels[y, x]
