"""The pad from the keyboard: painters' shortcuts, and a crosshair in place of the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)

from sdstudio.ui.draw.hand import ToolName
from sdstudio.ui.draw.pen import Touch
from sdstudio.ui.draw.sheet_view import TURN

if TYPE_CHECKING:
    from sdstudio.ui.draw.pad import Pad

Key = Qt.Key

TOOL_KEYS: dict[Qt.Key, ToolName] = {
    Key.Key_B: "brush",
    Key.Key_E: "eraser",
    Key.Key_G: "fill",
    Key.Key_I: "eyedropper",
    Key.Key_L: "line",
    Key.Key_V: "move",
    Key.Key_M: "mask",
}
_WAYS = {
    Key.Key_Left: QPoint(-1, 0),
    Key.Key_Right: QPoint(1, 0),
    Key.Key_Up: QPoint(0, -1),
    Key.Key_Down: QPoint(0, 1),
}
_STEP = 32
"""An arrow key moves the crosshair by this share of the sheet's longer side; with Shift by a
pixel."""


class PadKeys:
    """What each key does while the pad has the focus.

    Arrow keys bring a crosshair; Enter or Space then puts the pen down and lifts it. Without
    a crosshair the space bar is held to move the view with the pointer.

    Attributes:
        space: Whether the space bar is held to pan.
    """

    def __init__(self, pad: Pad) -> None:
        self._pad = pad
        self._place: QPointF | None = None
        self._down = False
        self.space = False

    @property
    def place(self) -> QPointF | None:
        """Where the crosshair is, in the sheet's pixels; None while there is none."""
        return self._place

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key that the window knows as well is the pad's now."""
        if event.matches(QKeySequence.StandardKey.Paste):
            return True
        if event.key() == Key.Key_Escape:
            pad = self._pad
            busy = pad.pen.doing is not None or pad.selection is not None
            return busy or self._place is not None
        return False

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key says; False where it says nothing here."""
        key = Key(event.key())
        if event.matches(QKeySequence.StandardKey.Paste):
            self._pad.offered.emit(QGuiApplication.clipboard().mimeData())
            return True
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._pad.hand.take("move")
            self._pad.select(QRect(QPoint(0, 0), self._pad.surface.size))
            return True
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if held:
            return False
        if key in _WAYS:
            self._go(_WAYS[key], shift)
        elif key in (Key.Key_Return, Key.Key_Enter) or (
            key == Key.Key_Space and self._place is not None
        ):
            if not event.isAutoRepeat():
                self._press_pen(shift)
        elif key == Key.Key_Space:
            self.space = True
            self._pad.update_pointer()
        elif key == Key.Key_Escape:
            return self._escape()
        else:
            return self._choose(key, shift, event.text())
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Let go of the space bar."""
        if event.key() != Key.Key_Space or event.isAutoRepeat():
            return False
        self.space = False
        return True

    def put_away(self) -> None:
        """The pointer is used: no crosshair."""
        self._lift()
        if self._place is not None:
            self._place = None
            self._pad.show_crosshair(None)

    def let_go(self) -> None:
        """The focus goes: nothing is held any more."""
        self.space = False
        self.put_away()

    def _choose(self, key: Qt.Key, shift: bool, text: str) -> bool:
        hand, pad = self._pad.hand, self._pad
        if key in TOOL_KEYS and not shift:
            hand.take(TOOL_KEYS[key])
        elif key == Key.Key_U:
            other = "ellipse" if hand.held.shape == "rectangle" else "rectangle"
            chosen = hand.tool in ("rectangle", "ellipse")
            hand.take(other if chosen else hand.held.shape)  # type: ignore[arg-type]
        elif key == Key.Key_X:
            hand.swap_colours()
        elif key == Key.Key_D:
            hand.plain_colours()
        elif key in (Key.Key_BracketLeft, Key.Key_BraceLeft):
            self._grow(-1, shift)
        elif key in (Key.Key_BracketRight, Key.Key_BraceRight):
            self._grow(1, shift)
        elif text in "1234567890" and text:
            hand.change(opacity=(int(text) or 10) / 10)
        elif key == Key.Key_R:
            pad.turn(-TURN if shift else TURN)
        elif key == Key.Key_F:
            pad.fit()
        elif key in (Key.Key_Plus, Key.Key_Equal):
            pad.zoom_in()
        elif key == Key.Key_Minus:
            pad.zoom_out()
        elif key in (Key.Key_Delete, Key.Key_Backspace) and pad.selection is not None:
            pad.pen.erase_selection()
        else:
            return False
        return True

    def _grow(self, way: int, shift: bool) -> None:
        hand = self._pad.hand
        if shift:
            hand.change(hardness=round(hand.nib.hardness + 0.1 * way, 2))
        else:
            hand.resize(way)

    def _go(self, way: QPoint, shift: bool) -> None:
        """Move the crosshair, or what is selected."""
        pad, size = self._pad, self._pad.surface.size
        if pad.hand.tool == "move" and pad.selection is not None and self._place is None:
            pad.pen.shift_selection(way * (8 if shift else 1))
            return
        step = 1 if shift else max(1, round(max(size.width(), size.height()) / _STEP))
        if self._place is None:
            self._place = QPointF(size.width() // 2 + 0.5, size.height() // 2 + 0.5)
        else:
            self._place = QPointF(
                min(max(self._place.x() + step * way.x(), 0.5), size.width() - 0.5),
                min(max(self._place.y() + step * way.y(), 0.5), size.height() - 0.5),
            )
        pad.show_crosshair(self._place, down=self._down)
        pad.hovered.emit(self._place)
        pad.setAccessibleDescription(f"{int(self._place.x())}, {int(self._place.y())}")
        if self._down:
            pad.pen.move([self._touch()])

    def _press_pen(self, shift: bool) -> None:
        pad = self._pad
        if self._place is None:
            self._go(QPoint(0, 0), shift)
            return
        if self._down:
            self._lift()
        else:
            pad.pen.press(self._touch(shift))
            self._down = pad.pen.doing is not None
        pad.show_crosshair(self._place, down=self._down)
        said = pad.tr("Pen down") if self._down else pad.tr("Pen up")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(pad, said))

    def _lift(self) -> None:
        if self._down:
            self._down = False
            self._pad.pen.release()

    def _escape(self) -> bool:
        pad = self._pad
        self._down = False
        if pad.pen.cancel():
            pad.show_crosshair(self._place)
        elif self._place is not None:
            self.put_away()
        elif pad.selection is not None:
            pad.select(None)
        else:
            return False
        return True

    def _touch(self, shift: bool = False) -> Touch:
        assert self._place is not None
        return Touch(self._pad.view.to_pad(self._place), shift=shift)
