from __future__ import annotations

from pathlib import Path

import pytest

from sdstudio.engine.problems import Problem
from sdstudio.session.events import JobDone, JobFailed, JobProgress
from sdstudio.session.job_list import JobList
from sdstudio.session.jobs import ForgetRun, OpenRun
from tests.session.standins import HandClock

OPEN = OpenRun(Path("a.sdrun"))


def test_the_time_left_is_judged_from_what_was_done(clock: HandClock) -> None:
    jobs = JobList(clock)
    jobs.add(1, OPEN)
    assert jobs.views[0].seconds_left is None
    clock.pass_(100)
    jobs.handle(JobProgress(1, 0.1))
    assert jobs.views[0].seconds_left is None
    clock.pass_(4)
    jobs.handle(JobProgress(1, 0.5))
    assert jobs.views[0].seconds_left == pytest.approx(5.0)
    clock.pass_(4)
    jobs.handle(JobProgress(1, 1.0))
    assert jobs.views[0].seconds_left == 0.0


def test_housekeeping_is_neither_shown_nor_told(clock: HandClock) -> None:
    jobs = JobList(clock)
    jobs.add(1, ForgetRun(3))
    assert jobs.views == ()
    assert jobs.handle(JobFailed(1, (Problem.of("record_missing"),))) == ForgetRun(3)
    assert jobs.last is None


def test_the_last_job_is_remembered(clock: HandClock) -> None:
    jobs = JobList(clock)
    jobs.add(1, OPEN)
    done = JobDone(1, "a.sdrun")
    assert jobs.handle(done) is OPEN
    assert (jobs.last, jobs.last_job, jobs.views) == (done, OPEN, ())
    assert jobs.handle(JobDone(1)) is None
    jobs.add(2, OPEN)
    jobs.clear()
    assert jobs.views == ()
