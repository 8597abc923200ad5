"""Rectangles of whole pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

_SMALL = 4096
"""Pixels more or less that cost no more than another call."""


class Rect(NamedTuple):
    """``x`` and ``y`` of the upper left pixel, and how many pixels wide and high."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def around(cls, left: float, top: float, right: float, bottom: float) -> Rect:
        """The least rectangle of whole pixels that holds what lies between these edges."""
        x, y = math.floor(left), math.floor(top)
        return cls(x, y, math.ceil(right) - x, math.ceil(bottom) - y)

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    @property
    def is_empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array with; it must lie within the array."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def within(self, other: Rect) -> Rect:
        """What of it lies in another one; empty where they do not meet."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Rect(x, y, max(0, right - x), max(0, bottom - y))

    def joined(self, other: Rect) -> Rect:
        """The least rectangle that holds both; an empty one adds nothing."""
        if other.is_empty:
            return self
        if self.is_empty:
            return other
        x, y = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Rect(x, y, right - x, bottom - y)

    def moved(self, dx: int, dy: int) -> Rect:
        """It, so many pixels further right and down."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)


EMPTY = Rect(0, 0, 0, 0)


def grouped(rects: Iterable[Rect]) -> list[Rect]:
    """Rectangles that hold all of ``rects``: neighbours are joined where that wastes little."""
    groups: list[Rect] = []
    last, area = EMPTY, 0
    for rect in rects:
        joined = last.joined(rect)
        area += rect.width * rect.height
        if joined.width * joined.height > 2 * area + _SMALL:
            groups.append(last)
            joined, area = rect, rect.width * rect.height
        last = joined
    return groups if last.is_empty else [*groups, last]
