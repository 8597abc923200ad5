"""The frames under a hand: one is chosen, and they are dragged into another order."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.ui.draw.film_view import FilmView


class FilmStrip(FilmView):
    """Takes clicks, drags and keys.

    Signals:
        chosen: A frame was clicked or gone to: its index.
        moved: A frame was dragged or carried by keys: from where to where.
        asked: A key asks for "add", "duplicate", "remove", "restore" or "play".
    """

    chosen = Signal(int)
    moved = Signal(int, int)
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed: tuple[int, QPointF] | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a frame; it may be dragged from there."""
        index = self.index_at(event.position().x())
        if event.button() != Qt.MouseButton.LeftButton or index is None:
            return
        self._pressed = index, event.position()
        self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the frame that was pressed."""
        if self._pressed is None:
            return
        way = abs(event.position().x() - self._pressed[1].x())
        if self._gap is None and way < QApplication.startDragDistance():
            return
        x = event.position().x()
        over = max(0.0, x - self.width()) - max(0.0, -x)
        self._bar.setValue(self._bar.value() + round(over))
        gap = round((x + self._bar.value()) / self.pitch)
        self._gap = min(max(0, gap), len(self._tiles))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put it there."""
        pressed, gap = self._pressed, self._gap
        self._pressed = self._gap = None
        self.update()
        if pressed is not None and gap is not None:
            to = gap - 1 if gap > pressed[0] else gap
            if to != pressed[0]:
                self.moved.emit(pressed[0], to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the frames, carry one, add, duplicate, remove, play."""
        key, last = event.key(), len(self._tiles) - 1
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        places = {
            Qt.Key.Key_Left: self._current - 1,
            Qt.Key.Key_Right: self._current + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        wishes = {
            Qt.Key.Key_Insert: "duplicate" if ctrl else "add",
            Qt.Key.Key_Delete: "remove",
            Qt.Key.Key_Backspace: "restore",
            Qt.Key.Key_Space: "play",
        }
        if key in places:
            to = min(max(0, places[Qt.Key(key)]), last)
            if to != self._current:
                if ctrl:
                    self.moved.emit(self._current, to)
                else:
                    self.chosen.emit(to)
        elif key in wishes:
            self.asked.emit(wishes[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape and self._gap is not None:
            self._pressed = self._gap = None
            self.update()
        else:
            event.ignore()
            return
        event.accept()
