"""The panel's ground under something that stands below something else."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme


class Ground(QWidget):
    """A plain ground with a hairline above."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("panel"))
        painter.fillRect(0, 0, self.width(), 1, look.color("line"))
        painter.end()
