"""Which textual inversions are laid over the model in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.events import ModelFacts
from sdstudio.ui import theme
from sdstudio.ui.dialog_buttons import accept_or_cancel

_WIDTH = 480


class InversionsDialog(QDialog):
    """A list of files, to add to and remove from.

    Args:
        facts: Of the model in use.
        ask: Asks for more files.
        parent: The window.

    Signals:
        chosen: The files the model is to be loaded with, in a tuple.
    """

    chosen = Signal(object)

    def __init__(
        self, facts: ModelFacts, ask: Callable[[], list[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Textual inversions of {name}").format(name=facts.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ask = ask
        self._before = facts.additions.embeddings
        px = theme.current().px
        about = QLabel(
            self.tr(
                "Each file teaches the model one word, which prompts may then use. They stay "
                "while this model is loaded; it is loaded again to take them."
            )
        )
        about.setProperty("kind", "muted")
        about.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Files of textual inversions"))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        for file, word in zip(self._before, facts.added_words, strict=True):
            self._show(file, self.tr("{word}  —  {file}").format(word=word, file=Path(file).name))
        add, self.remove = QPushButton(self.tr("&Add files …")), QPushButton(self.tr("&Remove"))
        add.clicked.connect(self.add)
        self.remove.clicked.connect(self.remove_selected)
        self.list.itemSelectionChanged.connect(self._follow)
        row = QHBoxLayout()
        row.addWidget(add)
        row.addWidget(self.remove)
        row.addStretch(1)
        buttons, self.load = accept_or_cancel(self, self.tr("Load the model with these"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(16))
        layout.setSpacing(px(8))
        layout.addWidget(about)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        layout.addSpacing(px(16))
        layout.addWidget(buttons)
        self.resize(px(_WIDTH), px(320))
        self._follow()

    @property
    def files(self) -> tuple[str, ...]:
        """Those on the list."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(str(item.data(Qt.ItemDataRole.UserRole)) for item in items)

    def add(self) -> None:
        """Ask for files and put those on the list that are not there yet."""
        for file in self._ask():
            if file not in self.files:
                self._show(file, Path(file).name)
        self._follow()

    def remove_selected(self) -> None:
        """Take the selected files off the list."""
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))
        self._follow()

    def accept(self) -> None:
        """Choose what is on the list."""
        self.chosen.emit(self.files)
        super().accept()

    def _show(self, file: str, text: str) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, file)
        item.setToolTip(file)
        self.list.addItem(item)

    def _follow(self) -> None:
        self.remove.setEnabled(bool(self.list.selectedItems()))
        self.load.setEnabled(self.files != self._before)
