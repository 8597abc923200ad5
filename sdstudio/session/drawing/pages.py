"""Frames on their way to a file, each packed once for as long as it shows the same."""

from __future__ import annotations

import logging
from pathlib import Path

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.drawing_file import sheet_bytes
from sdstudio.session.drawing.frames_file import frames_bytes
from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.files.atomic import FileError, write_atomic

_log = logging.getLogger(__name__)


class Page:
    """A frame on its way to the file: packed on the writing thread, and kept so.

    Args:
        frame: Which.
        sheet: What it shows; not to be changed until it is packed.
    """

    def __init__(self, frame: Drawing, sheet: Sheet) -> None:
        # Kept, so that no other drawing can take its place in memory, and in the key.
        self.frame = frame
        self._sheet: Sheet | None = sheet
        self._data = b""

    def pack(self) -> bytes:
        """Its bytes."""
        if self._sheet is not None:
            self._data, self._sheet = sheet_bytes(self._sheet), None
        return self._data


def key_of(frame: Drawing) -> tuple[int, int]:
    """Equal as long as a frame shows the same."""
    return id(frame), frame.version


def write_pages(path: Path, pages: list[Page], index: int) -> bool:
    """Write frames to a file, whole or not at all; False when that fails."""
    try:
        data = frames_bytes([page.pack() for page in pages], index)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, lambda file: file.write(data))
    except (OSError, FileError) as error:
        _log.warning("the drawing could not be saved: %s", error)
        return False
    return True
