"""What two pictures differ in, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def absolute_difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How far two pictures are apart at each pixel and channel.

    Args:
        first: (height, width, 3) uint8.
        second: The same shape.

    Returns:
        (height, width, 3) uint8, 0 where they agree.
    """
    import numpy as np

    # In uint8 the larger minus the smaller never wraps, and no wider copy is made.
    return np.maximum(first, second) - np.minimum(first, second)


def amplified(difference: np.ndarray, factor: float) -> np.ndarray:
    """A difference made ``factor`` times as bright, white at most; same shape and type."""
    import numpy as np

    table = np.minimum(np.arange(256) * factor, 255).astype(np.uint8)
    return table[difference]


def matched(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Two pictures in the size of the larger one; None where their shapes disagree.

    A preview has fewer pixels than a result: it is enlarged by whole factors.
    """
    if first.shape == second.shape:
        return first, second
    if first.shape[0] < second.shape[0]:
        found = matched(second, first)
        return None if found is None else (found[1], found[0])
    down, across = first.shape[0] / second.shape[0], first.shape[1] / second.shape[1]
    if down != across or down != int(down):
        return None
    return first, second.repeat(int(down), 0).repeat(int(down), 1)
