"""Where recorded runs are on disk: one folder for each sitting under a common root."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

_log = logging.getLogger(__name__)

STALE_SECONDS = 60.0
"""A half-written file that has not grown for so long belongs to nobody."""


class RecordFolder:
    """The folder of this sitting, and those that killed sittings left.

    Args:
        root: Holds the folders of all sittings.

    Attributes:
        path: The folder of this one; it is made when something is written to it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.path = root / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{id(self):x}"
        self._is_swept = False

    def runs(self) -> list[list[Path]]:
        """The files of each run, oldest sitting and run first."""
        files = sorted(self._root.glob("*/run-*.safetensors"))
        runs = groupby(files, key=lambda path: (path.parent, path.name.split(".")[0]))
        return [list(group) for _, group in runs]

    def left_behind(self) -> list[list[Path]]:
        """Those of the runs of other sittings."""
        return [files for files in self.runs() if files[0].parent.name != self.path.name]

    def sweep(self) -> None:
        """Remove what killed sittings left half-written, once."""
        if self._is_swept:
            return
        self._is_swept = True
        for path in self._root.glob("*/*.part"):
            if time.time() - _changed(path) > STALE_SECONDS:
                self.remove([path])

    def remove(self, files: Iterable[Path]) -> None:
        """Remove files that may be gone already."""
        for path in files:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s stays: %s", path, error)

    def tidy(self, folder: Path | None = None) -> None:
        """Remove a sitting's folder, None for this one's, unless files are still in it."""
        folder = folder or self.path
        try:
            folder.rmdir()
        except OSError as error:
            # Missing, or other runs are still in it.
            _log.debug("%s stays: %s", folder, error)


def size(files: Iterable[Path]) -> int:
    """Bytes of files; those that are gone count nothing."""
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
        except OSError:
            _log.debug("%s is gone", path)
    return total


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()
