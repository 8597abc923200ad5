"""The place a picture is dropped on: a button that shows the picture or invites one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from sdstudio.ui import theme


class WellButton(QAbstractButton):
    """Click or Enter opens a file, a drop or Ctrl+V brings a picture, Delete clears it."""

    offered = Signal(QMimeData)
    """What was dropped or pasted."""

    cleared = Signal()
    """Delete or Backspace was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnail = QImage()
        self._over = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.current().changed.connect(self._restyle)

    def set_thumbnail(self, image: QImage) -> None:
        """Show a picture beside the text; a null image shows none."""
        self._thumbnail = image
        self.update()

    @property
    def has_thumbnail(self) -> bool:
        """Whether it shows a picture."""
        return not self._thumbnail.isNull()

    def paste(self) -> None:
        """Offer what the clipboard holds."""
        self.offered.emit(QGuiApplication.clipboard().mimeData())

    def sizeHint(self) -> QSize:
        """High enough for a thumbnail and for two lines at any text size."""
        lines = 2 * self.fontMetrics().lineSpacing() + theme.current().px(16)
        return QSize(200, max(theme.current().px(64), lines))

    def minimumSizeHint(self) -> QSize:
        """As high as :meth:`sizeHint`, however narrow."""
        return QSize(0, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Take Ctrl+V before a shortcut of the window does."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste, clear, or press the button."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self._over = True
            self.update()

    def dragLeaveEvent(self, event: QEvent) -> None:
        """The drop went elsewhere."""
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Offer what was dropped."""
        self._over = False
        self.update()
        event.acceptProposedAction()
        self.offered.emit(event.mimeData())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet dashed outline; solid and in the accent while it has focus or a drop."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        lively = self._over or self.hasFocus()
        role = "accent" if lively else "muted" if self.underMouse() else "outline"
        pen = QPen(look.color(role), 2 if lively else 1)
        if not lively and not self.has_thumbnail:
            pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(look.color("field"))
        radius = look.px(4)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        self._paint_contents(painter)
        painter.end()

    def _paint_contents(self, painter: QPainter) -> None:
        look = theme.current()
        inside = QRectF(self.rect()).adjusted(*(look.px(8) * sign for sign in (1, 1, -1, -1)))
        alignment = Qt.AlignmentFlag.AlignVCenter
        if self.has_thumbnail:
            size = self._thumbnail.size().scaled(
                int(inside.height() * 1.6), int(inside.height()), Qt.AspectRatioMode.KeepAspectRatio
            )
            place = QRectF(inside.topLeft(), size)
            place.moveCenter(QRectF(inside.topLeft(), QSize(size.width(), 0)).center())
            place.moveTop(inside.center().y() - size.height() / 2)
            painter.drawImage(place, self._thumbnail)
            inside.setLeft(place.right() + look.px(8))
            alignment |= Qt.AlignmentFlag.AlignLeft
            painter.setPen(look.color("text"))
        else:
            alignment |= Qt.AlignmentFlag.AlignHCenter
            painter.setPen(look.color("muted"))
        painter.drawText(inside, int(alignment | Qt.TextFlag.TextWordWrap), self.text())

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
