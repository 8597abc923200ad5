"""Pictures above, figures below, with a line between that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from sdstudio.ui import theme

HEIGHT = 184
"""What the figures need to be read, in pixels at 100% text."""

_MOST = 0.42


class Division(QSplitter):
    """Gives the figures what they need, and the pictures all the rest.

    Until the person drags the line the figures never get more than a part of a low window;
    dragged to the foot, they go.

    Args:
        pictures: Stands above.
        figures: Stands below.
    """

    def __init__(self, pictures: QWidget, figures: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._dragged = False
        self.addWidget(pictures)
        self.addWidget(figures)
        self.setCollapsible(0, False)
        self.setStretchFactor(0, 1)
        self.splitterMoved.connect(self._keep)
        theme.current().changed.connect(self._divide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the room anew."""
        super().resizeEvent(event)
        self._divide()

    def _keep(self) -> None:
        self._dragged = True

    def _divide(self) -> None:
        if not self._dragged:
            below = min(theme.current().px(HEIGHT), round(_MOST * self.height()))
            self.setSizes([max(1, self.height() - below), below])
