"""Where a canvas grows: windows of half what is there and half what is new."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.events import ModelFacts


class Edge(Enum):
    """Which edge moves."""

    LEFT = "left"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True)
class Margin:
    """What growing comes to.

    Attributes:
        left: How many pixels the canvas grows by there.
        top: The same above.
        right: The same on the right.
        bottom: The same below.
        known: Where what is there lies in the grown canvas.
        size: Of the grown canvas, width and height.
        windows: What the network sees, one after another, in the grown canvas.
    """

    left: int
    top: int
    right: int
    bottom: int
    known: Rect
    size: tuple[int, int]
    windows: tuple[Rect, ...]


def margin(width: int, height: int, edge: Edge, facts: ModelFacts) -> Margin:
    """Grow a canvas by half of the model's own size.

    Each window is of the model's own size where the canvas is as large. Along the edge they
    overlap by half, so that each sees something that is there already.

    Args:
        width: Of the canvas in pixels.
        height: The same.
        edge: Which moves outward.
        facts: Of the model.

    Raises:
        RequestError: ``canvas_too_small``: a window would be smaller than the model makes.
    """
    across = edge in (Edge.LEFT, Edge.RIGHT)
    native = facts.native_size if across else facts.native_size[::-1]
    along, beside = (width, height) if across else (height, width)
    multiple, least = facts.size_multiple, facts.size_range[0]
    growth = native[0] // 2 // multiple * multiple
    deep = min(native[0], (along + growth) // multiple * multiple)
    wide = min(native[1], beside // multiple * multiple)
    if min(deep, wide) < least or deep <= growth:
        raise RequestError(Problem.of("canvas_too_small", "width", least=least))
    before = edge in (Edge.LEFT, Edge.TOP)
    start = 0 if before else along + growth - deep
    rects = [Rect(start, place, deep, wide) for place in _places(beside, wide)]
    if not across:
        rects = [Rect(y, x, high, wide_) for x, y, wide_, high in rects]
    grown = {each: growth if each is edge else 0 for each in Edge}
    return Margin(
        left=grown[Edge.LEFT],
        top=grown[Edge.TOP],
        right=grown[Edge.RIGHT],
        bottom=grown[Edge.BOTTOM],
        known=Rect(grown[Edge.LEFT], grown[Edge.TOP], width, height),
        size=(width + growth, height) if across else (width, height + growth),
        windows=tuple(rects),
    )


def blending(known: np.ndarray, overlap: int) -> np.ndarray:
    """A mask that lets all that is not known change, and fades out into what is.

    Args:
        known: (H, W) bool.
        overlap: Pixels over which it fades; beyond them what is known stays to the bit.

    Returns:
        (H, W) uint8, 255 where nothing is known.
    """
    from scipy import ndimage

    away = ndimage.distance_transform_edt(known)
    share = np.clip(1.0 - away / (overlap + 1), 0.0, 1.0)
    # A cosine has no edge at either end that could be seen.
    return np.rint(255 * (0.5 - 0.5 * np.cos(np.pi * share))).astype(np.uint8)


def _places(length: int, window: int) -> list[int]:
    """Where windows along an edge begin: half a window apart, the last at its end."""
    places = list(range(0, length - window, max(1, window // 2)))
    return [*places, length - window]
