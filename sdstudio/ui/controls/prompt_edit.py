"""A text box for prompts: grows with the text, completes words, marks unknown ones."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.completion import CompletionList
from sdstudio.ui.controls.positions import position_from_qt
from sdstudio.ui.controls.prompt_marks import PromptMarks
from sdstudio.ui.controls.words import (
    added_continuations,
    continuations,
    run_before,
    word_before,
    words_in,
)

PAUSE = 250
"""Milliseconds without a key after which what was typed becomes part of the request."""

_EDGE = 4
"""Pixels of outline and padding that the style sheet gives a text field, before scaling."""

_SHORTEST_PREFIX = 2
_UNDO_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PromptEdit(QPlainTextEdit):
    """Plain text of any length and direction.

    Typing is handed on after a short pause, so that half a word does not steer a run;
    :meth:`commit` hands it on at once. Undo and redo are the window's: they step through
    requests, not through letters.

    Args:
        least_lines: Lines it is high when empty.
        most_lines: Lines it grows to before it scrolls.
    """

    edited = Signal(object)
    """The text, after a pause in typing."""

    typed = Signal()
    """The text has changed under the person's hands."""

    def __init__(
        self, least_lines: int = 2, most_lines: int = 4, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._lines = (least_lines, most_lines)
        self._ordered: list[str] = []
        self._added: tuple[str, ...] = ()
        self._handed_on = ""
        self._last_text = ""
        self.marks = PromptMarks(self.document(), self.palette())
        self.completions = CompletionList(self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)

        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDefaultTextOption(option)

        self._pause.timeout.connect(self.commit)
        self.textChanged.connect(self._follow_text)
        self.cursorPositionChanged.connect(self._follow_cursor)
        self.completions.chosen.connect(self._complete)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_value(self, text: str) -> None:
        """Show a text without telling anybody; the same text leaves the cursor alone."""
        self._pause.stop()
        self._handed_on = self._last_text = text
        if text != self.toPlainText():
            blocked = self.blockSignals(True)
            self.setPlainText(text)
            self.moveCursor(QTextCursor.MoveOperation.End)
            self.blockSignals(blocked)
            self.marks.set_cursor(None)
            self.completions.hide()
            self._fit()

    def commit(self) -> None:
        """Hand on what was typed, if anything was."""
        self._pause.stop()
        text = self.toPlainText()
        if text != self._handed_on:
            self._handed_on = text
            self.edited.emit(text)

    def set_words(self, words: frozenset[str] | None, added: tuple[str, ...] = ()) -> None:
        """Take the words the model knows, for completion and marks; None for neither.

        Args:
            words: Those of its training.
            added: Those of textual inversions, of any signs; offered, and never marked.
        """
        pieces = {piece.lower() for word in added for _, piece in words_in(word)}
        self.marks.set_words(words | pieces if words is not None else None)
        self._ordered = sorted(words or ())
        self._added = added

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer keys to the list of words first."""
        if self.completions.isVisible() and self._key_for_completions(event):
            event.accept()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes to the next control, unless it accepts a word."""
        if forward and self.completions.word:
            return False
        return super().focusNextPrevChild(forward)

    def event(self, event: QEvent) -> bool:
        """Escape closes the list, undo is left to the window, unknown words explain themselves."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.completions.isVisible():
                event.accept()  # closes the list, and does not stop the run
                return True
            if any(event.matches(key) for key in _UNDO_KEYS):
                self.commit()
                event.ignore()
                return True
        if isinstance(event, QHelpEvent) and self._explain_word(event):
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand on what was typed."""
        self.completions.hide()
        self.marks.set_cursor(None)
        self.commit()
        super().focusOutEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size and the colours."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.marks.set_palette(self.palette())

    def _follow_text(self) -> None:
        text = self.toPlainText()
        if text == self._last_text:
            return  # new marks, not new words
        self._last_text = text
        self._pause.start()
        self.typed.emit()
        self.marks.set_cursor(self.textCursor().position())
        self._offer_words()

    def _follow_cursor(self) -> None:
        if not self._pause.isActive():
            self.completions.hide()
        self.marks.set_cursor(self.textCursor().position() if self.hasFocus() else None)

    def _offer_words(self) -> None:
        prefix, run = self._prefix(), self._prefix(run_before)
        words, added = [], []
        if len(run) >= _SHORTEST_PREFIX and self.hasFocus():
            added = added_continuations(run, self._added)
        if len(prefix) >= _SHORTEST_PREFIX and self.hasFocus():
            words = continuations(prefix, self._ordered)
        words = [*added, *words]
        # A word that is complete as it stands must survive Enter: nothing is marked then.
        unfinished = bool(added) or self.marks.is_unknown(prefix)
        self.completions.offer(words, self.viewport(), self.cursorRect(), mark=unfinished)

    def _prefix(self, before: Callable[[str, int], str] = word_before) -> str:
        cursor = self.textCursor()
        if cursor.hasSelection():
            return ""
        text = cursor.block().text()
        return before(text, position_from_qt(text, cursor.positionInBlock()))

    def _key_for_completions(self, event: QKeyEvent) -> bool:
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if not plain:
            return False
        if key == Qt.Key.Key_Escape:
            self.completions.hide()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.completions.move_mark(1 if key == Qt.Key.Key_Down else -1)
        elif key in (*_ENTER, Qt.Key.Key_Tab) and self.completions.word:
            self._complete(self.completions.word)
        else:
            if key in _ENTER:
                self.completions.hide()
            return False
        return True

    def _complete(self, word: str) -> None:
        prefix, run = self._prefix(), self._prefix(run_before)
        self.completions.hide()
        cursor = self.textCursor()
        if word in added_continuations(run, self._added):
            # Its capitals and brackets count; the run is of plain signs, one position each.
            cursor.setPosition(cursor.position() - len(run), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(word)
        elif word.lower().startswith(prefix.lower()):
            cursor.insertText(word[len(prefix) :])
        self.setTextCursor(cursor)
        self.completions.hide()

    def _explain_word(self, event: QHelpEvent) -> bool:
        cursor = self.cursorForPosition(self.viewport().mapFrom(self, event.pos()))
        text = cursor.block().text()
        place = position_from_qt(text, cursor.positionInBlock())
        for start, word in words_in(text):
            if start <= place <= start + len(word) and self.marks.is_unknown(word):
                explanation = self.tr(
                    "The model has never seen “{word}” in its training; it may ignore it."
                ).format(word=word)
                QToolTip.showText(event.globalPos(), explanation, self)
                return True
        return False

    def _fit(self) -> None:
        """As high as the text, within limits; the height changes by whole lines only."""
        lines = round(self.document().size().height())  # QPlainTextEdit counts in lines
        least, most = self._lines
        shown = min(max(lines, least), most)
        margin = 2 * round(self.document().documentMargin())
        edges = 2 * theme.current().px(_EDGE)
        line = math.ceil(QFontMetricsF(self.font()).lineSpacing())
        self.setFixedHeight(shown * line + margin + edges + 2)
