"""The runs of a sitting, within a budget of memory and a share of the disk."""

from __future__ import annotations

import logging
import os
import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sdstudio import paths
from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Request
from sdstudio.session.run_record import RunRecord, StepRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdstudio.engine.step import Step

_log = logging.getLogger(__name__)

MEMORY = 256 << 20
DISK = 4 << 30
STALE_SECONDS = 60.0
"""A half-written file that has not grown for so long belongs to nobody."""


class RunStore:
    """Keeps the steps of finished and stopped runs; for the sampler's thread alone.

    Beyond the memory budget the oldest runs' tensors move to files, one folder a sitting;
    beyond the disk's share the oldest files go, pinned runs aside. A sitting that ends
    properly removes its files; what a killed one leaves can be read, and counts.

    Args:
        budget: Bytes of tensors in memory.
        disk: Bytes of files, those of other sittings included.
        folder: Where the files are; None takes a folder of ``paths.cache_dir()``.
    """

    def __init__(self, budget: int = MEMORY, disk: int = DISK, folder: Path | None = None) -> None:
        self._budget = budget
        self._disk = disk
        self._root = folder or paths.cache_dir() / "runs"
        self._folder = self._root / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{id(self):x}"
        self._runs: dict[int, RunRecord] = {}
        self._going: RunRecord | None = None
        self._nbytes = 0
        self._is_swept = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs that are kept, oldest first."""
        return tuple(self._runs)

    @property
    def nbytes(self) -> int:
        """Bytes of tensors in memory, the going run's included."""
        return self._nbytes

    def begin(self, number: int, request: Request, model: Mapping[str, Any]) -> None:
        """A run begins; one that was neither kept nor dropped is dropped."""
        self.drop()
        self._going = RunRecord(number, request, model)

    def add(self, step: Step) -> None:
        """Record the next step of the going run."""
        if self._going is None:
            return
        record = StepRecord.of(step)
        self._going.steps.append(record)
        self._nbytes += record.nbytes
        if self._nbytes > self._budget:
            self._make_room()

    def keep(self, outcome: Literal["finished", "stopped"]) -> None:
        """The going run has ended and stays; without a single step there is nothing to keep."""
        run, self._going = self._going, None
        if run is None:
            return
        run.outcome = outcome
        if run.steps or run.files:
            self._runs[run.number] = run

    def drop(self) -> None:
        """The going run was abandoned or failed, and goes."""
        run, self._going = self._going, None
        if run is not None:
            self._forget(run)

    def record(self, number: int) -> RunRecord:
        """What was asked and how it ended; ``all_steps()`` reads the steps.

        Raises:
            StudioError: ``record_missing`` for a run that is not kept any more.
        """
        if number not in self._runs:
            raise StudioError(Problem.of("record_missing", "run", number=number))
        return self._runs[number]

    def pin(self, number: int, pinned: bool = True) -> None:
        """Spare a run when the disk's share is full, or no longer."""
        self.record(number).pinned = pinned

    def left_behind(self) -> list[list[Path]]:
        """Files of the runs of other sittings, each for ``read_run``, oldest sitting first."""
        return [
            files for files in self._runs_on_disk() if files[0].parent.name != self._folder.name
        ]

    def close(self) -> None:
        """Drop every tensor, and the files of runs that are not pinned."""
        self.drop()
        for run in list(self._runs.values()):
            if run.pinned:
                self._spill(run)
            else:
                self._forget(run)
        self._runs.clear()
        self._nbytes = 0
        self._remove_folder(self._folder)

    def _make_room(self) -> None:
        for run in list(self._runs.values()):
            if self._nbytes <= self._budget:
                return
            self._spill(run)
        if self._nbytes > self._budget and self._going is not None:
            self._spill(self._going)

    def _spill(self, run: RunRecord) -> None:
        if not run.steps:
            return
        self._sweep()
        nbytes = run.nbytes
        try:
            run.spill(self._folder)
        except OSError as error:
            # The budget holds even so: what cannot be written is not kept.
            _log.warning("steps of run %d are lost: %s", run.number, error)
            self._forget(run)
            return
        self._nbytes -= nbytes
        self._limit_disk()

    def _limit_disk(self) -> None:
        runs = self._runs_on_disk()
        sizes = [sum(_size(path) for path in files) for files in runs]
        excess = sum(sizes) - self._disk
        pinned = {path for run in self._runs.values() if run.pinned for path in run.files}
        for files, size in zip(runs, sizes, strict=True):
            if excess <= 0:
                return
            if not pinned.isdisjoint(files):
                continue
            excess -= size
            mine = self._owner(files)
            if mine is not None:
                self._forget(mine)
            else:
                _remove(files)
                self._remove_folder(files[0].parent)

    def _owner(self, files: list[Path]) -> RunRecord | None:
        going = [self._going] if self._going is not None else []
        return next((run for run in [*self._runs.values(), *going] if files[0] in run.files), None)

    def _forget(self, run: RunRecord) -> None:
        self._nbytes -= run.nbytes
        _remove(run.files)
        run.steps.clear()
        run.files.clear()
        self._runs.pop(run.number, None)
        if run is self._going:
            self._going = None

    def _sweep(self) -> None:
        """Remove what killed sittings left half-written, once."""
        if self._is_swept:
            return
        self._is_swept = True
        for path in self._root.glob("*/*.part"):
            if time.time() - _changed(path) > STALE_SECONDS:
                _remove([path])

    def _runs_on_disk(self) -> list[list[Path]]:
        """The files of each run, oldest sitting and run first."""
        files = sorted(self._root.glob("*/run-*.safetensors"))
        runs = groupby(files, key=lambda path: (path.parent, path.name.split(".")[0]))
        return [list(group) for _, group in runs]

    def _remove_folder(self, folder: Path) -> None:
        try:
            folder.rmdir()
        except OSError as error:
            # Missing, or other runs are still in it.
            _log.debug("%s stays: %s", folder, error)


def _remove(files: list[Path]) -> None:
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s stays: %s", path, error)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()
