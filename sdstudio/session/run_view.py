"""What the window shows of the current or last run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import PreviewKind

if TYPE_CHECKING:
    import numpy as np

RunState = Literal["running", "finished", "stopped", "failed"]


@dataclass(frozen=True, eq=False)
class RunView:
    """One run, as far as it has come; each event makes a new one.

    Attributes:
        number: The run's number.
        request: The request it started from, before any edit.
        count: Steps of this run.
        entry_noise_level: Noise level it entered at, 0 to 1.
        notes: Worth saying, but no errors.
        state: How it stands.
        index: The last step taken, 0-based, those shared with a parent included; -1 before
            the first.
        timestep: The timestep of that step, 0 to 999; None before the first.
        noise_level: The noise level of that step, 0 to 1; None before the first.
        kind: How ``picture`` was made; "vae" for a finished run.
        edits: What was steered, each with its step.
        picture: The newest picture, (height, width, 3) uint8, until its first step that of
            the run before; None before the first.
        has_own_picture: Whether ``picture`` is of this run.
        seconds: Wall time so far.
        steps_per_second: Median pace of the last few steps; None before the first.
        problems: Why it failed.
        log: The file with the details of an unexpected failure, "" when there is none.
    """

    number: int
    request: Request
    count: int
    entry_noise_level: float
    notes: tuple[Problem, ...] = ()
    state: RunState = "running"
    index: int = -1
    timestep: float | None = None
    noise_level: float | None = None
    kind: PreviewKind = "vae"
    edits: tuple[Edit, ...] = ()
    picture: np.ndarray | None = None
    has_own_picture: bool = False
    seconds: float = 0.0
    steps_per_second: float | None = None
    problems: tuple[Problem, ...] = ()
    log: str = ""

    @property
    def finished(self) -> bool:
        """Whether all its steps are done and its picture is the result."""
        return self.state == "finished"

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.state == "running"

    @property
    def request_now(self) -> Request:
        """Its request with all edits so far."""
        request = self.request
        for edit in self.edits:
            request = request.with_edit(edit)
        return request

    @property
    def progress(self) -> float:
        """Share of the steps done, 0 to 1."""
        return 1.0 if self.finished else (self.index + 1) / max(1, self.count)

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the seconds to the end; None when unknown or not running."""
        if not self.running or self.steps_per_second is None:
            return None
        return (self.count - self.index - 1) / self.steps_per_second
