"""Colour laid on a layer, or taken off it, as much as a stroke covers."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sdstudio.session.drawing.layers import Colour


def painted(below: np.ndarray, covered: np.ndarray, colour: Colour) -> np.ndarray:
    """A layer with a colour over it (Porter and Duff 1984, "over").

    Args:
        below: (H, W, 4) uint8 with straight alpha, or a mask (H, W) uint8, which is painted
            with 255 whatever the colour.
        covered: (H, W) uint8, 255 where the colour covers all.
        colour: Red, green, blue.

    Returns:
        Of the shape of ``below``; where nothing is covered, equal to it.
    """
    if below.ndim == 2:
        return 255 - _scaled(255 - below, 255 - covered)
    height, width = covered.shape
    ink = Image.new("RGB", (width, height), colour)
    ink.putalpha(Image.fromarray(covered))
    page = Image.fromarray(np.ascontiguousarray(below))
    return np.asarray(Image.alpha_composite(page, ink))


def erased(below: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """A layer with what is covered taken away; colours stay, and lose their alpha."""
    if below.ndim == 2:
        return _scaled(below, 255 - covered)
    result = below.copy()
    result[..., 3] = _scaled(below[..., 3], 255 - covered)
    return result


def _scaled(values: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The products of two uint8 arrays over 255, rounded."""
    return ((values.astype(np.uint16) * share + 127) // 255).astype(np.uint8)


def laid(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Pixels over others of the same shape; of two masks, at each place the larger value."""
    if below.ndim == 2:
        return np.maximum(below, above)
    lower, upper = (Image.fromarray(np.ascontiguousarray(each)) for each in (below, above))
    return np.asarray(Image.alpha_composite(lower, upper))
