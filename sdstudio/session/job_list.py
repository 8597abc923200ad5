"""The jobs on recorded runs that are under way, as far as a person cares."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sdstudio.session.events import JobDone, JobFailed, JobProgress
from sdstudio.session.jobs import ForgetRun, Job


@dataclass(frozen=True)
class JobView:
    """A job that is going or waits for its turn.

    Attributes:
        number: Of the job.
        job: What is to be done.
        fraction: Share done, 0 to 1; 0 until it says something.
        seconds_left: Estimate of the seconds to its end, None while unknown.
    """

    number: int
    job: Job
    fraction: float = 0.0
    seconds_left: float | None = None


class JobList:
    """Follows the jobs that were asked for.

    Attributes:
        last: How the last job ended that a person would want to hear of.
        last_job: Which one that was.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._views: dict[int, JobView] = {}
        self._began: dict[int, tuple[float, float]] = {}
        self.last: JobDone | JobFailed | None = None
        self.last_job: Job | None = None

    @property
    def views(self) -> tuple[JobView, ...]:
        """Jobs under way, the one asked for first first; housekeeping is left out."""
        return tuple(view for view in self._views.values() if not isinstance(view.job, ForgetRun))

    def add(self, number: int, job: Job) -> None:
        """A job was asked for."""
        self._views[number] = JobView(number, job)

    def handle(self, event: JobProgress | JobDone | JobFailed) -> Job | None:
        """Take an event; the answer is the job that it is about."""
        view = self._views.get(event.job)
        if view is None:
            return None
        if isinstance(event, JobProgress):
            self._progress(view, event.fraction)
            return view.job
        del self._views[event.job]
        self._began.pop(event.job, None)
        if not isinstance(view.job, ForgetRun):
            self.last, self.last_job = event, view.job
        return view.job

    def clear(self) -> None:
        """Nothing more will be done."""
        self._views.clear()
        self._began.clear()

    def _progress(self, view: JobView, fraction: float) -> None:
        now = self._clock()
        began, start = self._began.setdefault(view.number, (now, fraction))
        done = fraction - start
        left = (now - began) * (1.0 - fraction) / done if done > 0 else None
        self._views[view.number] = replace(view, fraction=fraction, seconds_left=left)
