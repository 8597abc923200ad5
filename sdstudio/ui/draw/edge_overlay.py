"""The sheet's edges as things to drag: what is let go beyond the sheet is made there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QPainter, QPainterPath, QPen, QPolygonF

from sdstudio.session.drawing.margins import Edge, Growth
from sdstudio.session.events import ModelFacts
from sdstudio.ui import theme
from sdstudio.ui.draw.edge_drag import Grip, dragged, grip_at, grown, outward, shape_over
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_view import SheetView

ROOM = 0.5
"""Share of the pad that the sheet takes while its edges are dragged: half a sheet fits beside."""

HANDLE, WITHIN, BEYOND = 8, 5, 14
"""Side of a handle, and how far around an edge the pointer takes it, before scaling."""

_KEYS = {
    Qt.Key.Key_Left: Edge.LEFT,
    Qt.Key.Key_Up: Edge.TOP,
    Qt.Key.Key_Right: Edge.RIGHT,
    Qt.Key.Key_Down: Edge.BOTTOM,
}


class EdgeOverlay(QObject):
    """Lies over a pad. While it is on, edges and corners are dragged outwards.

    From the keyboard an arrow moves its edge out by the model's multiple and with Shift back
    in, Enter makes what is hatched, and Esc drops it, or else turns this off.

    Args:
        pad: Where.
        facts: Of the model, None as long as there is none.

    Attributes:
        growth: How far the edges are dragged.

    Signals:
        wanted: What is hatched should be made: a :class:`Growth`.
        changed: It is on or off, or the edges are dragged elsewhere.
    """

    wanted = Signal(object)
    changed = Signal()

    def __init__(self, pad: Pad, facts: Callable[[], ModelFacts | None]) -> None:
        super().__init__(pad)
        self._pad = pad
        self._facts = facts
        self._on = False
        self._grip: Grip = frozenset()
        self._from = QPointF()
        self._start = self.growth = self._made = Growth()
        pad.add_overlay(self)
        pad.installEventFilter(self)
        pad.surface.resized.connect(self._take_size)

    @property
    def is_on(self) -> bool:
        """Whether edges can be dragged."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Let edges be dragged, with room around the sheet; or no more."""
        if on == self._on:
            return
        self._on = on
        self._drop()
        self._make_room()
        self.changed.emit()

    def show_made(self, growth: Growth) -> None:
        """Hatch what is being made, until that is all of it."""
        if growth != self._made:
            self._made = growth
            self._pad.update()

    def paint(self, painter: QPainter, view: SheetView) -> None:
        """Hatch what is new, with its size; handles on edges and corners."""
        growth = self.growth if any(self.growth) else self._made
        rect = grown(growth, view.size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if any(growth):
            self._paint_new(painter, view, rect)
        if self._on and not any(self._made):
            self._paint_handles(painter, view, rect)
        if any(self.growth):
            self._paint_size(painter, view, rect)

    def press(self, place: QPointF) -> bool:
        """Take an edge or a corner."""
        self._grip = self._grip_at(place)
        self._from, self._start = self._pad.view.to_sheet(place), self.growth
        return bool(self._grip)

    def move(self, place: QPointF) -> None:
        """Drag it."""
        facts, size = self._facts(), self._pad.view.size
        if not self._grip or facts is None:
            return
        now = self._pad.view.to_sheet(place)
        by = {it: outward(it, now, size) - outward(it, self._from, size) for it in self._grip}
        self._take(dragged(self._start, self._grip, by, size, facts))

    def release(self, place: QPointF) -> None:
        """Have what was dragged out made."""
        if self._grip:
            self._grip = frozenset()
            self._ask()

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """Along the way that an edge or a corner goes."""
        grip = self._grip or self._grip_at(place)
        return shape_over(grip, self._pad.view.angle) if grip else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys before the pad does: its arrows move the crosshair."""
        if not self._on or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress:
            return self._press_key(event)
        return False

    def _press_key(self, event: QKeyEvent) -> bool:
        key, facts = event.key(), self._facts()
        alone = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if key == Qt.Key.Key_Escape:
            if self._grip or any(self.growth):
                self._drop()
            else:
                self.set_on(False)
        elif not alone or self._grip or facts is None or any(self._made):
            return False
        elif key in _KEYS:
            edge = _KEYS[Qt.Key(key)]
            inwards = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            step = -facts.size_multiple if inwards else facts.size_multiple
            grip = frozenset({edge})
            self._take(dragged(self.growth, grip, {edge: step}, self._pad.view.size, facts))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and any(self.growth):
            self._ask()
        else:
            return False
        return True

    def _grip_at(self, place: QPointF) -> Grip:
        if not self._on or any(self._made) or self._facts() is None:
            return frozenset()
        view, px = self._pad.view, theme.current().px
        rect = grown(self.growth, view.size)
        spot = view.to_sheet(place) - rect.topLeft()
        return grip_at(spot, rect.size(), px(WITHIN) / view.scale, px(BEYOND) / view.scale)

    def _ask(self) -> None:
        growth = self.growth
        self._take(Growth())
        if any(growth):
            self.wanted.emit(growth)

    def _drop(self) -> None:
        self._grip = frozenset()
        self._take(Growth())
        self._pad.update_pointer()

    def _take(self, growth: Growth) -> None:
        if growth != self.growth:
            self.growth = growth
            self.changed.emit()
        self._pad.update()

    def _take_size(self) -> None:
        """Another sheet, or it has grown: nothing of it is dragged, and there is room again."""
        self._drop()
        if self._on:
            self._make_room()

    def _make_room(self) -> None:
        self._pad.fit()
        if self._on:
            self._pad.zoom(ROOM, QPointF(self._pad.rect().center()))

    def _paint_new(self, painter: QPainter, view: SheetView, rect: QRectF) -> None:
        accent = theme.current().color("accent")
        new = QPainterPath()
        new.addPolygon(view.transform.map(QPolygonF(rect)))
        sheet = QPainterPath()
        sheet.addPolygon(view.outline)
        lines = theme.current().color("accent")
        lines.setAlphaF(0.55)
        painter.fillPath(new.subtracted(sheet), QBrush(lines, Qt.BrushStyle.BDiagPattern))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
        painter.drawPath(new)

    def _paint_handles(self, painter: QPainter, view: SheetView, rect: QRectF) -> None:
        look = theme.current()
        side = look.px(HANDLE)
        painter.setPen(QPen(look.color("accent"), 1.5))
        painter.setBrush(look.color("raised"))
        for x in (rect.left(), rect.center().x(), rect.right()):
            for y in (rect.top(), rect.center().y(), rect.bottom()):
                if QPointF(x, y) != rect.center():
                    painter.save()
                    painter.translate(view.to_pad(QPointF(x, y)))
                    painter.rotate(view.angle)
                    painter.drawRect(QRectF(-side / 2, -side / 2, side, side))
                    painter.restore()

    def _paint_size(self, painter: QPainter, view: SheetView, rect: QRectF) -> None:
        look, pad = theme.current(), self._pad
        text = self.tr("{width} × {height} px").format(
            width=round(rect.width()), height=round(rect.height())
        )
        metrics = painter.fontMetrics()
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + look.px(16), look.px(24))
        # Below the sheet that is going to be; what the pad cannot show of that is no place.
        seen = view.transform.mapRect(rect)
        box.moveCenter(QPointF(seen.center().x(), seen.bottom() + look.px(24)))
        room = QRectF(pad.rect()).adjusted(4, 4, -4, -4)
        box.moveLeft(min(max(box.left(), room.left()), room.right() - box.width()))
        box.moveTop(min(max(box.top(), room.top()), room.bottom() - box.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("raised"))
        painter.drawRoundedRect(box, look.px(4), look.px(4))
        painter.setPen(look.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
