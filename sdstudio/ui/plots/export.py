"""Saves what a panel shows: its picture as PNG, its numbers as CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, QStandardPaths
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from sdstudio.engine.problems import StudioError
from sdstudio.session.files.atomic import write_atomic
from sdstudio.ui import wording
from sdstudio.ui.pixels import to_png


def open_menu(
    widget: QWidget,
    place: QPoint,
    name: str,
    image: Callable[[], QImage],
    table: Callable[[], str] | None = None,
) -> QMenu:
    """Open the menu of a plot or picture.

    Args:
        widget: What the menu belongs to.
        place: Where on the screen.
        name: Name of the files without their ending.
        image: What it looks like now.
        table: Its numbers as CSV; None where it has none.
    """
    menu = QMenu(widget)
    save = menu.addAction(_tr("Save as PNG …"))
    save.triggered.connect(lambda: _ask(widget, f"{name}.png", lambda: to_png(image())))
    copy = menu.addAction(_tr("Copy picture"))
    copy.triggered.connect(lambda: QGuiApplication.clipboard().setImage(image()))
    if table is not None:
        numbers = table
        menu.addSeparator()
        keep = menu.addAction(_tr("Save numbers as CSV …"))
        keep.triggered.connect(lambda: _ask(widget, f"{name}.csv", lambda: numbers().encode()))
        take = menu.addAction(_tr("Copy numbers"))
        take.triggered.connect(lambda: QGuiApplication.clipboard().setText(numbers()))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
    return menu


def _ask(widget: QWidget, name: str, contents: Callable[[], bytes]) -> None:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    ending = Path(name).suffix
    chosen, _ = QFileDialog.getSaveFileName(
        widget.window(), _tr("Save"), str(Path(folder) / name), f"*{ending}"
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() != ending:
        path = Path(f"{chosen}{ending}")
    try:
        save(path, contents())
    except StudioError as error:
        QMessageBox.warning(widget.window(), _tr("Save"), wording.word_all(error.problems))


def save(path: Path, contents: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        FileError: ``disk_full``, ``read_only``, ``folder_missing`` or ``not_writable``.
    """
    write_atomic(path, lambda file: file.write(contents))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Plots", text)
