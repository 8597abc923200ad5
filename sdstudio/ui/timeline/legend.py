"""Says beside the curves what they are, with their values at the playhead."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme
from sdstudio.ui.timeline import telling
from sdstudio.ui.timeline.film import Row

SMALL_PX = 11
SWATCH = 12


class Legend(QWidget):
    """Two lines: the noise level with a piece of line, the time of the step with a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._noise = ""
        self._time = ""
        self.setToolTip(self.tr("Line: noise level the step begins with. Bars: time that it took."))

    @property
    def text(self) -> str:
        """What it says, for tests."""
        return "  ".join(part for part in (self._noise, self._time) if part)

    @property
    def least_width(self) -> int:
        """Pixels that its widest text needs."""
        metrics = QFontMetrics(theme.current().font(SMALL_PX))
        px = theme.current().px
        return px(16 + SWATCH + 6) + metrics.horizontalAdvance(self.tr("noise 0.00"))

    def show_step(self, row: Row | None, index: int) -> None:
        """Show a step's values; None and steps not taken show nothing."""
        noise = time = ""
        note = row.note(index) if row is not None else None
        if note is not None:
            noise = self.tr("noise {level:.2f}").format(level=note.noise_level)
            time = telling.milliseconds(note.seconds)
        if (noise, time) != (self._noise, self._time):
            self._noise, self._time = noise, time
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both lines."""
        look = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("panel"))
        if not self._noise:
            painter.end()
            return
        painter.setFont(look.font(SMALL_PX))
        left, swatch, half = look.px(16), look.px(SWATCH), self.height() / 2
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("muted"), 1.5))
        painter.drawLine(QPointF(left, half * 0.5 + 3), QPointF(left + swatch, half * 0.5 - 3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for number in range(3):
            tall = look.px((6, 9, 7)[number])
            bar = QRectF(
                left + number * look.px(4), half * 1.5 + look.px(5) - tall, look.px(3), tall
            )
            painter.fillRect(bar, look.color("outline"))
        painter.setPen(look.color("muted"))
        x = left + swatch + look.px(6)
        for number, text in enumerate((self._noise, self._time)):
            painter.drawText(QRectF(x, number * half, self.width() - x, half), flags, text)
        painter.end()
