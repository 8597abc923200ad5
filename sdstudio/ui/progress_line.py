"""A thin line that fills, or runs to and fro while nobody knows how far it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme

_FRAME_MS = 40
_FRAMES = 50


class ProgressLine(QWidget):
    """Progress as a line of the accent colour on a groove."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = 0.0
        self._busy = False
        self._invisible = False
        self._frame = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._advance)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def fraction(self) -> float:
        """How far it is filled, 0 to 1."""
        return self._fraction

    @property
    def busy(self) -> bool:
        """Whether it runs to and fro."""
        return self._busy

    def show_progress(self, fraction: float | None, *, busy: bool = False) -> None:
        """Fill a share of it (0 to 1), or let it run."""
        self._fraction = min(1.0, max(0.0, fraction or 0.0))
        self._busy = busy
        self._run_timer()
        self.update()

    def set_hidden_line(self, on: bool) -> None:
        """Paint nothing, and keep the space."""
        if on != self._invisible:
            self._invisible = on
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove and the filled part."""
        if self._invisible:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(look.color("groove"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setBrush(look.color("accent"))
        width = self.width() * (0.25 if self._busy else self._fraction)
        left = 0.0
        if self._busy:
            phase = abs(2 * (self._frame % _FRAMES) / _FRAMES - 1)
            left = (self.width() - width) * phase
        if width >= 1:
            painter.drawRoundedRect(QRectF(left, 0, width, self.height()), radius, radius)
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Run only while it can be seen."""
        super().showEvent(event)
        self._run_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody sees it."""
        super().hideEvent(event)
        self._run_timer()

    def _run_timer(self) -> None:
        if self._busy and self.isVisible():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    def _advance(self) -> None:
        self._frame += 1
        self.update()

    def _resize(self) -> None:
        self.setFixedHeight(theme.current().px(4))
