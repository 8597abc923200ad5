"""Pictures going out of the window and into it: save, copy, drag out, drop, open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QSettings, Qt, QTemporaryDir, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import RequestError, StudioError
from sdstudio.engine.request import Edit
from sdstudio.session.draft import Draft
from sdstudio.session.events import ModelFacts, Place
from sdstudio.session.files.png import encode_png, write_png
from sdstudio.session.files.restore import Restored, read_png
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.controls.background import Background
from sdstudio.ui.last_folder import LastFolder
from sdstudio.ui.pixels import to_png, to_qimage

if TYPE_CHECKING:
    import numpy as np

_SLUG = 48
_THUMBNAIL = 128


@dataclass(frozen=True, eq=False)
class Keepsake:
    """A picture with all that it was made of.

    Attributes:
        picture: (height, width, 3) uint8.
        run: The run, as it stood when the picture was made.
        place: Which of its pictures it is.
        is_result: Whether it is the one that the run ended with.
        facts: The model that made it, None when that is not the loaded one.
    """

    picture: np.ndarray
    run: RunNode
    place: Place
    is_result: bool
    facts: ModelFacts | None

    @property
    def name(self) -> str:
        """A file name to propose, from the prompt and the seed."""
        request = self.run.request_at(self.place.index)
        prompts = [request.prompt] if request.mix < 1 else []
        prompts += [request.prompt_b] if request.mix > 0 else []
        words = re.sub(r"[^\w]+", "-", " ".join(prompts)).strip("-_").lower()[:_SLUG].strip("-_")
        step = "" if self.is_result else f"-step-{self.place.index + 1}"
        view = "" if self.is_result or self.place.view == "x0" else f"-{self.place.view}"
        return f"{words or 'picture'}-{request.seed}{step}{view.replace('_', '-')}.png"

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed on the way to the picture."""
        return tuple(e for e in self.run.edits if (e.step or 0) <= self.place.index)


