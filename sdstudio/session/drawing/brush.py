"""What a brush covers on its way from one point to the next.

A brush that is stamped along its way covers each pixel as much as the stamp nearest to it.
With the stamps infinitely close that is a function of the distance to the way, and is
computed as such: no beads at any spacing, and the cost does not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point, Tool

_MAX_PIECES = 256


def pieces(tool: Tool, start: Point, end: Point) -> Iterator[tuple[Point, Point]]:
    """A way in pieces about as long as the brush is wide.

    The rectangle about a short piece is mostly covered; about a long diagonal mostly not.
    """
    length = math.hypot(end.x - start.x, end.y - start.y)
    count = min(_MAX_PIECES, max(1, math.ceil(length / max(32.0, tool.size))))
    previous = start
    for number in range(1, count + 1):
        following = start.toward(end, number / count)
        yield previous, following
        previous = following


def reach(tool: Tool, start: Point, end: Point) -> Rect:
    """The pixels that a piece can cover."""
    edge = max(tool.radius(start.pressure), tool.radius(end.pressure)) + 1
    return Rect.around(
        min(start.x, end.x) - edge,
        min(start.y, end.y) - edge,
        max(start.x, end.x) + edge,
        max(start.y, end.y) + edge,
    )


def coverage(tool: Tool, start: Point, end: Point, rect: Rect) -> np.ndarray:
    """How much of each pixel a piece of a stroke covers.

    Returns:
        (rect.height, rect.width) float32, 0 to 1.
    """
    xs = np.arange(rect.x, rect.right, dtype=np.float32)[None, :] + np.float32(0.5 - start.x)
    ys = np.arange(rect.y, rect.bottom, dtype=np.float32)[:, None] + np.float32(0.5 - start.y)
    dx, dy = np.float32(end.x - start.x), np.float32(end.y - start.y)
    squared = float(dx * dx + dy * dy)
    along: np.ndarray | float = 0.0
    if squared > 1e-8:
        # Where on the piece each pixel's nearest point is, 0 at its start and 1 at its end.
        along = xs * (dx / squared) + ys * (dy / squared)
        np.clip(along, 0, 1, out=along)
        xs = xs - along * dx
        ys = ys - along * dy
    distance = np.sqrt(xs * xs + ys * ys)
    radius = _between(tool.radius(start.pressure), tool.radius(end.pressure), along)
    soft = (1 - tool.hardness) * radius
    covered = (radius + 0.5 - distance) / np.maximum(1.0, soft)
    np.clip(covered, 0, 1, out=covered)
    if float(np.max(soft)) > 1:
        covered *= covered * (3 - 2 * covered)
    density = _between(tool.density(start.pressure), tool.density(end.pressure), along)
    return (covered * density).astype(np.float32, copy=False)


def _between(first: float, last: float, along: np.ndarray | float) -> np.ndarray | np.float32:
    if first == last:
        return np.float32(first)
    return np.float32(first) + np.float32(last - first) * np.asarray(along, np.float32)
