"""Lines, rectangles and ellipses: what they cover between two points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point, Tool, Transform

_ARC = 6.0
"""Pixels of an ellipse's outline that are drawn as one straight piece, at most."""


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
    count = max(24, math.ceil(2 * math.pi * max(a, b) / _ARC))
    angles = (2 * math.pi * number / count for number in range(count + 1))
    return [Point(x + a * math.cos(angle), y + b * math.sin(angle)) for angle in angles]


def interior(corners: list[Point], transform: Transform, bounds: Rect) -> tuple[Rect, np.ndarray]:
    """What a closed outline encloses, its edge smooth.

    Returns:
        The rectangle it lies in, within ``bounds``, and (height, width) float32, 0 to 1.
    """
    from PIL import Image, ImageDraw

    placed = [transform(point) for point in corners]
    xs, ys = [point.x for point in placed], [point.y for point in placed]
    rect = Rect.around(min(xs), min(ys), max(xs), max(ys)).within(bounds)
    if rect.is_empty:
        return rect, np.zeros((0, 0), np.float32)
    # Drawn four times as large and averaged: Pillow's own polygons have jagged edges.
    page = Image.new("L", (4 * rect.width, 4 * rect.height))
    polygon = [(4 * (p.x - rect.x) - 0.5, 4 * (p.y - rect.y) - 0.5) for p in placed]
    ImageDraw.Draw(page).polygon(polygon, fill=255)
    return rect, np.asarray(page.reduce(4), np.float32) / 255


def segments(corners: list[Point]) -> Iterator[tuple[Point, Point]]:
    """The pieces between corners."""
    yield from pairwise(corners)


def _pressed(point: Point) -> Point:
    """A shape has one width: that of full pressure."""
    return Point(point.x, point.y)
