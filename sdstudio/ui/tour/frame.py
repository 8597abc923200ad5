"""An outline around what the tour speaks of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme

_FOLLOWED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class Frame(QWidget):
    """Lies over the window and lets everything through; goes with the widget it surrounds.

    Args:
        window: Over which it lies; what floats outside of it is not outlined.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._around: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVisible(False)
        theme.current().changed.connect(self.update)

    @property
    def around(self) -> QWidget | None:
        """What it surrounds now, None for nothing."""
        return self._around

    def surround(self, widget: QWidget | None) -> None:
        """Outline a widget instead of the one before; None ends it."""
        if self._around is not None:
            self._around.removeEventFilter(self)
        self._around = widget
        if widget is not None:
            widget.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go with it."""
        if event.type() in _FOLLOWED:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the outline."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _follow(self) -> None:
        widget, window = self._around, self.parentWidget()
        if widget is None or not widget.isVisible() or widget.window() is not window:
            self.setVisible(False)
            return
        self.setGeometry(widget.rect().translated(widget.mapTo(window, QPoint(0, 0))))
        self.setVisible(True)
        self.raise_()
