"""The pad: a sheet, and the hand that draws on it with mouse, pen or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.ui.canvas.picture_view import ZOOM_STEP
from sdstudio.ui.draw.hand import Hand
from sdstudio.ui.draw.overlays import LEAST_OUTLINE, Overlay
from sdstudio.ui.draw.pad_keys import PadKeys
from sdstudio.ui.draw.pen import Pen, Touch
from sdstudio.ui.draw.sheet_canvas import SheetCanvas

_FOCUS_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Pad(SheetCanvas):
    """Lets a hand draw on a sheet.

    The wheel zooms to the pointer; the middle button, or the left one with the space bar,
    moves the view; the right button, or the left one with Alt, takes a colour.

    Attributes:
        pen: What the pointer does.

    Signals:
        stroke_ended: The drawing has changed and the hand has let go.
        stroke_paused: The hand rests within a stroke.
        colour_picked: A colour was taken from the drawing.
        hovered: Where the pointer or the crosshair is, a QPointF in the sheet's pixels, or None.
        selection_changed: Another part of the sheet is selected, or none.
        refused: What was asked cannot be done: a code, "hidden_layer".
        offered: What was pasted or dropped: a QMimeData.
    """

    stroke_ended = Signal()
    stroke_paused = Signal()
    colour_picked = Signal(QColor)
    hovered = Signal(object)
    selection_changed = Signal()
    refused = Signal(str)
    offered = Signal(object)

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(hand, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drawing"))
        self.pen = Pen(self)
        self._keys = PadKeys(self)
        self._taken_by: Overlay | None = None
        self._over_handle = False
        self._waiting: list[Touch] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._catch_up)
        self.moved.connect(self.update_pointer)
        hand.changed.connect(self.update_pointer)

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing."""
        self.pen.cancel()
        self.select(None)
        self._keys.put_away()
        self.surface.show(drawing)

    def add_overlay(self, overlay: Overlay) -> None:
        """Let something more lie over the sheet; the one added last is asked first."""
        self.overlays.insert(0, overlay)
        self.update()

    def select(self, rect: QRect | None) -> None:
        """Choose a part of the sheet for the move tool; None chooses nothing."""
        if rect != self.selection:
            self.selection = rect
            self.selection_changed.emit()
            self.update()

    def event(self, event: QEvent) -> bool:
        """Take gestures, and keys that the window would take first."""
        if isinstance(event, QNativeGestureEvent):
            return self._follow_gesture(event) or super().event(event)
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and self._keys.wants(event):
            event.accept()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer."""
        turned = event.angleDelta().y() / 120
        if turned:
            self.zoom(ZOOM_STEP**turned, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Painters' shortcuts, the crosshair, and holding the space bar to pan."""
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the space bar."""
        if not self._keys.release(event):
            super().keyReleaseEvent(event)
        self.update_pointer()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin what button, keys and tool say."""
        self._keys.put_away()
        self._press(_touch_of(event), event.button(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on, or hover."""
        self._move(_touch_of(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        self._release(event.position())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The same with a pen, which also presses."""
        touch = _touch_of_pen(event)
        if event.type() == QEvent.Type.TabletPress:
            self._keys.put_away()
            self._press(touch, event.button(), event.modifiers())
        elif event.type() == QEvent.Type.TabletMove:
            self._move(touch)
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(touch.place)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the nib's outline."""
        self._catch_up()
        self.show_pointer(None)
        self.hovered.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring when the focus came by the keyboard."""
        if event.reason() not in _FOCUS_STAYS:
            self._keyboard_focus = event.reason() in _BY_KEY
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it, and let go of everything."""
        if event.reason() not in _FOCUS_STAYS:
            self._keyboard_focus = False
        self._keys.let_go()
        self.update_pointer()
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        event.acceptProposedAction()
        self.offered.emit(event.mimeData())

    def _press(self, touch: Touch, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        self._catch_up()
        if self.pen.doing is not None or self.drawing is None:
            return
        if button == Qt.MouseButton.MiddleButton or self._keys.space:
            self.pen.pan(touch)
        elif button == Qt.MouseButton.RightButton or modifiers & Qt.KeyboardModifier.AltModifier:
            self.pen.pick(touch)
        elif button == Qt.MouseButton.LeftButton:
            self._taken_by = next((it for it in self.overlays if it.press(touch.place)), None)
            if self._taken_by is None:
                self.pen.press(touch)
        self.update_pointer()

    def _move(self, touch: Touch) -> None:
        """Gather what comes faster than it can be drawn; it is drawn in one go."""
        self._waiting.append(touch)
        if not self._soon.isActive():
            self._soon.start()

    def _catch_up(self) -> None:
        """Draw, or hover, along all moves that came since the last time."""
        self._soon.stop()
        touches, self._waiting = self._waiting, []
        if not touches:
            return
        place = touches[-1].place
        if self._taken_by is not None:
            self._taken_by.move(place)
        else:
            self.pen.move(touches)
        self.show_pointer(place)
        if self.pen.doing is None:
            self.update_pointer()
        self.hovered.emit(self.view.to_sheet(place))

    def _release(self, place: QPointF) -> None:
        self._catch_up()
        if self._taken_by is not None:
            taken_by, self._taken_by = self._taken_by, None
            taken_by.release(place)
        else:
            self.pen.release()
        self.update_pointer()

    def _follow_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom(1 + event.value(), event.position())
        elif event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
            self.turn(event.value())
        else:
            return False
        return True

    @property
    def outline_radius(self) -> float:
        """Of the nib in pixels of the pad; 0 over what is dragged, where it would not draw."""
        return 0.0 if self._over_handle else super().outline_radius

    def update_pointer(self) -> None:
        """Give the pointer the shape of what it would do."""
        taking = self._shape_over()
        if (taking is not None) != self._over_handle:
            self._over_handle = taking is not None
            self.update()
        self.setCursor(self._shape() if taking is None else taking)

    def _shape_over(self) -> Qt.CursorShape | None:
        """The pointer's shape over what an overlay would take, None where the tool is used."""
        place = self.pointer
        if place is None or self.pen.doing is not None or self._keys.space:
            return None
        shapes = (overlay.cursor(place) for overlay in self.overlays)
        return next((shape for shape in shapes if shape is not None), None)

    def _shape(self) -> Qt.CursorShape:
        """The pointer's shape: none where the nib's outline shows it."""
        if self.pen.doing == "pan":
            return Qt.CursorShape.ClosedHandCursor
        if self._keys.space:
            return Qt.CursorShape.OpenHandCursor
        place, moves = self.pointer, self.hand.tool == "move"
        if place is not None and moves and self.pen.is_over_selection(place):
            return Qt.CursorShape.SizeAllCursor
        if self.outline_radius >= LEAST_OUTLINE:
            return Qt.CursorShape.BlankCursor
        return Qt.CursorShape.CrossCursor


def _touch_of(event: QMouseEvent) -> Touch:
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return Touch(event.position(), 1.0, event.timestamp() / 1000, shift)


def _touch_of_pen(event: QTabletEvent) -> Touch:
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    erasing = event.pointerType() == QPointingDevice.PointerType.Eraser
    return Touch(event.position(), event.pressure(), event.timestamp() / 1000, shift, erasing)
