"""What the window remembers between sittings, in one small file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from sdstudio import paths


def open_settings(folder: Path | None = None) -> QSettings:
    """The settings file, ``window.ini``.

    Args:
        folder: Where it is; None takes ``paths.config_dir()``. Qt makes it when it writes.
    """
    path = (folder or paths.config_dir()) / "window.ini"
    return QSettings(str(path), QSettings.Format.IniFormat)
