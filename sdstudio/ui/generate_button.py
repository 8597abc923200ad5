"""The one button that matters, which shows how far the run is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.icons import icon


class GenerateButton(QPushButton):
    """Triggers an action; a line at its foot fills while a run goes on."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "primary")
        self.setText(self.tr("Generate   Ctrl+Enter"))
        self.setIcon(icon("play", "on_accent"))
        self.setAccessibleName(self.tr("Generate"))
        self.setToolTip(action.toolTip())
        self.clicked.connect(action.trigger)
        self._progress: float | None = None

    @property
    def progress(self) -> float | None:
        """Share of the run that is done, None when none is going."""
        return self._progress

    def show_progress(self, progress: float | None) -> None:
        """Show how far the run is; None shows nothing."""
        if progress != self._progress:
            self._progress = progress
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, then the line over its foot."""
        super().paintEvent(event)
        if self._progress is None:
            return
        look = theme.current()
        height = look.px(3)
        inner = QRectF(self.rect()).adjusted(look.px(8), 0, -look.px(8), -look.px(3))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = look.color("on_accent")
        line = QRectF(inner.left(), inner.bottom() - height, inner.width(), height)
        colour.setAlpha(60)
        painter.setBrush(colour)
        painter.drawRoundedRect(line, height / 2, height / 2)
        colour.setAlpha(255)
        painter.setBrush(colour)
        line.setWidth(line.width() * self._progress)
        painter.drawRoundedRect(line, height / 2, height / 2)
        painter.end()
