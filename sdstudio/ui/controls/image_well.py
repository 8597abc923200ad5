"""The picture a request starts from: open, drop, paste or clear it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QStandardPaths, Qt, Signal
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem
from sdstudio.ui.controls.background import Background
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.controls.well_button import WellButton
from sdstudio.ui.wording import word_all

THUMBNAIL = 256
"""Longer side of the thumbnail in pixels: sharp at any text size."""

_FIELD = "image"


class ImageWell(QWidget):
    """Shows the request's picture and takes another; decoding is done in the background.

    What cannot be opened is said below; the picture of before stays.
    """

    edited = Signal(object)
    """A :class:`Picture`, or None when it was cleared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._folder = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.PicturesLocation
        )
        explanation = self.tr(
            "The picture to start from: noise is added to it, and the model finds its own "
            "picture in that, as near to this one as the strength allows."
        )
        self.heading = QLabel(self.tr("Start from a picture"))
        self.heading.setProperty("kind", "heading")
        self.heading.setToolTip(explanation)
        self.open_button = IconButton("open", self.tr("Open a picture"))
        self.paste_button = IconButton("paste", self.tr("Paste a picture"))
        self.clear_button = IconButton("clear", self.tr("Start from noise again"))
        self.well = WellButton()
        self.well.setToolTip(explanation)
        self.note = NoteLine()

        header = QHBoxLayout()
        header.setSpacing(0)
        header.addWidget(self.heading)
        header.addStretch()
        for button in (self.open_button, self.paste_button, self.clear_button):
            header.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(header)
        column.addWidget(self.well)
        column.addWidget(self.note)

        self._opening = Background()
        self._opening.finished.connect(self._take)
        self._opening.failed.connect(self._fail)
        self._shrinking = Background()
        self._shrinking.finished.connect(self.well.set_thumbnail)
        self.well.clicked.connect(self.ask_for_file)
        self.well.offered.connect(self.take_mime)
        self.well.cleared.connect(self.clear)
        self.open_button.clicked.connect(self.ask_for_file)
        self.paste_button.clicked.connect(self.well.paste)
        self.clear_button.clicked.connect(self.clear)
        self.show_value(None)

    def show_value(self, picture: Picture | None) -> None:
        """Show a picture without telling anybody."""
        if picture is None or picture is not self._picture:
            self._picture = picture
            self._shrinking.forget()
            self.well.set_thumbnail(QImage())
            if picture is not None:
                self._shrinking.start(lambda: _thumbnail(picture))
        self.clear_button.setEnabled(picture is not None)
        self._describe()

    def ask_for_file(self) -> None:
        """Let the person choose a file."""
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open a picture to start from"),
            self._folder,
            self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff);;All files (*)"),
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Read a picture file and offer it to the request."""
        self._folder = str(path.parent)
        self._read(path)

    def take_mime(self, data: QMimeData) -> None:
        """Take what was dropped or pasted: a file, a picture, or a word that it is neither."""
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.open(Path(files[0]))
        elif data.hasImage():
            self.take_image(QImage(data.imageData()))
        elif data.hasUrls():
            self._fail([Problem.of("picture_not_local", _FIELD)])
        else:
            self._fail([Problem.of("nothing_to_paste", _FIELD)])

    def take_image(self, image: QImage) -> None:
        """Take pixels, as from the clipboard."""
        if image.isNull():
            self._fail([Problem.of("nothing_to_paste", _FIELD)])
        else:
            self._read(image)

    def clear(self) -> None:
        """Start from noise again."""
        self._opening.forget()
        self.note.clear_errors(_FIELD)
        if self._picture is not None:
            self.edited.emit(None)
        self._describe()

    def _read(self, source: Path | QImage) -> None:
        self.note.clear_errors(_FIELD)
        self._opening.start(lambda: _picture_of(source))
        self.well.setText(self.tr("Opening …"))

    def _take(self, picture: Picture) -> None:
        self.edited.emit(picture)
        self._describe()

    def _fail(self, problems: list[Problem]) -> None:
        self._describe()
        self.note.set_note(_FIELD, Kind.ERROR, word_all(problems))

    def _describe(self) -> None:
        if self._picture is None:
            self.well.setText(self.tr("Drop or paste a picture,\nor click to open one"))
            name = self.tr("Picture to start from: none")
        else:
            width, height = _size(self._picture)
            self.well.setText(self.tr("{w} × {h} pixels").format(w=width, h=height))
            name = self.tr("Picture to start from: {w} by {h} pixels").format(w=width, h=height)
        self.well.setAccessibleName(name)


def _picture_of(source: Path | QImage) -> Picture:
    if isinstance(source, Path):
        return Picture.of(source)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = source.convertToFormat(QImage.Format.Format_RGBA8888)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]
    return Picture.of(bytes(buffer.data().data()))


def _size(picture: Picture) -> tuple[int, int]:
    """Width and height from the file's head: ``picture.size`` would decode it all here."""
    buffer = QBuffer()
    buffer.setData(picture.png)
    size = QImageReader(buffer).size()
    return size.width(), size.height()


def _thumbnail(picture: Picture) -> QImage:
    image = QImage.fromData(picture.png)
    return image.scaled(
        THUMBNAIL,
        THUMBNAIL,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
