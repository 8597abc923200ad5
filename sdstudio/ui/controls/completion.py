"""The list of words that a prompt's unfinished word may become."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QWidget


class CompletionList(QListWidget):
    """A short list under the cursor that never takes the focus.

    It is a child of the window, not a popup of its own: shortcuts, typing and clicks
    elsewhere go on as if it were not there.
    """

    chosen = Signal(str)
    """A word that was clicked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("completions")
        self.setAccessibleName(self.tr("Words the model knows"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item: self.chosen.emit(item.text()))
        self.hide()

    @property
    def word(self) -> str:
        """The marked word, "" when none is."""
        item = self.currentItem()
        return item.text() if item is not None and self.isVisible() else ""

    def offer(self, words: Sequence[str], below: QWidget, cursor: QRect, mark: bool) -> None:
        """Show words next to a text cursor.

        Args:
            words: What to show; nothing hides the list.
            below: The widget whose coordinates ``cursor`` is in.
            cursor: Where the text cursor is.
            mark: Whether the first word is marked, ready for Tab or Enter.
        """
        if not words:
            self.hide()
            return
        self.clear()
        self.addItems(words)
        self.setCurrentRow(0 if mark else -1)
        window = below.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self._place(window, below.mapTo(window, cursor.bottomLeft()), cursor.height())
        self.show()
        self.raise_()

    def move_mark(self, rows: int) -> None:
        """Mark another word, round the ends."""
        count = self.count()
        row = self.currentRow()
        self.setCurrentRow((row + rows) % count if row >= 0 else (0 if rows > 0 else count - 1))

    def _place(self, window: QWidget, point: QPoint, line: int) -> None:
        width = self.sizeHintForColumn(0) + 2 * self.frameWidth() + 24
        height = self.sizeHintForRow(0) * self.count() + 2 * self.frameWidth() + 8
        self.resize(max(width, 120), height)
        x = min(point.x(), max(0, window.width() - self.width() - 8))
        y = point.y() + 4
        if y + height > window.height():
            y = max(0, point.y() - line - height - 4)
        self.move(x, y)
