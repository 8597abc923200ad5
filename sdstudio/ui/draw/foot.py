"""The line below the sheet: its size, where the pointer is, and how the view is turned."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.note import TEXT_PX
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.sheet_view import TURN

FOOT = 36
"""Height of the line below a picture, in pixels at 100% text: sheet and result stand level."""


class Foot(QWidget):
    """Figures in places as wide as their widest value, so that nothing moves.

    Args:
        pad: Whose view it shows and sets.
    """

    def __init__(self, pad: Pad, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pad = pad
        self.place = QLabel()
        self.size_ = QLabel()
        self.angle = QLabel()
        self.turn = IconButton("rotate", self.tr("Turn the view (R, Shift+R)"))
        self.turn.clicked.connect(self._turn)
        self._row = QHBoxLayout(self)
        for label in (self.size_, self.place):
            self._row.addWidget(label)
        self._row.addStretch(1)
        for widget in (self.angle, self.turn):
            self._row.addWidget(widget)
        for label in (self.place, self.size_, self.angle):
            label.setProperty("kind", "muted")
        self.angle.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        pad.moved.connect(self._show_view)
        pad.hovered.connect(self._show_place)
        theme.current().changed.connect(self._scale)
        self._scale()
        self._show_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the canvas's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("canvas"))
        painter.end()

    def minimumSizeHint(self) -> QSize:
        """What it needs without the figures."""
        return QSize(theme.current().px(96), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where room is scarce the place goes, then the size."""
        super().resizeEvent(event)
        room = self.width() - theme.current().px(16 + 8 + 32) - self.angle.width()
        self.size_.setVisible(room > self.size_.width())
        self.place.setVisible(room > self.size_.width() + self.place.width())

    def _turn(self) -> None:
        if self._pad.view.angle:
            self._pad.straighten()
        else:
            self._pad.turn(TURN)

    def _show_view(self) -> None:
        view, size = self._pad.view, self._pad.surface.size
        self.angle.setText(f"{view.angle:.0f}°" if view.angle else "")
        self.turn.explain(
            self.tr("Turn the view back (R, Shift+R turn it on)")
            if view.angle
            else self.tr("Turn the view (R, Shift+R)")
        )
        self.size_.setText("" if size.isEmpty() else f"{size.width()} × {size.height()}")

    def _show_place(self, place: QPointF | None) -> None:
        size = self._pad.surface.size
        if place is None or not (0 <= place.x() < size.width() and 0 <= place.y() < size.height()):
            self.place.setText("")
        else:
            self.place.setText(f"{math.floor(place.x())}, {math.floor(place.y())}")

    def _scale(self) -> None:
        look = theme.current()
        px = look.px
        self._row.setContentsMargins(px(16), 0, px(8), px(4))
        self._row.setSpacing(px(4))
        self.setFixedHeight(px(FOOT))
        for label, widest in (
            (self.place, "00000, 00000"),
            (self.size_, "0000 × 0000 "),
            (self.angle, "-165°"),
        ):
            label.setFont(look.font(TEXT_PX))
            label.setFixedWidth(label.fontMetrics().horizontalAdvance(widest) + 4)
