"""Follows the runs that were asked for, from the events of the sampler."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from statistics import median

from sdstudio.session.events import RunFailed, RunFinished, RunStarted, RunStopped, StepTaken
from sdstudio.session.run_view import RunView

RunEvent = RunStarted | StepTaken | RunFinished | RunStopped | RunFailed


class RunWatch:
    """Knows which run is going, which one waits, and what to show.

    Attributes:
        view: The run that is going, or the last that did; None before the first.
        failure: Why the run asked for last failed.
        submitted: Number of the run asked for last, 0 before the first; of a family, which is
            made as one batch, the first one's, and that alone is followed.
    """

    def __init__(self) -> None:
        self.view: RunView | None = None
        self.failure: RunFailed | None = None
        self.submitted = 0
        self._through = 0
        self._started = 0
        self._ended = 0
        self._pace = Pace()

    @property
    def running(self) -> bool:
        """Whether a run is going or waits to begin."""
        return self._through > self._ended

    @property
    def waiting(self) -> bool:
        """Whether a run was asked for and has not begun."""
        return self.running and self._started < self.submitted

    def submit(self, number: int, rows: int = 1) -> None:
        """A run was asked for, or a family of so many ``rows``."""
        self.submitted = number
        self._through = number + rows - 1
        self.failure = None

    def give_up(self) -> None:
        """Expect nothing more of what was asked for."""
        self._ended = self._through

    def handle(self, event: RunEvent) -> None:
        """Take an event of a run."""
        if isinstance(event, RunStarted):
            if event.family in (None, event.run):
                self._start(event)
        elif isinstance(event, StepTaken):
            self._step(event)
        else:
            self._end(event)

    def _start(self, event: RunStarted) -> None:
        self._started = event.run
        self._pace = Pace()
        self.view = RunView(
            number=event.run,
            request=event.request,
            count=event.count,
            entry_noise_level=event.entry_noise_level,
            notes=event.notes,
            edits=event.edits,
            index=event.parent.shared - 1 if event.parent is not None else -1,
            # The canvas does not go blank between two runs.
            picture=self.view.picture if self.view is not None else None,
        )

    def _step(self, event: StepTaken) -> None:
        view = self.view
        if view is None or event.run != view.number:
            return
        self.view = replace(
            view,
            index=event.index,
            timestep=event.timestep,
            noise_level=event.noise_level,
            kind=event.kind,
            edits=view.edits if event.edit is None else (*view.edits, event.edit),
            picture=view.picture if event.picture is None else event.picture,
            has_own_picture=view.has_own_picture or event.picture is not None,
            seconds=view.seconds + event.seconds,
            steps_per_second=self._pace.add(event.seconds),
        )

    def _end(self, event: RunFinished | RunStopped | RunFailed) -> None:
        self._ended = max(self._ended, event.run)
        if event.run == self.submitted and not isinstance(event, RunFinished):
            # The rows of a batch end together.
            self._ended = self._through
        if isinstance(event, RunFailed) and event.run == self.submitted:
            self.failure = event
        if self.view is None or event.run != self.view.number:
            return
        match event:
            case RunFinished():
                self.view = replace(
                    self.view,
                    state="finished",
                    kind="vae",
                    edits=event.edits,
                    picture=event.picture,
                    has_own_picture=True,
                    seconds=event.seconds,
                    notes=self.view.notes + event.notes,
                )
            case RunStopped():
                self.view = replace(self.view, state="stopped", edits=event.edits)
            case RunFailed():
                self.view = replace(
                    self.view, state="failed", problems=event.problems, log=event.log
                )


class Pace:
    """Steps per second: the median of the last few, so that one slow step does not show."""

    def __init__(self, window: int = 9) -> None:
        self._seconds: deque[float] = deque(maxlen=window)

    def add(self, seconds: float) -> float:
        """Take the wall time of a step; the answer is the pace in steps per second."""
        self._seconds.append(max(seconds, 1e-6))
        return 1.0 / median(self._seconds)
