"""Lines, rectangles and ellipses: what they cover between two points."""

from __future__ import annotations

import math

import numpy as np

from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point, Tool

_SAGITTA = 0.1
"""Pixels by which the straight pieces of an ellipse's outline may miss it."""

_FINE_PIXELS = 4 << 20
"""Beyond these a filled shape's edge is somewhat coarser, for the memory's sake."""


def outline(tool: Tool, start: Point, end: Point) -> list[Point]:
    """The corners of a shape between two points, the way a brush would follow it.

    Args:
        tool: A line, a rectangle or an ellipse.
        start: Where the hand went down.
        end: Where it is.
    """
    start, end = _pressed(start), _pressed(end)
    if tool.kind == "line":
        return [start, end]
    if tool.kind == "rectangle":
        across, down = Point(end.x, start.y), Point(start.x, end.y)
        return [start, across, end, down, start]
    a, b = abs(end.x - start.x) / 2, abs(end.y - start.y) / 2
    x, y = (start.x + end.x) / 2, (start.y + end.y) / 2
    longest = max(a, b, 1.0)
    count = math.ceil(math.pi / math.acos(1 - _SAGITTA / longest))
    angles = (2 * math.pi * number / count for number in range(count + 1))
    return [Point(x + a * math.cos(angle), y + b * math.sin(angle)) for angle in angles]


def interior(corners: list[Point], bounds: Rect) -> tuple[Rect, np.ndarray]:
    """What a closed outline encloses, its edge smooth.

    Returns:
        The rectangle it lies in, within ``bounds``, and (height, width) float32, 0 to 1.
    """
    from PIL import Image, ImageDraw

    xs, ys = [point.x for point in corners], [point.y for point in corners]
    rect = Rect.around(min(xs), min(ys), max(xs), max(ys)).within(bounds)
    if rect.is_empty:
        return rect, np.zeros((0, 0), np.float32)
    # Drawn larger and averaged: Pillow's own polygons have jagged edges.
    scale = 4 if rect.width * rect.height <= _FINE_PIXELS else 2
    page = Image.new("L", (scale * rect.width, scale * rect.height))
    polygon = [(scale * (p.x - rect.x) - 0.5, scale * (p.y - rect.y) - 0.5) for p in corners]
    ImageDraw.Draw(page).polygon(polygon, fill=255)
    return rect, np.asarray(page.reduce(scale), np.float32) / 255


def _pressed(point: Point) -> Point:
    """A shape has one width: that of full pressure."""
    return Point(point.x, point.y)
