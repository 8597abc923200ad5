"""The folder that file dialogs open in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths


class LastFolder:
    """Where a file was last opened or saved; all dialogs share it, across sittings.

    Args:
        settings: Where it is remembered.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def path(self) -> Path:
        """The folder; that for pictures, or the home, where none is remembered or it is gone."""
        remembered = str(self._settings.value("folder", ""))
        if remembered and Path(remembered).is_dir():
            return Path(remembered)
        place = QStandardPaths.StandardLocation.PicturesLocation
        return Path(QStandardPaths.writableLocation(place) or Path.home())

    def remember(self, file: Path) -> None:
        """A file was opened or saved."""
        self._settings.setValue("folder", str(file.parent))
