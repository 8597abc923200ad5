"""Which edges of a sheet a pointer holds, and how far it has dragged them. Pure geometry."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from sdstudio.session.drawing.margins import Edge, Growth
from sdstudio.session.events import ModelFacts

Grip = frozenset[Edge]
"""One edge, two at a corner, none elsewhere."""

_OUT = {Edge.LEFT: (-1, 0), Edge.TOP: (0, -1), Edge.RIGHT: (1, 0), Edge.BOTTOM: (0, 1)}
_OPPOSITE = {
    Edge.LEFT: Edge.RIGHT,
    Edge.TOP: Edge.BOTTOM,
    Edge.RIGHT: Edge.LEFT,
    Edge.BOTTOM: Edge.TOP,
}
_SHAPES = (
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
)


def outward(edge: Edge, place: QPointF, size: QSizeF) -> float:
    """How far a place of the sheet lies beyond an edge, in its pixels; negative within."""
    return {
        Edge.LEFT: -place.x(),
        Edge.TOP: -place.y(),
        Edge.RIGHT: place.x() - size.width(),
        Edge.BOTTOM: place.y() - size.height(),
    }[edge]


def grip_at(place: QPointF, size: QSizeF, within: float, beyond: float) -> Grip:
    """What is held at a place of the sheet.

    Args:
        place: In the sheet's pixels.
        size: Of the sheet, as it is or as it is going to be.
        within: How many of its pixels an edge reaches inwards.
        beyond: How many outwards.
    """
    far = {edge: outward(edge, place, size) for edge in Edge}
    if any(distance > beyond for distance in far.values()):
        return frozenset()
    # On a sheet of few pixels two edges may be near: the nearer one of each pair.
    near = {edge for edge, distance in far.items() if distance >= -within}
    for one, other in tuple(_OPPOSITE.items())[:2]:
        if {one, other} <= near:
            near.discard(one if far[one] < far[other] else other)
    return frozenset(near)


def shape_over(grip: Grip, angle: float) -> Qt.CursorShape:
    """The pointer's shape over an edge or a corner of a sheet that is turned.

    Args:
        grip: Not empty.
        angle: Degrees clockwise.
    """
    x = sum(_OUT[edge][0] for edge in grip)
    y = sum(_OUT[edge][1] for edge in grip)
    return _SHAPES[round((math.degrees(math.atan2(y, x)) + angle) / 45) % 4]


def dragged(
    start: Growth, grip: Grip, by: dict[Edge, float], sheet: QSizeF, facts: ModelFacts
) -> Growth:
    """How far the edges are moved: whole multiples of what the model makes, never inwards.

    Args:
        start: How far they were when they were taken.
        grip: The edges that are dragged.
        by: How far each is dragged outwards since, in the sheet's pixels.
        sheet: Its size before it grows.
        facts: Of the model: its multiple, and the longest side it makes.
    """
    multiple, longest = facts.size_multiple, facts.size_range[1]
    growth = start
    for edge in grip:
        along = sheet.width() if edge in (Edge.LEFT, Edge.RIGHT) else sheet.height()
        room = longest - int(along) - start.of(_OPPOSITE[edge])
        wanted = round((start.of(edge) + by[edge]) / multiple)
        pixels = multiple * max(0, min(wanted, room // multiple))
        growth = growth._replace(**{edge.value: pixels})
    return growth


def grown(growth: Growth, size: QSizeF) -> QRectF:
    """The sheet as it is going to be, in its present pixels."""
    return QRectF(0, 0, size.width(), size.height()).adjusted(
        -growth.left, -growth.top, growth.right, growth.bottom
    )
