"""Where a canvas grows: windows of which half or more is there already."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

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


_ACROSS = (Edge.LEFT, Edge.RIGHT)


class Growth(NamedTuple):
    """By how many pixels a canvas grows at each edge, each at least 0."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @classmethod
    def at(cls, edge: Edge, pixels: int) -> Growth:
        """At one edge alone."""
        return cls(**{edge.value: pixels})

    def of(self, edge: Edge) -> int:
        """At an edge."""
        return int(getattr(self, edge.value))


@dataclass(frozen=True)
class Margin:
    """What growing comes to.

    Attributes:
        growth: How far each edge moves.
        known: Where what is there lies in the grown canvas.
        size: Of the grown canvas, width and height.
        windows: What the network sees, one after another, in the grown canvas.
    """

    growth: Growth
    known: Rect
    size: tuple[int, int]
    windows: tuple[Rect, ...]


def half(edge: Edge, facts: ModelFacts) -> Growth:
    """Half of the model's own size at an edge: what one window makes beside as much context."""
    return Growth.at(edge, _most(edge, facts))


def margin(width: int, height: int, growth: Growth, facts: ModelFacts) -> Margin:
    """Grow a canvas at its edges.

    Each window is of the model's own size where the canvas is as large, and at least half of it
    is known when its turn comes: farther out the canvas grows in several equal parts. Along an
    edge windows overlap by half, so that each sees something that is there already. Left and
    right grow first, top and bottom then along all of the wider canvas.

    Args:
        width: Of the canvas in pixels.
        height: The same.
        growth: How far each edge moves; whole multiples of the model's ``size_multiple``.
        facts: Of the model.

    Raises:
        RequestError: ``canvas_too_small``: a window would be smaller than the model makes.
    """
    known = there = Rect(growth.left, growth.top, width, height)
    windows: list[Rect] = []
    for edge in (Edge.LEFT, Edge.RIGHT, Edge.TOP, Edge.BOTTOM):
        for pixels in _parts(growth.of(edge), _most(edge, facts), facts.size_multiple):
            windows += _windows(there, edge, pixels, facts)
            there = _moved_out(there, edge, pixels)
    return Margin(growth, known, (there.width, there.height), tuple(windows))


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


def _most(edge: Edge, facts: ModelFacts) -> int:
    """Pixels that one window can add: half of it."""
    native = facts.native_size[0 if edge in _ACROSS else 1]
    return native // 2 // facts.size_multiple * facts.size_multiple


def _parts(growth: int, most: int, multiple: int) -> list[int]:
    """Equal parts of a growth, in whole multiples, none more than a window can add."""
    count = -(-growth // most)
    units = growth // multiple
    return [
        multiple * ((number + 1) * units // count - number * units // count)
        for number in range(count)
    ]


def _moved_out(rect: Rect, edge: Edge, pixels: int) -> Rect:
    x = rect.x - (pixels if edge is Edge.LEFT else 0)
    y = rect.y - (pixels if edge is Edge.TOP else 0)
    across = edge in _ACROSS
    return Rect(
        x, y, rect.width + (pixels if across else 0), rect.height + (0 if across else pixels)
    )


def _windows(there: Rect, edge: Edge, growth: int, facts: ModelFacts) -> list[Rect]:
    """Windows along an edge of what is there, that reach so many pixels beyond it."""
    across = edge in _ACROSS
    native = facts.native_size if across else facts.native_size[::-1]
    along, beside = (there.width, there.height) if across else (there.height, there.width)
    multiple, least = facts.size_multiple, facts.size_range[0]
    deep = min(native[0], (along + growth) // multiple * multiple)
    wide = min(native[1], beside // multiple * multiple)
    if min(deep, wide) < least or deep <= growth:
        raise RequestError(Problem.of("canvas_too_small", "width", least=least))
    start = 0 if edge in (Edge.LEFT, Edge.TOP) else along + growth - deep
    rects = [Rect(start, place, deep, wide) for place in _places(beside, wide)]
    if not across:
        rects = [Rect(y, x, high, wide_) for x, y, wide_, high in rects]
    grown = _moved_out(there, edge, growth)
    return [rect.moved(grown.x, grown.y) for rect in rects]


def _places(length: int, window: int) -> list[int]:
    """Where windows along an edge begin: half a window apart, the last at its end."""
    places = list(range(0, length - window, max(1, window // 2)))
    return [*places, length - window]
