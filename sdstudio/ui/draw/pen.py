"""From pointer to drawing: strokes, filling, picking, moving, panning."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QTimer
from PySide6.QtGui import QColor

from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point
from sdstudio.ui import pacing

if TYPE_CHECKING:
    from sdstudio.session.drawing.stroke import Stroke
    from sdstudio.ui.draw.pad import Pad

PAUSE_MS = 300
"""A pen that rests so long within a stroke has paused."""

LINE_TURN = 15.0
"""Degrees that a line keeps to with Shift."""

Doing = Literal["stroke", "pan", "pick", "select", "move"]


@dataclass(frozen=True)
class Touch:
    """Where the pointer is, and how.

    Attributes:
        place: In the pad's pixels.
        pressure: 0 to 1; a mouse presses with 1.
        seconds: When, on the events' own clock.
        shift: Whether Shift is held.
        erasing: Whether the pen is held upside down.
    """

    place: QPointF
    pressure: float = 1.0
    seconds: float = 0.0
    shift: bool = False
    erasing: bool = False


class Pen(QObject):
    """Does what the pointer does, one thing from press to release.

    Args:
        pad: Whose sheet, view and hand it uses; it is told what to repaint.
    """

    def __init__(self, pad: Pad) -> None:
        super().__init__(pad)
        self._pad = pad
        self._doing: Doing | None = None
        self._stroke: Stroke | None = None
        self._start = QPointF()
        self._before = QPointF()
        self._last_end: QPointF | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(pad.stroke_paused)

    @property
    def doing(self) -> Doing | None:
        """What goes on between press and release."""
        return self._doing

    def pan(self, touch: Touch) -> None:
        """Begin to move the view."""
        self._doing, self._before = "pan", touch.place

    def pick(self, touch: Touch) -> None:
        """Begin to take the colour below the pointer."""
        self._doing = "pick"
        self._pick_at(touch.place)

    def press(self, touch: Touch) -> None:
        """Begin what the tool does."""
        drawing, hand = self._pad.drawing, self._pad.hand
        if drawing is None:
            return
        tool = hand.tool
        place = self._start = self._pad.view.to_sheet(touch.place)
        if tool == "eyedropper":
            self.pick(touch)
        elif tool == "move":
            self._begin_move(place)
        elif not drawing.visible[hand.layer]:
            self._pad.refused.emit("hidden_layer")
        elif tool == "fill":
            hand.note_use()
            tolerance, opacity = hand.held.tolerance, hand.nib.opacity
            x, y = place.x(), place.y()
            drawing.fill(hand.layer, x, y, hand.rgb, tolerance, opacity=opacity)
            self._pad.stroke_ended.emit()
        else:
            self._begin_stroke(place, touch)

    def move(self, touches: list[Touch]) -> None:
        """Go on with it, through one place or more."""
        touch = touches[-1]
        if self._doing == "pan":
            self._pad.view.pan(touch.place - self._before)
            self._before = touch.place
            self._pad.view_changed()
        elif self._doing == "pick":
            self._pick_at(touch.place)
        elif self._doing == "stroke" and self._stroke is not None:
            places = [self._pad.view.to_sheet(each.place) for each in touches]
            if touch.shift:
                places[-1] = self._constrained(places[-1])
            points = [_point(at, each) for at, each in zip(places, touches, strict=True)]
            self._stroke.move(points)
            self._last_end = places[-1]
            self._pause.start()
            pacing.current().stroke_moved()
        elif self._doing in ("select", "move"):
            self._drag(self._pad.view.to_sheet(touch.place), touch.shift)

    def release(self) -> None:
        """End it."""
        doing, self._doing = self._doing, None
        if doing == "stroke" and self._stroke is not None:
            self._end_stroke(self._stroke.end)
        elif doing == "move":
            by, self._pad.carried = self._pad.carried, QPoint()
            self.shift_selection(by)
        self._pad.update()

    def cancel(self) -> bool:
        """Take back what goes on; False where nothing does."""
        doing, self._doing = self._doing, None
        if doing == "stroke" and self._stroke is not None:
            self._end_stroke(self._stroke.cancel)
        self._pad.carried = QPoint()
        self._pad.update()
        return doing is not None

    def is_over_selection(self, place: QPointF) -> bool:
        """Whether a place of the pad lies on what is selected."""
        return self._selects(self._pad.view.to_sheet(place))

    def shift_selection(self, by: QPoint) -> None:
        """Move what is selected, and the selection with it, by pixels of the sheet."""
        drawing, selection = self._pad.drawing, self._pad.selection
        if drawing is None or selection is None or by.isNull():
            return
        drawing.move(self._pad.hand.layer, Rect(*selection.getRect()), by.x(), by.y())  # type: ignore[misc]
        self._pad.select(selection.translated(by))
        self._pad.stroke_ended.emit()

    def erase_selection(self) -> None:
        """Make what is selected blank."""
        drawing, selection = self._pad.drawing, self._pad.selection
        if drawing is not None and selection is not None:
            x, y, width, height = Rect(*selection.getRect())  # type: ignore[misc]
            layer = self._pad.hand.layer
            shape = (height, width, *drawing.pixels(layer).shape[2:])
            drawing.write(layer, x, y, np.zeros(shape, np.uint8))
            self._pad.stroke_ended.emit()

    def _begin_stroke(self, place: QPointF, touch: Touch) -> None:
        drawing, hand = self._pad.drawing, self._pad.hand
        assert drawing is not None
        hand.note_use()
        tool = hand.stroke_tool(erasing=touch.erasing)
        # With Shift a brush goes straight on from where it was last lifted.
        joined = touch.shift and tool.kind in ("brush", "eraser") and self._last_end is not None
        first = self._last_end if joined and self._last_end is not None else place
        self._doing = "stroke"
        self._stroke = drawing.begin(tool, hand.layer, _point(first, touch))
        if joined:
            self._stroke.move([_point(place, touch)])
        self._last_end = place
        self._pause.start()
        pacing.current().stroke_moved()

    def _end_stroke(self, end: Callable[[], None]) -> None:
        self._pause.stop()
        self._stroke = None
        end()
        self._pad.stroke_ended.emit()
        pacing.current().stroke_over()

    def _constrained(self, place: QPointF) -> QPointF:
        """What Shift makes of the place: lines at fixed angles, squares and circles."""
        offset = place - self._start
        tool = self._pad.hand.tool
        if tool in ("rectangle", "ellipse"):
            side = max(abs(offset.x()), abs(offset.y()))
            return self._start + QPointF(
                math.copysign(side, offset.x()), math.copysign(side, offset.y())
            )
        if tool == "line":
            angle = math.degrees(math.atan2(offset.y(), offset.x()))
            turn = math.radians(round(angle / LINE_TURN) * LINE_TURN)
            along = offset.x() * math.cos(turn) + offset.y() * math.sin(turn)
            return self._start + QPointF(along * math.cos(turn), along * math.sin(turn))
        return place

    def _pick_at(self, place: QPointF) -> None:
        drawing = self._pad.drawing
        if drawing is not None:
            at = self._pad.view.to_sheet(place)
            colour = QColor(*drawing.pick(at.x(), at.y()))
            self._pad.hand.set_colour(colour)
            self._pad.colour_picked.emit(colour)

    def _begin_move(self, place: QPointF) -> None:
        inside = self._selects(place)
        self._doing = "move" if inside else "select"
        self._pad.carried = QPoint()
        if not inside:
            self._pad.select(None)

    def _selects(self, place: QPointF) -> bool:
        return self._pad.selection is not None and self._pad.selection.contains(_pixel(place))

    def _drag(self, place: QPointF, shift: bool) -> None:
        start, here = _pixel(self._start), _pixel(place)
        if self._doing == "move":
            by = here - start
            if shift:
                by = QPoint(by.x(), 0) if abs(by.x()) >= abs(by.y()) else QPoint(0, by.y())
            self._pad.carried = by
            self._pad.update()
            return
        size = self._pad.surface.size
        sheet = QRect(0, 0, size.width(), size.height())
        left, top = min(start.x(), here.x()), min(start.y(), here.y())
        wide, high = abs(here.x() - start.x()) + 1, abs(here.y() - start.y()) + 1
        self._pad.select(QRect(left, top, wide, high).intersected(sheet))


def _point(place: QPointF, touch: Touch) -> Point:
    return Point(place.x(), place.y(), touch.pressure, touch.seconds)


def _pixel(place: QPointF) -> QPoint:
    return QPoint(math.floor(place.x()), math.floor(place.y()))
