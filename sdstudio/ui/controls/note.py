"""The line below a control: what is wrong, what a change did, what it means."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from sdstudio.ui import theme

TEXT_PX = 12
"""Height of a note's text in pixels, before scaling: a little below the label's."""


class Kind(Enum):
    """What a note is about, by the theme's name; of several the first here counts."""

    ERROR = "error"
    MARK = "note"
    CAPTION = "muted"


class NoteLine(QLabel):
    """Small words below a control, with their room kept free so that nothing moves.

    Notes are kept by (key, kind), so that width and height can share a line. While there is
    an error only errors show; otherwise marks and captions stand side by side.

    Args:
        lines: Lines kept free.
    """

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._notes: dict[tuple[str, Kind], str] = {}
        self.setProperty("kind", Kind.CAPTION.value)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setWordWrap(True)
        self._take_font()
        theme.current().changed.connect(self._take_font)

    def set_note(self, key: str, kind: Kind, text: str, milliseconds: int = 0) -> None:
        """Show ``text`` under a key; empty takes it away, and so does the time when given."""
        if self._notes.get((key, kind), "") == text:
            return
        if text:
            self._notes[key, kind] = text
            if kind is Kind.ERROR:
                self._announce(text)
            if milliseconds:
                QTimer.singleShot(milliseconds, self, lambda: self._expire(key, kind, text))
        else:
            self._notes.pop((key, kind), None)
        self._show()

    def clear_errors(self, *keys: str) -> None:
        """Take away the errors of these keys."""
        for key in keys:
            self.set_note(key, Kind.ERROR, "")

    def note(self, key: str, kind: Kind) -> str:
        """What is noted under a key."""
        return self._notes.get((key, kind), "")

    def changeEvent(self, event: QEvent) -> None:
        """Keep the room right when the text size changes."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_room()
        super().changeEvent(event)

    def _expire(self, key: str, kind: Kind, text: str) -> None:
        if self.note(key, kind) == text:
            self.set_note(key, kind, "")

    def _show(self) -> None:
        for kinds in ((Kind.ERROR,), (Kind.MARK, Kind.CAPTION)):
            texts = [
                text
                for wanted in kinds
                for (_, kind), text in self._notes.items()
                if kind is wanted
            ]
            if texts:
                break
        has = {kind for _, kind in self._notes}
        kind = next((kind for kind in Kind if kind in has), Kind.CAPTION)
        joint = " " if kind is Kind.ERROR else " · "
        self.setText(joint.join(dict.fromkeys(texts)))
        if self.property("kind") != kind.value:
            self.setProperty("kind", kind.value)
            self.style().unpolish(self)
            self.style().polish(self)

    def _announce(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _take_font(self) -> None:
        self.setFont(theme.current().font(TEXT_PX))
        self._keep_room()

    def _keep_room(self) -> None:
        self.setMinimumHeight(self._lines * self.fontMetrics().lineSpacing())
