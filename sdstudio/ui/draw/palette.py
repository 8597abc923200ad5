"""Colours to choose from: a fixed palette, and those used before."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.draw.flow import Flow
from sdstudio.ui.draw.hand import RECENT, Hand

COLOURS = (
    *("#000000", "#4a4b50", "#8e9096", "#c9cacd", "#ffffff", "#5b3a21", "#8a5a33", "#c68a52"),
    *("#f0c9a0", "#c0392b", "#e5533d", "#f08a3c", "#f2c53d", "#f7e27a", "#4e9a2c", "#2f6b2a"),
    *("#9ccc65", "#2aa198", "#7fd1e0", "#2f6fb5", "#1f3f77", "#7a4fa3", "#c06bb8", "#f2a6c0"),
)
"""Greys, browns and skin, then round the circle, light beside dark."""

SIDE = 24


class Palette(QWidget):
    """Swatches; the colour in the hand has a ring.

    Attributes:
        swatches: Of the fixed palette.
        recent: Of the colours used before, newest first; some are hidden at the beginning.
    """

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hand = hand
        self.swatches = [Swatch(QColor(name)) for name in COLOURS]
        self.recent = [Swatch(QColor("#ffffff")) for _ in range(RECENT)]
        self._caption = QLabel(self.tr("Used before"))
        self._caption.setProperty("kind", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        for part in (self.swatches, self.recent):
            place = QWidget()
            place.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            flow = Flow(place)
            for swatch in part:
                swatch.chosen.connect(hand.set_colour)
                flow.addWidget(swatch)
            if part is self.recent:
                column.addWidget(self._caption)
            column.addWidget(place)
        hand.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        held = self._hand.held
        for number, swatch in enumerate(self.recent):
            swatch.setVisible(number < len(held.recent))
            if number < len(held.recent):
                swatch.set_colour(QColor(held.recent[number]))
        self._caption.setVisible(bool(held.recent))
        for swatch in (*self.swatches, *self.recent):
            swatch.set_ring(swatch.colour.name() == held.colour)


class Swatch(QAbstractButton):
    """One colour.

    Signals:
        chosen: It was clicked: its QColor.
    """

    chosen = Signal(QColor)

    def __init__(self, colour: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_colour(colour)
        self.clicked.connect(lambda: self.chosen.emit(self.colour))
        theme.current().changed.connect(self.updateGeometry)

    def set_colour(self, colour: QColor) -> None:
        """Be another colour."""
        self.colour = colour
        self.setToolTip(colour.name())
        self.setAccessibleName(self.tr("Colour {name}").format(name=colour.name()))
        self.update()

    def set_ring(self, on: bool) -> None:
        """Show that it is the one in the hand."""
        if on != self._ring:
            self._ring = on
            self.setAccessibleDescription(self.tr("In use") if on else "")
            self.update()

    def sizeHint(self) -> QSize:
        """A square that a finger finds."""
        side = theme.current().px(SIDE)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the colour, with a ring where it is in use or has the focus."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = look.px(3)
        inner = QRect(QPoint(gap, gap), self.size() - QSize(2 * gap, 2 * gap))
        painter.setPen(QPen(look.color("outline"), 1))
        painter.setBrush(self.colour)
        painter.drawRoundedRect(inner, look.px(3), look.px(3))
        if self._ring or self.hasFocus():
            painter.setPen(QPen(look.color("accent" if self.hasFocus() else "text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), look.px(4), look.px(4))
        painter.end()
