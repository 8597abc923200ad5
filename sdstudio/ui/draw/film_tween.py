"""How a part of the drawing moves over some frames: dragged on the pad, or by numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tween import Motion
from sdstudio.ui import theme
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw.flow import Flow
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_view import SheetView

MOST = 60
"""Frames that one tween may add."""

_FAR = 9999


class TweenPath:
    """Lies over the pad: outlines of what moves, frame by frame; a drag sets where it ends.

    Args:
        pad: Where.
        dragged: Told the way from the beginning, in the sheet's pixels.
    """

    def __init__(self, pad: Pad, dragged: Callable[[float, float], None]) -> None:
        self._pad = pad
        self._dragged = dragged
        self._rect: Rect | None = None
        self._motion = Motion()
        self._count = 1
        self._from: QPointF | None = None
        self._began = Motion()
        pad.add_overlay(self)

    def show(self, rect: Rect | None, motion: Motion, count: int) -> None:
        """Show the way of a rectangle of the sheet over ``count`` frames; None shows nothing."""
        self._rect, self._motion, self._count = rect, motion, count
        self._pad.update()

    def outline(self, share: float) -> QPolygonF:
        """Where the rectangle is after a share of the way, in the sheet's pixels."""
        if self._rect is None:
            return QPolygonF()
        rect, motion = QRectF(*self._rect), self._motion.at(share)
        middle = rect.center()
        way = QTransform()
        way.translate(middle.x() + motion.dx, middle.y() + motion.dy)
        way.rotate(motion.angle)
        way.scale(motion.scale, motion.scale)
        way.translate(-middle.x(), -middle.y())
        return way.map(QPolygonF(rect))

    def paint(self, painter: QPainter, view: SheetView) -> None:
        """Paint the outlines; the last one is the thickest."""
        if self._rect is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        accent = theme.current().color("accent")
        for number in range(self._count + 1):
            shape = view.transform.map(self.outline(number / self._count))
            wide = 2.5 if number == self._count else 1.0
            painter.setPen(QPen(QColor(0, 0, 0, 150), wide + 2))
            painter.drawPolygon(shape)
            painter.setPen(QPen(accent, wide))
            painter.drawPolygon(shape)

    def press(self, place: QPointF) -> bool:
        """Begin to drag; nothing is drawn meanwhile."""
        if self._rect is None:
            return False
        self._from, self._began = self._pad.view.to_sheet(place), self._motion
        return True

    def move(self, place: QPointF) -> None:
        """Drag the end of the way."""
        if self._from is not None:
            by = self._pad.view.to_sheet(place) - self._from
            self._dragged(round(self._began.dx + by.x()), round(self._began.dy + by.y()))

    def release(self, place: QPointF) -> None:
        """Let go."""
        self._from = None

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """It is dragged, wherever the pointer is."""
        return None if self._rect is None else Qt.CursorShape.SizeAllCursor


class TweenRow(QWidget):
    """The numbers of a tween, in the place of the film's tools.

    Signals:
        changed: A number is another one.
        wanted: The frames are to be made.
        left: They are not.
    """

    changed = Signal()
    wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = self._flow = Flow(self)
        drag = self.tr("Drag on the sheet to where it ends, or say it in pixels: {way}")
        over = self.tr("Over how many new frames it goes, 1 to {most}").format(most=MOST)
        size = self.tr("Its size at the end, of that at the beginning")
        turn = self.tr("Degrees that it turns about its middle, clockwise")
        self.count = self._box(self.tr("Frames"), over, 1, MOST, 8, "")
        right, down = (drag.format(way=way) for way in (self.tr("right"), self.tr("down")))
        self.dx = self._box(self.tr("x"), right, -_FAR, _FAR, 0, " px")
        self.dy = self._box(self.tr("y"), down, -_FAR, _FAR, 0, " px")
        self.size_ = self._box(self.tr("Size"), size, 1, 1000, 100, " %")
        self.angle = self._box(self.tr("Turn"), turn, -3600, 3600, 0, "°")
        self.make = QPushButton(self.tr("Add"))
        self.make.setAccessibleName(self.tr("Add the frames"))
        self.make.clicked.connect(self.wanted)
        self.cancel = IconButton("close", self.tr("Make no frames"))
        self.cancel.clicked.connect(self.left)
        flow.addWidget(self.make)
        flow.addWidget(self.cancel)
        theme.current().changed.connect(self._scale)
        self._scale()

    @property
    def motion(self) -> Motion:
        """The way as the numbers say it."""
        return Motion(
            float(self.dx.number or 0),
            float(self.dy.number or 0),
            (self.size_.number or 100) / 100,
            float(self.angle.number or 0),
        )

    def show_way(self, dx: float, dy: float) -> None:
        """Show where it is dragged to."""
        self.dx.set_number(min(_FAR, max(-_FAR, int(dx))))
        self.dy.set_number(min(_FAR, max(-_FAR, int(dy))))
        self.changed.emit()

    def begin(self) -> None:
        """Begin with a way of nothing."""
        for box, number in ((self.dx, 0), (self.dy, 0), (self.size_, 100), (self.angle, 0)):
            box.set_number(number)
        self.dx.setFocus()

    def _box(
        self, name: str, explanation: str, low: int, high: int, number: int, suffix: str
    ) -> NumberBox:
        label = QLabel(name)
        label.setProperty("kind", "muted")
        box = NumberBox(low, high, digits=3, suffix=suffix)
        box.setAccessibleName(name)
        for widget in (label, box):
            widget.setToolTip(explanation)
        box.set_number(number)
        label.setBuddy(box)

        def take(chosen: float) -> None:
            box.set_number(min(high, max(low, int(chosen))))
            self.changed.emit()

        box.edited.connect(take)
        box.refused.connect(lambda _: box.set_number(number))
        self._flow.addWidget(label)
        self._flow.addWidget(box)
        return box

    def _scale(self) -> None:
        px = theme.current().px
        self._flow.set_gaps(px(4), px(2))
        self._flow.setContentsMargins(px(4), px(2), px(4), px(2))
