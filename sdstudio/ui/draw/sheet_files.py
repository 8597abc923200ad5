"""Pictures onto the sheet and off it: open, paste, drop, export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSettings
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.fit import Fit
from sdstudio.ui import wording
from sdstudio.ui.controls.background import Background
from sdstudio.ui.draw.fit_dialog import FitDialog, needs_choice
from sdstudio.ui.last_folder import LastFolder
from sdstudio.ui.pixels import to_png


class SheetFiles(QObject):
    """Does what the Drawing menu, the clipboard and drops ask, and says how it went.

    Args:
        window: Parent of dialogs.
        settings: Where the last folder is remembered.
        drawing: Answers the drawing at hand.
        say: Called with a text and "error" or "note".
        tell: Called with a short text of success.

    Signals are not needed: whoever shows the drawing observes it.
    """

    def __init__(
        self,
        window: QWidget,
        settings: QSettings,
        drawing: Callable[[], Drawing],
        *,
        say: Callable[[str, str], None],
        tell: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._folder = LastFolder(settings)
        self._drawing = drawing
        self._say = say
        self._tell = tell
        self._changed = changed
        self._reading = Background()
        self._reading.finished.connect(self._take)
        self._reading.failed.connect(
            lambda problems: self._say(wording.word_all(problems), "error")
        )

    def ask_and_open(self) -> None:
        """Let the person choose a picture."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Put a picture onto the sheet"),
            str(self._folder.path),
            self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff);;All files (*)"),
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Read a picture file in the background."""
        self._folder.remember(path)
        self._reading.start(lambda: _decoded(path))

    def paste(self) -> None:
        """Take what the clipboard holds."""
        self.take_mime(QGuiApplication.clipboard().mimeData())

    def take_mime(self, data: QMimeData) -> None:
        """Take what was dropped or pasted: a file, a picture, or a word that it is neither."""
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.open(Path(files[0]))
        elif data.hasImage():
            image = QImage(data.imageData()).convertToFormat(QImage.Format.Format_RGBA8888)
            self._reading.start(lambda: _decoded(to_png(image)))
        else:
            code = "picture_not_local" if data.hasUrls() else "nothing_to_paste"
            self._say(wording.word(Problem.of(code, "image")), "error")

    def ask_and_export(self) -> None:
        """Ask for a file and write the drawing there as a PNG."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export the drawing"),
            str(self._folder.path / self.tr("drawing.png")),
            self.tr("PNG pictures (*.png)"),
        )
        if name:
            path = Path(name)
            self.export(path if path.suffix.lower() == ".png" else Path(f"{name}.png"))

    def export(self, path: Path) -> bool:
        """Write what is seen of the drawing; says how it went."""
        from sdstudio.session.files.atomic import FileError, write_atomic

        png = self._drawing().picture().png
        try:
            write_atomic(path, lambda file: file.write(png))
        except FileError as error:
            self._say(wording.word_all(error.problems), "error")
            return False
        self._folder.remember(path)
        self._tell(self.tr("Exported as {name}").format(name=path.name))
        return True

    def _take(self, picture: Picture) -> None:
        drawing = self._drawing()
        size = (drawing.width, drawing.height)
        if not needs_choice(picture, size):
            self._put(picture, Fit.FITTED)
            return
        dialog = FitDialog(picture, size, drawing.paper, self._window)
        dialog.chosen.connect(lambda fit: self._put(picture, fit))
        dialog.open()

    def _put(self, picture: Picture, fit: Fit) -> None:
        self._drawing().put(picture, fit)
        self._changed()
        self._tell(self.tr("The picture is the drawing’s background"))


def _decoded(source: Path | bytes) -> Picture:
    picture = Picture.of(source)
    _ = picture.image
    return picture
