"""What the window knows of a recorded run: plain values, one for each run of the tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent, StepNote
from sdstudio.session.run_view import RunState


@dataclass(frozen=True)
class ModelName:
    """Which model made a run.

    Attributes:
        name: What to call it.
        hash: First ten hexadecimal digits of the weights' digest, "" when unknown.
    """

    name: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Change:
    """One thing that an edit changed.

    Attributes:
        step: The step before which it was changed.
        field: A field of the request, or "fresh_noise".
        before: Its value until then; 0.0 for fresh noise.
        after: Its value from then on; the share replaced for fresh noise.
    """

    step: int
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, eq=False)
class RunNode:
    """One run of the tree, as far as it has come; each event makes a new one.

    Attributes:
        number: The run's number in this sitting.
        label: What to call it by its place: "A", its branches "A.1" and "A.2", theirs
            "A.1.1"; "B1", "B2", … for the runs of a family.
        request: The request it started from, before any edit; of a branch, its parent's.
        count: Network calls from its beginning to its end, the shared ones included.
        entry_noise_level: Noise level it entered at, 0 to 1.
        name: What the person calls it, "" for nothing.
        parent: Where it branched off, None for a root.
        family: Number of the first run of the batch it was made in, None for most.
        edits: What was changed on the way, each with its step, the shared ones included.
        notes: Worth saying, but no errors.
        state: How it stands; failed runs leave the tree at once.
        steps: What is known of its steps so far, the shared ones included.
        taken: How many of them are not from a parent, whatever became of that.
        pinned: Whether it is kept for the sittings to come.
        model: Which model made it.
        foreign: Whether the loaded model is another.
        path: The file it came out of, "" for none.
        seconds: Wall time of its own steps.
    """

    number: int
    label: str
    request: Request
    count: int
    entry_noise_level: float = 1.0
    name: str = ""
    parent: Parent | None = None
    family: int | None = None
    edits: tuple[Edit, ...] = ()
    notes: tuple[Problem, ...] = ()
    state: RunState = "running"
    steps: tuple[StepNote, ...] = ()
    taken: int = 0
    pinned: bool = False
    model: ModelName = ModelName()
    foreign: bool = False
    path: str = ""
    seconds: float = 0.0

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.state == "running"

    @property
    def finished(self) -> bool:
        """Whether it came to its end."""
        return self.state == "finished"

    @property
    def is_empty(self) -> bool:
        """Whether it has no step of its own."""
        return self.taken == 0

    @property
    def shared(self) -> int:
        """How many of its first steps are its parent's; 0 for a root."""
        return 0 if self.parent is None else self.parent.shared

    @property
    def last(self) -> int | None:
        """Index of its newest step, None before the first."""
        return self.steps[-1].index if self.steps else None

    @property
    def request_now(self) -> Request:
        """Its request with all edits so far."""
        return self._after(self.edits)

    def request_at(self, step: int) -> Request:
        """Its request as step ``step`` was taken, with the edit right before it."""
        return self._after(edit for edit in self.edits if (edit.step or 0) <= step)

    def request_before(self, step: int) -> Request:
        """Its request before anything was changed at ``step``."""
        return self._after(edit for edit in self.edits if (edit.step or 0) < step)

    def edit_at(self, step: int) -> Edit | None:
        """What was changed right before ``step``."""
        return next((edit for edit in self.edits if edit.step == step), None)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that its edits changed, in the order of the steps, the shared ones included."""
        found: list[Change] = []
        request = self.request
        for edit in self.edits:
            step = edit.step or 0
            for field, value in edit.changes.items():
                found.append(Change(step, field, getattr(request, field), value))
            if edit.fresh_noise is not None:
                found.append(Change(step, "fresh_noise", 0.0, edit.fresh_noise))
            request = request.with_edit(edit)
        return tuple(found)

    @property
    def own_changes(self) -> tuple[Change, ...]:
        """What its edits changed in the steps that are its own: what made a branch of it."""
        return tuple(change for change in self.changes if change.step >= self.shared)

    def _after(self, edits: Iterable[Edit]) -> Request:
        request = self.request
        for edit in edits:
            request = request.with_edit(edit)
        return request
