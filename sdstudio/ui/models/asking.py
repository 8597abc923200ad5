"""Asks which file or folder is meant, beginning where a model was found last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.session.model_source import FILES
from sdstudio.ui.last_folder import LastFolder


class Asking(QObject):
    """Dialogs for a path; each answers "" when it was cancelled.

    Args:
        window: Their parent.
        settings: Where the last folder is remembered.
    """

    def __init__(self, window: QWidget, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._folder = LastFolder(settings, "models folder")

    def model_folder(self) -> str:
        """A folder in diffusers' layout."""
        return self._ask_folder(self.tr("Open a model folder"))

    def model_file(self) -> str:
        """A model in a single file."""
        return self._first(self._ask_files(self.tr("Open a model file"), self.tr("Models")))

    def tokenizer(self) -> str:
        """A folder that a tokenizer is in."""
        return self._ask_folder(self.tr("Choose a folder with the tokenizer"))

    def autoencoder(self) -> str:
        """Weights of an autoencoder."""
        return self._first(
            self._ask_files(self.tr("Choose an autoencoder"), self.tr("Autoencoders"))
        )

    def tiny_file(self) -> str:
        """Weights of a tiny autoencoder."""
        title = self.tr("Choose a tiny autoencoder")
        return self._first(self._ask_files(title, self.tr("Tiny autoencoders")))

    def tiny_folder(self) -> str:
        """A folder that a tiny autoencoder is in."""
        return self._ask_folder(self.tr("Choose a folder with a tiny autoencoder"))

    def inversions(self) -> list[str]:
        """Files of textual inversions."""
        title = self.tr("Choose textual inversions")
        return self._ask_files(title, self.tr("Textual inversions"), several=True)

    def _ask_folder(self, title: str) -> str:
        found = QFileDialog.getExistingDirectory(self._window, title, str(self._folder.path))
        if found:
            self._folder.remember(Path(found))
        return found

    def _ask_files(self, title: str, what: str, *, several: bool = False) -> list[str]:
        endings = " ".join(f"*{ending}" for ending in FILES)
        kinds = self.tr("{what} ({endings});;All files (*)").format(what=what, endings=endings)
        ask = QFileDialog.getOpenFileNames if several else QFileDialog.getOpenFileName
        found, _ = ask(self._window, title, str(self._folder.path), kinds)
        files = list(found) if several else [str(found)] if found else []
        if files:
            self._folder.remember(Path(files[0]))
        return files

    @staticmethod
    def _first(files: list[str]) -> str:
        return files[0] if files else ""
