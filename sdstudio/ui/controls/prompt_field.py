"""A prompt with its heading, and below it what the model does not read."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.session.events import ModelFacts
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.controls.positions import positions_in_qt
from sdstudio.ui.controls.prompt_edit import PromptEdit
from sdstudio.ui.controls.words import estimated_tokens
from sdstudio.ui.wording import word

_MARKS_AROUND = 2
"""Tokens that the start and the end of a prompt take of the model's number."""


class PromptField(QWidget):
    """One prompt of the request.

    Args:
        field: The request field it edits.
        title: Its heading.
        explanation: The tooltip.
        placeholder: Shown while it is empty.
        lines: Lines it has when empty, and grows to.
    """

    edited = Signal(object)
    """The text, after a pause in typing."""

    def __init__(
        self,
        field: str,
        title: str,
        explanation: str,
        placeholder: str,
        lines: tuple[int, int] = (2, 4),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._field = field
        self._tokens: int | None = None
        self.heading = QLabel(title)
        self.heading.setProperty("kind", "heading")
        self.edit = PromptEdit(*lines)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(title)
        self.edit.setAccessibleDescription(explanation)
        self.heading.setBuddy(self.edit)
        self.heading.setToolTip(explanation)
        self.edit.setToolTip(explanation)
        self.note = NoteLine()

        self.header = QHBoxLayout()
        self.header.addWidget(self.heading)
        self.header.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self.header)
        column.addWidget(self.edit)
        column.addWidget(self.note)

        self.edit.edited.connect(self.edited)
        self.edit.typed.connect(self._estimate)

    def show_value(self, text: str) -> None:
        """Show a text without telling anybody."""
        changed = text != self.edit.toPlainText()
        self.edit.show_value(text)
        if changed:
            self._estimate()

    def set_facts(self, facts: ModelFacts | None) -> None:
        """Take what the model reads: its words and its number of tokens."""
        if facts is None:
            self.edit.set_words(None)
        else:
            self.edit.set_words(facts.words, facts.added_words)
        self._tokens = facts.max_tokens - _MARKS_AROUND if facts is not None else None
        self._estimate()

    def show_notes(self, notes: Iterable[Problem]) -> None:
        """Show what a run's notes say of this prompt: where the model stopped reading."""
        for note in notes:
            if note.code == "prompt_truncated" and note.field == self._field:
                rest = str(note.by_name.get("rest", ""))
                text = self.edit.toPlainText()
                if rest and text.endswith(rest):
                    place = positions_in_qt(text)
                    self.edit.marks.set_unread(place(len(text) - len(rest)))
                    self.note.set_note(self._field, Kind.CAPTION, word(note))

    def _estimate(self) -> None:
        """While typing nobody has counted exactly: say about how much is too much."""
        self.edit.marks.set_unread(None)
        beyond = 0
        if self._tokens is not None:
            beyond = estimated_tokens(self.edit.toPlainText()) - self._tokens
        hint = self.tr("The model reads the first {tokens} tokens; about {beyond} are too many.")
        self.note.set_note(
            self._field,
            Kind.CAPTION,
            hint.format(tokens=self._tokens, beyond=beyond) if beyond > 0 else "",
        )
