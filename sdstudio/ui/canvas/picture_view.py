"""The picture itself: painted when needed, zoomed and panned."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.ui import theme
from sdstudio.ui.canvas.viewport import Viewport

MARGIN = 16
CAPTION_SPACE = 44
ZOOM_STEP = 1.25
_FOCUS_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class PictureView(QWidget):
    """Shows one picture; a newer one replaces it before the older is ever painted.

    Args:
        captioned: Leave room for a caption below the picture.

    Signals:
        moved: The picture lies elsewhere now.
        painted: The view has been painted, for the first time.
        drag_wanted: The person pulls the picture out of the window.
        smooth_changed: Whether pixels are blended when enlarged.
    """

    moved = Signal()
    painted = Signal()
    drag_wanted = Signal()
    smooth_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, captioned: bool = True) -> None:
        super().__init__(parent)
        self._captioned = captioned
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Picture"))
        self._viewport = Viewport()
        self._image: QImage | None = None
        self._pixmap: QPixmap | None = None
        self._smooth = True
        self._space = False
        self._pressed: QPoint | None = None
        self._panning = False
        self._keyboard_focus = False
        self._was_painted = False
        theme.current().changed.connect(self._place)

    @property
    def _below(self) -> int:
        """Pixels left free below the picture."""
        return theme.current().px(CAPTION_SPACE) if self._captioned else MARGIN

    @property
    def image(self) -> QImage | None:
        """The picture that shows, None before the first."""
        return self._image

    @property
    def viewport(self) -> Viewport:
        """Where the picture lies."""
        return self._viewport

    @property
    def smooth(self) -> bool:
        """Whether an enlarged picture is blended; otherwise its pixels show as squares."""
        return self._smooth

    def show_image(self, image: QImage, size: QSize | None = None) -> None:
        """Show a picture.

        Args:
            image: Its pixels.
            size: The size it stands for, where a preview has fewer pixels than the result.
        """
        before = self._viewport.rect
        self._image = image
        self._pixmap = None
        self._viewport.picture = QSizeF(size if size is not None else image.size())
        self.moved.emit()
        self.update(before.united(self._viewport.rect).toAlignedRect())

    def set_smooth(self, on: bool) -> None:
        """Blend enlarged pixels, or show them as squares."""
        if on != self._smooth:
            self._smooth = on
            self.smooth_changed.emit(on)
            self.update()

    def fit(self) -> None:
        """Show all of the picture, as large as there is room."""
        self._viewport.fit()
        self._changed()

    def zoom_in(self) -> None:
        """Enlarge by a step about the middle."""
        self._zoom(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Reduce by a step about the middle."""
        self._zoom(1 / ZOOM_STEP)

    def actual_size(self) -> None:
        """Show one pixel of the picture on one of the screen."""
        self._viewport.zoom_to(1 / self.devicePixelRatioF())
        self._changed()

    def _zoom(self, factor: float, about: QPointF | None = None) -> None:
        self._viewport.zoom_by(factor, about)
        self._changed()

    def _changed(self) -> None:
        self._update_cursor()
        self.moved.emit()
        self.update()

    def _place(self) -> None:
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -self._below)
        if area.width() > 1 and area.height() > 1:
            self._viewport.area = area
        self._changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture placed."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the newest picture; only now is it made into a pixmap."""
        painter = QPainter(self)
        colours = theme.current()
        painter.fillRect(self.rect(), colours.color("canvas"))
        if self._image is not None:
            if self._pixmap is None or self._pixmap.size() != self._pixmap_size():
                self._pixmap = self._make_pixmap(self._image)
            hint = QPainter.RenderHint.SmoothPixmapTransform
            painter.setRenderHint(hint, self._smooth or self._viewport.scale < 1)
            # An enlarged picture stays clear of its caption.
            painter.setClipRect(self.rect().adjusted(0, 0, 0, -self._below))
            painter.drawPixmap(self._viewport.rect, self._pixmap, QRectF(self._pixmap.rect()))
            painter.setClipping(False)
        if self._keyboard_focus:
            painter.setPen(QPen(colours.color("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def _pixmap_size(self) -> QSize:
        """Its device pixels where all of it is seen, else the picture's own."""
        assert self._image is not None
        if not self._smooth or self._viewport.overflows:
            return self._image.size()
        return (self._viewport.rect.size() * self.devicePixelRatioF()).toSize()

    def _make_pixmap(self, image: QImage) -> QPixmap:
        """Scaled once: much faster than with each painting, and with the whole filter."""
        size = self._pixmap_size()
        if size == image.size() or size.isEmpty():
            return QPixmap.fromImage(image)
        plain = image.convertToFormat(QImage.Format.Format_RGB32)
        ignore = Qt.AspectRatioMode.IgnoreAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        return QPixmap.fromImage(plain.scaled(size, ignore, smooth))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        if self._image is None:
            return
        turned = event.angleDelta().y() / 120
        if turned:
            self._zoom(ZOOM_STEP**turned, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom by pinching."""
        zoom = Qt.NativeGestureType.ZoomNativeGesture
        if (
            self._image is not None
            and isinstance(event, QNativeGestureEvent)
            and event.gestureType() == zoom
        ):
            self._zoom(1 + event.value(), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and pan from the keyboard."""
        step = 48.0
        moves = {
            Qt.Key.Key_Left: QPointF(step, 0),
            Qt.Key.Key_Right: QPointF(-step, 0),
            Qt.Key.Key_Up: QPointF(0, step),
            Qt.Key.Key_Down: QPointF(0, -step),
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_1:
            self.actual_size()
        elif key in (Qt.Key.Key_F, Qt.Key.Key_0):
            self.fit()
        elif key == Qt.Key.Key_P:
            self.set_smooth(not self._smooth)
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._update_cursor()
        elif key in moves:
            self._viewport.pan(moves[key])
            self._changed()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End panning with the space bar."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._update_cursor()
        super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan, or to drag the picture out."""
        if self._image is None:
            return
        middle = event.button() == Qt.MouseButton.MiddleButton
        if event.button() == Qt.MouseButton.LeftButton or middle:
            out = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._pressed = event.position().toPoint()
            self._panning = middle or self._space or (self._viewport.overflows and not out)
            self._update_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or drag the picture out once the pointer has moved far enough."""
        if self._pressed is None:
            return
        here = event.position().toPoint()
        if self._panning:
            self._viewport.pan(QPointF(here - self._pressed))
            self._pressed = here
            self._changed()
            return
        far = (here - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if far and self._viewport.rect.contains(QPointF(self._pressed)):
            self._pressed = None
            self.drag_wanted.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End panning."""
        self._pressed = None
        self._panning = False
        self._update_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go between all of the picture and its actual size."""
        if self._image is None:
            return
        if self._viewport.fits:
            self._viewport.zoom_to(1 / self.devicePixelRatioF(), event.position())
            self._changed()
        else:
            self.fit()

    def focusInEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Show a ring when the focus came by the keyboard."""
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() not in _FOCUS_STAYS:
            self._keyboard_focus = event.reason() in by_key
        self.update()

    def focusOutEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Hide the ring, unless another window or a menu has the focus for a while."""
        if event.reason() not in _FOCUS_STAYS:
            self._keyboard_focus = False
        self._space = False
        self._update_cursor()
        self.update()

    def _update_cursor(self) -> None:
        if self._image is None:
            self.unsetCursor()
        elif self._panning and self._pressed is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space or self._viewport.overflows:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()
