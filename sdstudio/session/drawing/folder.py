"""The folder that drawings are kept in: which there are, how they look, and reading them."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sdstudio.engine.problems import StudioError
from sdstudio.session.drawing.archive import unreadable
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.frames_file import current_frame, frames_from_bytes
from sdstudio.session.thumbnail import thumbnail

_log = logging.getLogger(__name__)

SUFFIX = ".sdframes"

_TICK_SECONDS = 0.001
"""Two dates so far apart are two to every file system but FAT's."""


@dataclass(frozen=True)
class DeskEntry:
    """A drawing in the folder.

    Attributes:
        name: Of its file, without the suffix.
        modified: Seconds since 1970.
        nbytes: Of its file.
    """

    name: str
    modified: float
    nbytes: int


@dataclass(frozen=True, eq=False)
class Glance:
    """How a drawing in the folder looks.

    Attributes:
        picture: Its current frame made small, (h, w, 3) uint8.
        size: Width and height of the drawing in pixels.
        frames: How many it has.
    """

    picture: np.ndarray
    size: tuple[int, int]
    frames: int


class DrawingFolder:
    """Finds and reads drawings; names lead to files of the folder and nowhere else.

    Args:
        path: Where; it need not exist.

    Attributes:
        set_aside: Names of the files that could not be read, and were renamed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.set_aside: list[str] = []

    @property
    def entries(self) -> tuple[DeskEntry, ...]:
        """All drawings, the one saved last first."""
        found = []
        for path in self._path.glob(f"*{SUFFIX}"):
            try:
                stat = path.stat()
            except OSError as error:
                _log.warning("%s is gone: %s", path.name, error)
                continue
            found.append(DeskEntry(path.stem, stat.st_mtime, stat.st_size))
        return tuple(sorted(found, key=lambda entry: (-entry.modified, entry.name)))

    def file(self, name: str) -> Path:
        """Where a drawing is, or is to be."""
        return self._path / f"{name}{SUFFIX}"

    def look(self, entry: DeskEntry, side: int) -> Glance:
        """See a drawing without opening it, on any thread.

        Args:
            entry: Which.
            side: Longer side of the small picture, in pixels.

        Raises:
            PictureError: ``drawing_unreadable``; the file stays as it is.
        """
        try:
            frame, count = current_frame(self.file(entry.name).read_bytes())
        except OSError as error:
            raise unreadable(error) from error
        small = thumbnail(frame.composite(), side)
        return Glance(small, (frame.width, frame.height), count)

    def read(self, name: str) -> Frames | None:
        """Read a drawing; one that cannot be read is renamed to ``NAME.damaged``."""
        if name not in (entry.name for entry in self.entries):
            return None
        path = self.file(name)
        try:
            return frames_from_bytes(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, StudioError) as error:
            _log.warning("%s is damaged: %s", path.name, error)
            self._set_aside(path)
            return None

    def put_first(self, name: str) -> None:
        """Count a drawing as the one saved last: it is gone on with the next time."""
        # A file system's clock may stand still between two writes: later than all, not just now.
        latest = max((entry.modified for entry in self.entries), default=0.0)
        now = max(time.time(), latest + _TICK_SECONDS)
        try:
            os.utime(self.file(name), (now, now))
        except OSError as error:
            _log.warning("%s keeps its date: %s", name, error)

    def remove(self, name: str) -> None:
        """Remove a drawing, for good."""
        if name in (entry.name for entry in self.entries):
            try:
                self.file(name).unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s stays: %s", name, error)

    def sweep(self) -> None:
        """Remove what a killed program left half-written."""
        for path in self._path.glob(".*.part"):
            try:
                path.unlink()
            except OSError as error:
                _log.warning("%s stays: %s", path.name, error)

    def _set_aside(self, path: Path) -> None:
        try:
            path.replace(path.with_suffix(f"{SUFFIX}.damaged"))
            self.set_aside.append(path.stem)
        except OSError as error:
            _log.warning("the damaged drawing stays where it is: %s", error)
