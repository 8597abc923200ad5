"""Which drawing lies on the desk: a new one, an older one, or the one of the last time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sdstudio.session.drawing.desk import DrawingDesk
from sdstudio.session.model_source import size_foretold
from sdstudio.session.sitting import Sitting
from sdstudio.ui.draw.new_dialog import NewDialog
from sdstudio.ui.draw.older_dialog import OlderDialog


def sheet_size(sitting: Sitting) -> tuple[int, int]:
    """As large as the picture that would be made: a pixel of one is a pixel of the other."""
    request, facts = sitting.request, sitting.facts
    native = facts.native_size if facts is not None else size_foretold(sitting.model.asked)
    return request.width or native[0], request.height or native[1]


class Drawings(QObject):
    """Begins and opens drawings; the one so far is saved before, or stays.

    Args:
        window: Parent of dialogs.
        sitting: Whose request and model say how large a new drawing is.
        desk: Where they lie.
        say: Shows a message: text and kind.
        tell: Called with a short text of success.

    Signals:
        changed: The desk has another drawing now.
    """

    changed = Signal()

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        desk: DrawingDesk,
        *,
        say: Callable[..., Any],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sitting = sitting
        self._desk = desk
        self._say = say
        self._tell = tell
        self._stop_waiting: Callable[[], None] = _nothing

    def say_found(self) -> None:
        """Tell of the drawing gone on with; without one, wait for the model to say its size."""
        desk = self._desk
        if desk.folder.set_aside:
            names = ", ".join(desk.folder.set_aside)
            self._say(
                self.tr("A drawing could not be read and is kept aside: {names}").format(
                    names=names
                ),
                "note",
            )
        elif desk.entries:
            self._tell(self.tr("The drawing is as you left it"))
        if self._sitting.facts is None and not desk.entries:
            self._stop_waiting = self._sitting.observe(self._take_model_size)

    def ask_new(self) -> None:
        """Ask how large a new drawing should be."""
        dialog = NewDialog(self._sitting.facts, sheet_size(self._sitting), self._window)
        dialog.chosen.connect(self.begin)
        dialog.open()

    def ask_older(self) -> None:
        """Offer the drawings of before."""
        desk = self._desk
        others = [entry for entry in desk.entries if entry.name != desk.name]
        dialog = OlderDialog(desk.folder, others, self._window)
        dialog.chosen.connect(self.open)
        dialog.open()

    def begin(self, width: int, height: int) -> None:
        """Begin a new drawing."""
        if self._is_saved():
            self._desk.new(width, height)
            self.changed.emit()

    def open(self, name: str) -> None:
        """Go on with an older drawing."""
        if not self._is_saved():
            return
        if self._desk.open(name):
            self.changed.emit()
            return
        self._say(
            self.tr(
                "That drawing could not be opened: its file is gone, or damaged and kept aside as "
                "{file}. The drawing on the sheet stays."
            ).format(file=f"{self._desk.folder.file(name).name}.damaged"),
            "note",
        )

    def let_go(self) -> None:
        """Follow the sitting no more."""
        self._stop_waiting()
        self._stop_waiting = _nothing

    def _is_saved(self) -> bool:
        if self._desk.flush():
            return True
        self._say(
            self.tr(
                "The drawing on the sheet could not be saved, so it stays there: see whether the "
                "disk is full, or export it."
            ),
            "error",
        )
        return False

    def _take_model_size(self, what: str) -> None:
        facts = self._sitting.facts
        if what != "model" or facts is None:
            return
        self.let_go()
        drawing, size = self._desk.drawing, facts.native_size
        if drawing.version == 0 and (drawing.width, drawing.height) != size:
            self._desk.new(*size)
            self.changed.emit()


def _nothing() -> None:
    """There is nothing to stop."""
