from __future__ import annotations

import pytest

from sdstudio.session.grace import Grace
from tests.session.standins import HandClock


def superseded(clock: HandClock, *, quiet: float, step: float, into: float) -> Grace:
    """A grace amid a step: ``quiet`` since the last picture, ``into`` seconds of ``step``."""
    grace = Grace(clock)
    grace.step_begins()
    clock.pass_(step)
    grace.step_ends()
    grace.shown()
    grace.run_begins()
    clock.pass_(quiet - into)
    grace.step_begins()
    clock.pass_(into)
    return grace


@pytest.mark.parametrize(
    ("quiet", "step", "into", "ends"),
    [
        (0.26, 0.05, 0.01, False),
        (0.26, 0.30, 0.25, False),
        (0.20, 0.05, 0.01, True),
        (0.26, 0.30, 0.10, True),
        (9.00, 5.00, 1.00, True),
    ],
)
def test_only_overdue_steps_that_end_soon_go_on(
    clock: HandClock, quiet: float, step: float, into: float, ends: bool
) -> None:
    assert superseded(clock, quiet=quiet, step=step, into=into).must_end() is ends


def test_grace_runs_out(clock: HandClock) -> None:
    grace = superseded(clock, quiet=0.5, step=0.05, into=0.01)
    assert not grace.must_end()
    clock.pass_(0.09)
    assert not grace.must_end()
    clock.pass_(0.02)
    assert grace.must_end()


def test_a_moving_slider_gets_a_picture_every_quarter_second(clock: HandClock) -> None:
    """A request every 16 ms, steps of 40 ms: 3 seconds of dragging."""
    grace = Grace(clock)
    shown = 0
    end = clock.now + 3.0
    while clock.now < end:
        grace.run_begins()
        grace.step_begins()
        for block in range(8):
            clock.pass_(0.005)
            if block >= 3 and grace.must_end():
                break
        else:
            grace.shown()
            shown += 1
            grace.step_ends()
    assert 9 <= shown <= 12
