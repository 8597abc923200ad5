"""Numbers as colours: one scale from nothing to much, one that parts below and above zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Both get steadily lighter (or darker to both sides), so that they are read without hue too.
_RISING = ("#0b0724", "#3b0f5c", "#781c6d", "#b5365a", "#e55c30", "#f98e09", "#f6c744", "#fcffa4")
_PARTED = ("#123f7a", "#3f78bf", "#9cbfe2", "#efeeea", "#ecb08c", "#c8622f", "#7f2c0e")


def heat(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.uint8]:
    """Values as colours from dark (``low``) to light (``high``).

    Args:
        values: (height, width).
        low: What is darkest; what is lower looks the same.
        high: What is lightest; what is higher looks the same.

    Returns:
        (height, width, 3) uint8.
    """
    return _mapped(values, low, high, _RISING)


def parted(values: NDArray[np.floating], most: float) -> NDArray[np.uint8]:
    """Values as colours: blue below zero, near white at zero, brown above.

    Args:
        values: (height, width).
        most: The distance from zero at which the colours end.

    Returns:
        (height, width, 3) uint8.
    """
    return _mapped(values, -most, most, _PARTED)


def _mapped(
    values: NDArray[np.floating], low: float, high: float, stops: tuple[str, ...]
) -> NDArray[np.uint8]:
    span = high - low if high > low else 1.0
    share = np.clip((np.nan_to_num(values, nan=low) - low) / span, 0.0, 1.0)
    colours = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops])
    places = np.linspace(0.0, 1.0, len(stops))
    channels = [np.interp(share, places, colours[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
