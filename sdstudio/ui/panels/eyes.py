"""Chooses who judges a likeness: the model's own towers, or a CLIP model in a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sdstudio.ui import theme
from sdstudio.ui.settings import open_settings

_KEY = "anatomy/likeness/clip"


class Eyes(QWidget):
    """Says who judges, with a button for a folder and one for the model's own.

    Signals:
        chosen: Somebody else judges from now on.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        settings = open_settings()
        remembered = str(settings.value(_KEY, ""))
        self._folder = remembered if Path(remembered, "config.json").is_file() else ""
        self.words = QLabel()
        self.words.setProperty("kind", "muted")
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.other = QPushButton(self.tr("Choose a CLIP folder …"))
        self.other.setToolTip(
            self.tr("A folder with a CLIP model, such as clip-vit-large-patch14; stays on disk")
        )
        self.other.clicked.connect(self._ask)
        self.own = QPushButton(self.tr("Use the model’s own"))
        self.own.clicked.connect(lambda: self.choose(""))
        row = QHBoxLayout()
        row.addWidget(self.other)
        row.addWidget(self.own)
        row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.words)
        self._column.addLayout(row)
        theme.current().changed.connect(self._space)
        self._space()
        self._tell()

    @property
    def folder(self) -> str:
        """The CLIP model's folder; "" for the model's own towers."""
        return self._folder

    def choose(self, folder: str) -> None:
        """Let a CLIP model judge from now on, or with "" the model's own towers."""
        if folder == self._folder:
            return
        self._folder = folder
        open_settings().setValue(_KEY, folder)
        self._tell()
        self.chosen.emit()

    def _ask(self) -> None:
        found = QFileDialog.getExistingDirectory(
            self.window(), self.tr("Choose a CLIP model’s folder"), self._folder
        )
        if found:
            self.choose(found)

    def _tell(self) -> None:
        self.own.setVisible(bool(self._folder))
        if self._folder:
            words = self.tr("Judged by the CLIP model “{name}”, once no run is going.")
            self.words.setText(words.format(name=Path(self._folder).name))
        else:
            self.words.setText(self.tr("Judged by the model’s own towers, which look at latents."))

    def _space(self) -> None:
        self._column.setSpacing(theme.current().px(8))
