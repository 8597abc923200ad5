"""The line between two pictures that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from sdstudio.ui import theme

HANDLE = 24
"""Diameter of the line's knob in pixels, before scaling."""


def paint_wipe_line(painter: QPainter, edge: float, top: float, bottom: float) -> None:
    """Paint it with its knob in the middle.

    Args:
        painter: Of the widget, or turned with the pictures.
        edge: Where the line is, from the left.
        top: Where it begins.
        bottom: Where it ends.
    """
    look = theme.current()
    painter.setPen(QPen(look.color("window"), 4))
    painter.drawLine(QPointF(edge, top), QPointF(edge, bottom))
    painter.setPen(QPen(look.color("handle"), 2))
    painter.drawLine(QPointF(edge, top), QPointF(edge, bottom))
    side = look.px(HANDLE)
    knob = QRectF(edge - side / 2, (top + bottom) / 2 - side / 2, side, side)
    painter.setBrush(look.color("handle"))
    painter.setPen(QPen(look.color("outline"), 1))
    painter.drawEllipse(knob)
    painter.setPen(QPen(look.color("outline"), 1.5))
    for way in (-1, 1):
        tip = QPointF(edge + way * side * 0.3, knob.center().y())
        for up in (-1, 1):
            painter.drawLine(tip, tip + QPointF(-way * side * 0.12, up * side * 0.14))
    painter.setBrush(Qt.BrushStyle.NoBrush)
