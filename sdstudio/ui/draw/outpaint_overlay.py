"""The outline of what the network sees while the canvas grows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from sdstudio.session.drawing.rect import Rect
from sdstudio.ui import theme
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_view import SheetView


class WindowOverlay:
    """Lies over a pad; takes no pointer.

    Args:
        pad: Where.
    """

    def __init__(self, pad: Pad) -> None:
        self._pad = pad
        self._rect: Rect | None = None
        pad.add_overlay(self)

    def show_rect(self, rect: Rect | None) -> None:
        """Outline a rectangle in the sheet's pixels, that may stick out of it; None for none."""
        if rect != self._rect:
            self._rect = rect
            self._pad.update()

    def paint(self, painter: QPainter, view: SheetView) -> None:
        """Paint it, in the pad's pixels."""
        if self._rect is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().color("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawPolygon(view.transform.map(QPolygonF(QRectF(*self._rect))))

    def press(self, place: QPointF) -> bool:
        """It takes nothing."""
        return False

    def move(self, place: QPointF) -> None:
        """It takes nothing."""

    def release(self, place: QPointF) -> None:
        """It takes nothing."""

    def cursor(self, place: QPointF) -> Qt.CursorShape | None:
        """It has no pointer of its own."""
        return None
