"""The runs of a sitting, within a budget of memory and a share of the disk."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sdstudio import paths
from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent
from sdstudio.session.record_folder import RecordFolder, size
from sdstudio.session.run_record import RunRecord
from sdstudio.session.step_record import StepRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sdstudio.engine.step import Step

_log = logging.getLogger(__name__)

MEMORY = 256 << 20
DISK = 4 << 30


class RunStore:
    """Keeps the steps of finished and stopped runs; for the sampler's thread alone.

    A branch has only its own steps; those before are its parent's, until that goes.

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
        self._folder = RecordFolder(folder or paths.cache_dir() / "runs")
        self._runs: dict[int, RunRecord] = {}
        self._going: dict[int, RunRecord] = {}
        self._nbytes = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs that are kept, oldest first."""
        return tuple(self._runs)

    @property
    def nbytes(self) -> int:
        """Bytes of tensors in memory, the going runs' included."""
        return self._nbytes

    def begin(
        self,
        number: int,
        request: Request,
        model: Mapping[str, Any],
        *,
        parent: Parent | None = None,
        edits: Sequence[Edit] = (),
        family: Sequence[Request] = (),
    ) -> None:
        """A run begins; one that was neither kept nor dropped is dropped.

        Args:
            number: Its number.
            request: What is asked.
            model: ``ModelRef.to_dict()`` of what makes it.
            parent: Whose first steps it shares; only the others are to be added.
            edits: Those of the shared steps.
            family: The other requests of its batch; their runs have the numbers after it.
        """
        self.drop()
        first = RunRecord(number, request, model, parent=parent, edits=list(edits))
        others = [
            RunRecord(number + row, other, model) for row, other in enumerate(family, start=1)
        ]
        self._going = dict(enumerate([first, *others]))

    def add(self, step: Step) -> None:
        """Record the next step of the going runs, one for each image of its batch."""
        for row, run in self._going.items():
            before = run.steps[-1].nbytes if run.steps else 0
            run.append(StepRecord.of(step, row))
            self._nbytes += sum(record.nbytes for record in run.steps[-2:]) - before
        if self._nbytes > self._budget:
            self._make_room()

    def keep(self, outcome: Literal["finished", "stopped"]) -> None:
        """The going runs have ended and stay; one without a step of its own does not."""
        runs, self._going = self._going, {}
        for run in runs.values():
            run.outcome = outcome
            if run.length > run.first:
                self._runs[run.number] = run

    def drop(self) -> None:
        """The going runs were abandoned or failed, and go."""
        for run in list(self._going.values()):
            self._forget(run)
        self._going = {}

    def adopt(self, run: RunRecord) -> None:
        """Keep a run that comes out of a file, with all its steps."""
        self._runs[run.number] = run
        self._nbytes += run.nbytes
        self._make_room()

    def forget(self, number: int) -> None:
        """Drop a run for good; its branches keep the steps they share with it."""
        if number in self._runs:
            self._forget(self._runs[number])
            self._make_room()

    def record(self, number: int) -> RunRecord:
        """What was asked and how it ended, of a run that is kept or going.

        Raises:
            StudioError: ``record_missing`` for a run that is not kept any more.
        """
        run = self._runs.get(number)
        if run is None:
            run = next((run for run in self._going.values() if run.number == number), None)
        if run is None:
            raise StudioError(Problem.of("record_missing", "run", number=number))
        return run

    def steps(self, number: int, first: int = 0, until: int | None = None) -> list[StepRecord]:
        """The steps of a run, those it shares with its parents included.

        Args:
            number: The run's number.
            first: Index of the first one wanted.
            until: Index after the last one wanted; None for all.

        Raises:
            StudioError: ``record_missing`` or ``record_damaged``; there may be fewer steps
                than asked for.
        """
        end = self.record(number).length if until is None else until
        steps: list[StepRecord] = []
        while end > first:
            run = self.record(number)
            if run.first < end:
                steps = run.stretch(max(first, run.first), end) + steps
            if run.parent is None:
                break
            number, end = run.parent.run, min(end, run.first)
        return steps

    def step(self, number: int, index: int) -> Step:
        """A step as it was made, to the bit, without the model.

        Raises:
            StudioError: ``record_missing`` or ``record_damaged``.
        """
        found = self.steps(number, index, index + 1)
        if not found:
            raise StudioError(Problem.of("record_missing", "step", number=number, step=index))
        return found[0].step(self.record(number).request_at(index))

    def pin(self, number: int, pinned: bool = True) -> None:
        """Spare a run when the disk's share is full, or no longer."""
        self.record(number).pinned = pinned

    def left_behind(self) -> list[list[Path]]:
        """Files of the runs of other sittings, each for ``read_run``, oldest sitting first."""
        return self._folder.left_behind()

    def close(self) -> None:
        """Drop every tensor and file of this sitting."""
        self._going = {}
        for run in self._runs.values():
            self._folder.remove(run.files)
        self._runs.clear()
        self._nbytes = 0
        self._folder.tidy()

    @property
    def _all(self) -> list[RunRecord]:
        return [*self._runs.values(), *self._going.values()]

    def _make_room(self) -> None:
        while self._nbytes > self._budget:
            run = next((run for run in self._all if run.steps), None)
            if run is None:
                return
            self._spill(run)

    def _spill(self, run: RunRecord) -> None:
        self._folder.sweep()
        nbytes = run.nbytes
        try:
            run.spill(self._folder.path)
        except OSError as error:
            # The budget holds even so: what cannot be written is not kept.
            _log.warning("steps of run %d are lost: %s", run.number, error)
            self._nbytes += run.nbytes - nbytes
            self._forget(run)
            return
        self._nbytes -= nbytes
        self._limit_disk()

    def _limit_disk(self) -> None:
        runs = self._folder.runs()
        sizes = [size(files) for files in runs]
        excess = sum(sizes) - self._disk
        pinned = {path for run in self._runs.values() if run.pinned for path in run.files}
        for files, nbytes in zip(runs, sizes, strict=True):
            if excess <= 0:
                return
            if not pinned.isdisjoint(files):
                continue
            excess -= nbytes
            mine = next((run for run in self._all if files[0] in run.files), None)
            if mine is not None:
                self._forget(mine)
            else:
                self._folder.remove(files)
                self._folder.tidy(files[0].parent)

    def _forget(self, run: RunRecord) -> None:
        self._pass_on(run)
        self._nbytes -= run.nbytes
        self._folder.remove(run.files)
        run.steps.clear()
        run.stored.clear()
        self._runs.pop(run.number, None)
        self._going = {row: each for row, each in self._going.items() if each is not run}

    def _pass_on(self, run: RunRecord) -> None:
        """Give a run's steps to the branch that shares most; the others then branch from it."""
        branches = [each for each in self._all if each.parent and each.parent.run == run.number]
        if not branches:
            return
        heir = max(branches, key=lambda branch: branch.first)
        before = heir.nbytes
        try:
            heir.inherit(run)
        except StudioError as error:
            _log.warning("what branches share with run %d is lost: %s", run.number, error)
            return
        self._nbytes += heir.nbytes - before
        for branch in branches:
            if branch is not heir:
                branch.parent = Parent(heir.number, branch.first)
