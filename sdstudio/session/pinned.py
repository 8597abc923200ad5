"""The runs that outlive a sitting: one run file each, in a folder of their own."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from pathlib import Path

from sdstudio import paths
from sdstudio.session.files.atomic import FileError, problem_of
from sdstudio.session.files.run_file import SUFFIX, FiledRun, write_run

STALE_SECONDS = 60.0
"""A half-written file that has not grown for so long belongs to nobody."""


class PinnedRuns:
    """Writes a run the moment it is pinned, so that nothing that follows can lose it.

    The files are named by the time they were first written and by chance, never by what a
    person or a file calls a run.

    Args:
        folder: Where the files are; None takes a folder of ``paths.data_dir()``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or paths.data_dir() / "runs"
        self._paths: dict[int, Path] = {}

    def found(self) -> list[Path]:
        """The files of the pinned runs of all sittings, oldest first.

        What a killed sitting left half-written is removed.
        """
        for path in self._folder.glob(".*.part"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    path.unlink()
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def path_of(self, number: int) -> Path | None:
        """The file of a run of this sitting, if it is pinned."""
        return self._paths.get(number)

    def claim(self, number: int, path: Path) -> None:
        """A file that was found is the run ``number`` of this sitting."""
        self._paths[number] = path

    def pin(self, number: int, run: FiledRun) -> Path:
        """Write a run, or write it anew; it is on the medium when this returns.

        Raises:
            FileError: ``disk_full``, ``read_only``, ``folder_missing`` or ``not_writable``;
                a file that was there before is as it was.
            RunFileError: ``run_too_large``.
        """
        path = self._paths.get(number)
        if path is None:
            name = f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:12]}{SUFFIX}"
            path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(problem_of(error, path)) from error
        write_run(path, run, durable=True)
        self._paths[number] = path
        return path

    def unpin(self, number: int) -> None:
        """Remove a run's file, if it has one.

        Raises:
            FileError: ``read_only`` or ``not_writable``; it is still pinned.
        """
        path = self._paths.get(number)
        if path is None:
            return
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(problem_of(error, path)) from error
        del self._paths[number]
