"""Pictures above, figures below, with a line between that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from sdstudio.ui import theme

HEIGHT = 184
"""What the figures need to be read, in pixels at 100% text."""

LOW = 360
"""Below this height there is room for one of the two only."""

_MOST = 0.42


class Division(QSplitter):
    """Gives the figures what they need, and the pictures all the rest.

    Until the person drags the line the figures never get more than a part of the height;
    where that is too little for both, the one shows that was asked for.

    Args:
        pictures: Stands above.
        figures: Stands below.

    Signals:
        low_changed: Whether there is room for one of the two only.
    """

    low_changed = Signal(bool)

    def __init__(self, pictures: QWidget, figures: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._dragged = False
        self._low = False
        self._figures_wanted = False
        self._pictures, self._figures = pictures, figures
        self.addWidget(pictures)
        self.addWidget(figures)
        self.setCollapsible(0, False)
        self.setStretchFactor(0, 1)
        self.splitterMoved.connect(self._keep)
        theme.current().changed.connect(self._divide)

    @property
    def is_low(self) -> bool:
        """Whether there is room for one of the two only."""
        return self._low

    def want_figures(self, on: bool) -> None:
        """Where there is room for one, show the figures (or again the pictures)."""
        self._figures_wanted = on
        self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the room anew."""
        super().resizeEvent(event)
        self._divide()

    def _keep(self) -> None:
        self._dragged = True

    def _divide(self) -> None:
        px = theme.current().px
        low = self.height() < px(LOW)
        self._pictures.setVisible(not (low and self._figures_wanted))
        self._figures.setVisible(not low or self._figures_wanted)
        if not (self._dragged or low):
            below = min(px(HEIGHT), round(_MOST * self.height()))
            self.setSizes([max(1, self.height() - below), below])
        if low != self._low:
            self._low = low
            self.low_changed.emit(low)
