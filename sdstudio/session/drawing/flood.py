"""Flood fill: the pixels that hang together with one and are like it."""

from __future__ import annotations

import numpy as np

from sdstudio.session.drawing.rect import Rect


def flooded(picture: np.ndarray, x: int, y: int, tolerance: float) -> tuple[Rect, np.ndarray]:
    """Pixels reached from one, over neighbours left, right, above and below.

    Args:
        picture: (H, W, C) or (H, W) uint8.
        x: Column of the pixel; within the picture.
        y: Its row.
        tolerance: By how much each channel may differ from the pixel's, 0 to 255.

    Returns:
        The least rectangle that holds them, and (height, width) bool: which they are.
    """
    from scipy import ndimage

    near = int(tolerance)
    channels = picture[..., None] if picture.ndim == 2 else picture
    alike = np.ones(picture.shape[:2], bool)
    for channel in range(channels.shape[2]):
        plane = channels[..., channel]
        seed = int(plane[y, x])
        alike &= (plane >= max(0, seed - near)) & (plane <= min(255, seed + near))
    labels, _ = ndimage.label(alike)
    wanted = labels[y, x]
    rows, columns = ndimage.find_objects(labels, max_label=wanted)[wanted - 1]
    rect = Rect(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    return rect, labels[rect.slices] == wanted


def rim(inside: np.ndarray) -> np.ndarray:
    """The pixels just outside of some, corners too.

    Args:
        inside: (H, W) bool.

    Returns:
        (H, W) bool.
    """
    from scipy import ndimage

    grown: np.ndarray = ndimage.binary_dilation(inside, np.ones((3, 3), bool))
    return grown & ~inside
