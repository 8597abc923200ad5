"""The one button that matters, which shows how far the run is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from sdstudio.ui import theme
from sdstudio.ui.icons import icon


class GenerateButton(QPushButton):
    """Triggers an action; a line at its foot fills while a run goes on."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "primary")
        # The style leaves too little room between an icon and its word.
        self._short = " " + self.tr("Generate")
        self._long = self._short + "   " + self.tr("Ctrl+Enter")
        self.setText(self._long)
        self.setIcon(icon("play", "on_accent"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
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

    def sizeHint(self) -> QSize:
        """Room for the shortcut as well."""
        return self._size_with(self._long)

    def minimumSizeHint(self) -> QSize:
        """Where room is scarce the shortcut goes first."""
        return self._size_with(self._short)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name the shortcut where there is room for it."""
        super().resizeEvent(event)
        wide = event.size().width() >= self.sizeHint().width()
        self.setText(self._long if wide else self._short)

    def _size_with(self, text: str) -> QSize:
        metrics = self.fontMetrics()
        size = super().sizeHint()
        spare = metrics.horizontalAdvance(self.text()) - metrics.horizontalAdvance(text)
        return QSize(size.width() - spare, size.height())

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
