"""What the colours of a heat map stand for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.pixels import to_qimage
from sdstudio.ui.plots.heat import heat, parted

_BAR = 8
_LINE = 18


class ScaleBar(QWidget):
    """A strip of all colours between two numbers, with a name in between.

    Args:
        zero_in_the_middle: Whether it is the scale that parts below and above zero.
    """

    def __init__(self, *, zero_in_the_middle: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ramp = np.linspace(0.0, 1.0, 256)[None]
        colours = parted(2 * ramp - 1, 1.0) if zero_in_the_middle else heat(ramp, 0.0, 1.0)
        self._strip: QImage = to_qimage(colours)
        self._words = ("", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    @property
    def words(self) -> tuple[str, str, str]:
        """What stands at the left, in the middle and at the right."""
        return self._words

    def show_ends(self, low: str, high: str, name: str = "") -> None:
        """Say what the ends stand for, and between them what is shown."""
        if self._words == (low, name, high):
            return
        self._words = (low, name, high)
        self.setAccessibleName(f"{name}: {low} – {high}")
        self.update()

    def sizeHint(self) -> QSize:
        """The strip and a line of words."""
        px = theme.current().px
        return QSize(0, px(_BAR) + px(2) + px(_LINE))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint strip and words."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, self.width(), look.px(_BAR)), self._strip)
        painter.setFont(look.font(11))
        painter.setPen(look.color("muted"))
        room = QRectF(0, look.px(_BAR + 2), self.width(), look.px(_LINE))
        sides = (
            Qt.AlignmentFlag.AlignLeft,
            Qt.AlignmentFlag.AlignHCenter,
            Qt.AlignmentFlag.AlignRight,
        )
        for text, side in zip(self._words, sides, strict=True):
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
