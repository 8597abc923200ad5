"""A recorded run, its steps in memory and in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent
from sdstudio.session.record_files import StepFile, read_head, read_steps
from sdstudio.session.step_record import StepRecord

if TYPE_CHECKING:
    from sdstudio.engine.step import Step

Outcome = Literal["going", "finished", "stopped"]


@dataclass(eq=False)
class RunRecord:
    """One run: what was asked, and its own steps, in memory and in files.

    Attributes:
        number: The run's number in its sitting.
        request: As it stood when the run began.
        model: ``ModelRef.to_dict()`` of what made it.
        outcome: How it ended.
        parent: The run whose first steps it shares; those are not among its own.
        edits: What was changed on the way, in the shared steps as well.
        steps: Its own steps that are in memory.
        stored: The files of its other own steps.
        previews: Encoded small pictures of x0 by step, where a file brought some.
        pinned: Whether it is spared when the disk's share is full.
        count: Network calls of the whole run, 0 before the first.
    """

    number: int
    request: Request
    model: Mapping[str, Any]
    outcome: Outcome = "going"
    parent: Parent | None = None
    edits: list[Edit] = field(default_factory=list)
    steps: list[StepRecord] = field(default_factory=list)
    stored: list[StepFile] = field(default_factory=list)
    previews: Mapping[int, bytes] = field(default_factory=dict)
    pinned: bool = False
    count: int = 0

    def __post_init__(self) -> None:
        if self.steps:
            self.count = self.count or self.steps[0].count
            self.edits = self.edits or [s.edit for s in self.steps if s.edit is not None]

    @property
    def first(self) -> int:
        """Index of its first own step: so many it shares with its parent."""
        return 0 if self.parent is None else self.parent.shared

    @property
    def length(self) -> int:
        """How many steps it has, the shared ones included."""
        return self.first + len(self.steps) + sum(file.until - file.first for file in self.stored)

    @property
    def files(self) -> list[Path]:
        """The files that go with it."""
        return [file.path for file in self.stored if file.is_own]

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return sum(step.nbytes for step in self.steps)

    def request_at(self, index: int) -> Request:
        """The request as it stood at a step."""
        request = self.request
        for edit in self.edits:
            if (edit.step or 0) <= index:
                request = request.with_edit(edit)
        return request

    def append(self, step: StepRecord) -> None:
        """Add the next step."""
        if self.steps:
            self.steps[-1] = self.steps[-1].before(step)
        self.steps.append(step)
        self.count = step.count
        if step.edit is not None:
            self.edits.append(step.edit)

    def own(self, first: int, until: int) -> list[StepRecord]:
        """Its own steps from index ``first`` up to ``until``, those in files read back.

        Raises:
            StudioError: ``record_missing`` or ``record_damaged``.
        """
        steps = [step for step in self.steps if first <= step.index < until]
        for file in self.stored:
            if file.first < until and first < file.until:
                steps += file.read(first, until)
        return sorted(steps, key=lambda step: step.index)

    def stretch(self, first: int, until: int) -> list[StepRecord]:
        """The same steps, the last one with its next latents.

        Raises:
            StudioError: ``record_missing`` or ``record_damaged``.
        """
        steps = self.own(first, until + 1)
        if not steps or steps[-1].index < until:
            return steps
        following = steps.pop()
        if steps and steps[-1].next_latents is None:
            steps[-1] = replace(steps[-1], next_latents=following.latents)
        return steps

    def full_steps(self, records: Sequence[StepRecord]) -> list[Step]:
        """Its steps as the sampling loop yielded them, to the bit.

        Args:
            records: All of them in order, the shared ones included.
        """
        following = [*records[1:], None]
        return [
            record.step(self.request_at(record.index), None if after is None else after.latents)
            for record, after in zip(records, following, strict=True)
        ]

    def inherit(self, parent: RunRecord) -> None:
        """Take over what it shares with its parent, which goes.

        Raises:
            StudioError: The parent's steps cannot be read; nothing has changed.
        """
        if self.first > parent.first:
            self.steps[:0] = parent.stretch(parent.first, self.first)
            self.parent = parent.parent
        elif parent.parent is not None:
            self.parent = Parent(parent.parent.run, self.first)

    def spill(self, folder: Path) -> None:
        """Move the steps in memory to files, one for each stretch of them.

        Raises:
            OSError: They cannot be written; what is not in a file stays in memory.
        """
        head = {
            "number": self.number,
            "request": self.request.to_dict(),
            "model": dict(self.model),
            "outcome": self.outcome,
            "parent": None if self.parent is None else [self.parent.run, self.parent.shared],
            "edits": [edit.to_dict() for edit in self.edits],
        }
        while self.steps:
            stretch = self._stretch()
            path = folder / f"run-{self.number:06}.{len(self.stored):03}.safetensors"
            self.stored.append(StepFile.write(path, head, stretch))
            del self.steps[: len(stretch)]

    def _stretch(self) -> list[StepRecord]:
        """The steps in memory up to the first gap, where others are in a file."""
        start = self.steps[0].index
        return [step for at, step in enumerate(self.steps) if step.index == start + at]


def read_run(files: Sequence[Path]) -> RunRecord:
    """A run out of its files, its own steps in memory; its number is the one it had.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    head = read_head(files[-1])
    steps = [step for path in files for step in read_steps(path)]
    try:
        return RunRecord(
            number=int(head["number"]),
            request=Request.from_dict(head["request"]),
            model=head["model"],
            outcome=head["outcome"],
            parent=None if head["parent"] is None else Parent(*head["parent"]),
            edits=[Edit.from_dict(each) for each in head["edits"]],
            steps=sorted(steps, key=lambda step: step.index),
        )
    except (KeyError, TypeError, ValueError, StudioError) as error:
        reason = str(error)[:200]
        raise StudioError(
            Problem.of("record_damaged", "file", name=files[-1].name, reason=reason)
        ) from error