class PictureFiles(QObject):
    """Does what the File menu, the clipboard and the mouse ask, and says how it went.

    Args:
        window: Parent of file dialogs.
        sitting: Where requests are restored to.
        settings: Where the last folder is remembered.
        say: Called with a text and "error" or "note", to be shown at the canvas.
        tell: Called with a short text of success.
        draft: Where recent files are remembered.
    """

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        settings: QSettings,
        *,
        say: Callable[[str, str], None],
        tell: Callable[[str], None],
        draft: Draft | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sitting = sitting
        self._folder = LastFolder(settings)
        self._say = say
        self._tell = tell
        self._draft = draft
        self._dragged = QTemporaryDir()
        self._reading = Background()
        self._reading.finished.connect(self._take)
        self._reading.failed.connect(
            lambda problems: self._say(wording.word_all(problems), "error")
        )
        self.keepsake: Keepsake | None = None

    def follow(self) -> None:
        """Hold on to the picture that shows, together with the run that made it."""
        shown = self._sitting.shown
        node, place = shown.node, shown.place
        if shown.array is None or not shown.is_playhead or node is None or place is None:
            return
        facts = None if node.foreign else self._sitting.facts
        self.keepsake = Keepsake(shown.array, node, place, shown.is_result, facts)

    def ask_and_save(self) -> None:
        """Ask for a file and save the picture there."""
        # The run may go on behind the dialog: what is saved is what was seen.
        keepsake = self.keepsake
        if keepsake is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save picture"),
            str(_unused(self._folder.path / keepsake.name)),
            self.tr("PNG pictures (*.png)"),
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix.lower() == ".png" else Path(f"{name}.png"), keepsake)

    def save(self, path: Path, keepsake: Keepsake | None = None) -> bool:
        """Save a picture with what it was made of; says how it went."""
        keepsake = keepsake or self.keepsake
        if keepsake is None:
            return False
        try:
            write_png(path, keepsake.picture, keepsake.run.request, keepsake.edits, keepsake.facts)
        except StudioError as error:
            self._say(wording.word_all(error.problems), "error")
            return False
        self._remember(path)
        self._tell(self.tr("Saved as {name}").format(name=path.name))
        return True

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        if self.keepsake is not None:
            QGuiApplication.clipboard().setMimeData(self._mime(self.keepsake))
            self._tell(self.tr("Copied"))

    def drag_out(self) -> None:
        """Let the person drop the picture elsewhere, as a file or as pixels."""
        keepsake = self.keepsake
        if keepsake is None:
            return
        data = self._mime(keepsake)
        path = Path(self._dragged.path()) / keepsake.name
        try:
            path.write_bytes(bytes(data.data("image/png").data()))
        except OSError as error:
            self._say(
                self.tr("The picture cannot be dragged out: {reason}").format(
                    reason=error.strerror or error
                ),
                "error",
            )
            return
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(self._window)
        drag.setMimeData(data)
        drag.setPixmap(
            QPixmap.fromImage(QImage(data.imageData())).scaled(
                _THUMBNAIL,
                _THUMBNAIL,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        drag.exec(Qt.DropAction.CopyAction)

    def ask_and_restore(self) -> None:
        """Ask for a saved picture and take up its settings."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a saved picture’s settings"),
            str(self._folder.path),
            self.tr("Pictures (*.png *.jpg *.jpeg *.webp);;All files (*)"),
        )
        if name:
            self.take(Path(name), as_picture=False)

    def take(self, path: Path, *, as_picture: bool = True) -> None:
        """Restore the request of a saved picture; any other becomes the one to start from.

        Args:
            path: The file; it is read in the background.
            as_picture: Whether a picture without settings is used as the one to start from.
        """
        facts = self._sitting.facts
        self._reading.start(lambda: _read(path, facts, as_picture))

    def take_image(self, image: QImage) -> None:
        """Start from pixels without a file."""
        pixels = image.convertToFormat(QImage.Format.Format_RGBA8888)
        self._reading.start(lambda: _Found("", Restored(), Picture.of(to_png(pixels))))

    def _take(self, found: _Found) -> None:
        request = found.restored.request
        try:
            if request is not None:
                self._sitting.restore(request, found.restored.edits)
            elif found.picture is not None:
                self._sitting.change(image=found.picture)
        except RequestError as error:
            self._say(wording.word_all(error.problems), "error")
            return
        notes = [wording.word(problem) for problem in found.restored.notes]
        if request is None:
            if found.picture is None:
                self._say(" ".join(notes), "error")
            else:
                self._tell(self.tr("Starting from this picture"))
            return
        if found.restored.edits:
            number = len(found.restored.edits)
            notes.append(
                self.tr("Generate makes the %n change(s) made while it ran again.", "", number)
            )
        notes += [wording.word(problem) for problem in self._sitting.problems]
        if found.path:
            self._remember(Path(found.path))
        done = self.tr("Settings restored from {name}.").format(name=Path(found.path).name)
        if notes:
            self._say(" ".join([done, *notes]), "note")
        else:
            self._tell(done)

    def _mime(self, keepsake: Keepsake) -> QMimeData:
        data = QMimeData()
        data.setImageData(to_qimage(keepsake.picture))
        png = encode_png(keepsake.picture, keepsake.run.request, keepsake.edits, keepsake.facts)
        data.setData("image/png", png)
        return data

    def _remember(self, path: Path) -> None:
        self._folder.remember(path)
        if self._draft is not None:
            self._draft.add_recent(path)


@dataclass(frozen=True)
class _Found:
    path: str
    restored: Restored
    picture: Picture | None = None


def _read(path: Path, facts: ModelFacts | None, as_picture: bool) -> _Found:
    restored = read_png(path, facts)
    wanted = restored.request is None and as_picture
    return _Found(str(path), restored, Picture.of(path) if wanted else None)


def _unused(path: Path) -> Path:
    """The path, or the next one with a number that is not taken."""
    number, free = 2, path
    while free.exists():
        free = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return free
