"""Where a film goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.session.jobs import FilmFormat
from sdstudio.ui.last_folder import LastFolder


def ask_where(parent: QWidget, settings: QSettings, kind: FilmFormat) -> Path | None:
    """Ask for a file to export a film to; None when the person thinks better of it."""
    kinds: dict[FilmFormat, str] = {
        "gif": _tr("GIF films (*.gif)"),
        "webp": _tr("WebP films (*.webp)"),
        "mp4": _tr("MP4 films (*.mp4)"),
    }
    folder = LastFolder(settings)
    proposed = str(folder.path / f"animation.{kind}")
    name, _ = QFileDialog.getSaveFileName(parent, _tr("Export film"), proposed, kinds[kind])
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() != f".{kind}":
        path = Path(f"{name}.{kind}")
    folder.remember(path)
    return path


def _tr(text: str) -> str:
    return QCoreApplication.translate("Film", text)
