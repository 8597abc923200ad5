"""What is quietly marked in a prompt: unknown words and the end that is not read."""

from __future__ import annotations

from PySide6.QtGui import (
    QColor,
    QPalette,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)

from sdstudio.ui.controls.positions import position_from_qt, positions_in_qt
from sdstudio.ui.controls.words import is_known, word_before, words_in

_MARKED = 2000
"""Characters of a paragraph whose words are marked: far more than any model here reads."""


class PromptMarks(QSyntaxHighlighter):
    """Dotted lines under words the model has never seen, a line through what it cannot read."""

    def __init__(self, document: QTextDocument, palette: QPalette) -> None:
        super().__init__(document)
        self._words: frozenset[str] | None = None
        self._unread_from: int | None = None
        self._cursor: int | None = None
        self._color = QColor()
        self.set_palette(palette)

    @property
    def unread_from(self) -> int | None:
        """Where the text begins that the model does not read."""
        return self._unread_from

    def set_palette(self, palette: QPalette) -> None:
        """Take the quiet colour of the theme."""
        color = palette.color(QPalette.ColorRole.PlaceholderText)
        if color != self._color:
            self._color = color
            self.rehighlight()

    def set_words(self, words: frozenset[str] | None) -> None:
        """Take the words a model knows; None when that is not known: no marks then."""
        if words != self._words:
            self._words = words
            self.rehighlight()

    def set_unread(self, start: int | None) -> None:
        """Strike everything from this position on; None strikes nothing."""
        if start != self._unread_from:
            self._unread_from = start
            self.rehighlight()

    def set_cursor(self, position: int | None) -> None:
        """Leave the word that is being typed at this position unmarked."""
        before, self._cursor = self._cursor, position
        for place in {before, position} - {None}:
            block = self.document().findBlock(place)  # type: ignore[arg-type]
            text = block.text()
            here = position_from_qt(text, place - block.position())  # type: ignore[operator]
            if before != position and self.is_unknown(word_before(text, here)):
                self.rehighlightBlock(block)

    def is_unknown(self, word: str) -> bool:
        """Whether the model has never seen this word."""
        return bool(word) and self._words is not None and not is_known(word, self._words)

    def highlightBlock(self, text: str) -> None:
        """Mark one paragraph."""
        start = self.currentBlock().position()
        if self._words is not None:
            text = text[:_MARKED]
            place = positions_in_qt(text)
            unknown = QTextCharFormat()
            unknown.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            unknown.setUnderlineColor(self._color)
            for first, word in words_in(text):
                begin, end = place(first), place(first + len(word))
                if self.is_unknown(word) and start + end != self._cursor:
                    self.setFormat(begin, end - begin, unknown)
        length = self.currentBlock().length() - 1
        if self._unread_from is not None and start + length > self._unread_from:
            unread = QTextCharFormat()
            unread.setForeground(self._color)
            unread.setFontStrikeOut(True)
            begin = max(0, self._unread_from - start)
            self.setFormat(begin, length - begin, unread)
