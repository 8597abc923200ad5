"""The panel's ground under something that stands beside something else."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme


class Ground(QWidget):
    """A plain ground with a hairline at one edge.

    Args:
        edge: Where the hairline is.
    """

    def __init__(self, parent: QWidget | None = None, *, edge: Qt.Edge = Qt.Edge.TopEdge) -> None:
        super().__init__(parent)
        self._edge = edge

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("panel"))
        painter.fillRect(self._hairline(), look.color("line"))
        painter.end()

    def _hairline(self) -> QRect:
        line = self.rect()
        match self._edge:
            case Qt.Edge.TopEdge:
                line.setHeight(1)
            case Qt.Edge.BottomEdge:
                line.setTop(line.bottom())
            case Qt.Edge.LeftEdge:
                line.setWidth(1)
            case Qt.Edge.RightEdge:
                line.setLeft(line.right())
        return line
