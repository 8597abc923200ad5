"""The folder that file dialogs open in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths


class LastFolder:
    """Where a file was last opened or saved; dialogs share it by its key, across sittings.

    Args:
        settings: Where it is remembered.
        key: Under which name; models lie elsewhere than pictures.
    """

    def __init__(self, settings: QSettings, key: str = "folder") -> None:
        self._settings = settings
        self._key = key

    @property
    def path(self) -> Path:
        """The folder; that for pictures, or the home, where none is remembered or it is gone."""
        remembered = str(self._settings.value(self._key, ""))
        if remembered and Path(remembered).is_dir():
            return Path(remembered)
        place = QStandardPaths.StandardLocation.PicturesLocation
        return Path(QStandardPaths.writableLocation(place) or Path.home())

    def remember(self, file: Path) -> None:
        """A file was opened or saved."""
        self._settings.setValue(self._key, str(file.parent))
