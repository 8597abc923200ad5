"""How long the window's event loop is held up, asked by a timer of one millisecond."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, QTimer

from tests.benchmarks.measure import Effort, Row, percentile
from tests.benchmarks.studio import Studio, studio

BACK_AND_FORTH_MS = 20
"""A hand that drags moves the playhead so often."""


@contextmanager
def gaps() -> Iterator[list[float]]:
    """Collect the seconds between two ticks of a 1 ms timer in this thread."""
    found: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        found.append(now - last)
        last = now

    timer = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    try:
        yield found
    finally:
        timer.stop()


@contextmanager
def scrubbed(it: Studio, interval: int) -> Iterator[list[int]]:
    """Park on one step after the other of the run that is selected, as a hand would."""
    node = it.sitting.selected
    assert node is not None
    moves: list[int] = []

    def move() -> None:
        # To the last step and back.
        turn = len(moves) % (2 * node.count - 2)
        it.sitting.park(node.number, min(turn, 2 * node.count - 2 - turn))
        moves.append(turn)

    timer = QTimer(interval=interval)
    timer.timeout.connect(move)
    timer.start()
    try:
        yield moves
    finally:
        timer.stop()


def measure(effort: Effort) -> Iterator[Row]:
    """While the model loads, then while runs with previews go on."""
    with studio() as it:
        with gaps() as loading:
            it.load()
        it.sitting.change(steps=effort.steps)
        it.finish_run()
        with gaps() as idle:
            it.wait_for_seconds(1.0)
        with gaps() as running:
            for _ in range(effort.rounds):
                it.finish_run()
        it.sitting.change(seed=1)
        with gaps() as scrubbing, scrubbed(it, BACK_AND_FORTH_MS) as moves:
            for _ in range(effort.rounds):
                it.finish_run()
    quiet = f"idle: p99 {1000 * percentile(idle, 0.99):.1f} ms, worst {1000 * max(idle):.1f} ms"
    yield Row(
        "gaps in the event loop during a run with previews",
        "p99 under 16 ms, worst under 50 ms",
        f"p99 {1000 * percentile(running, 0.99):.1f} ms, worst {1000 * max(running):.1f} ms",
        f"{len(running)} ticks in {effort.rounds} runs of {effort.steps} steps; {quiet}",
    )
    yield Row(
        "the same while the playhead is dragged to and fro over an earlier run",
        "p99 under 16 ms, worst under 50 ms",
        f"p99 {1000 * percentile(scrubbing, 0.99):.1f} ms, worst {1000 * max(scrubbing):.1f} ms",
        f"{len(scrubbing)} ticks, {len(moves)} moves, one each {BACK_AND_FORTH_MS} ms",
    )
    yield Row(
        "gaps while the model loads",
        "worst under 250 ms",
        f"worst {1000 * max(loading):.1f} ms",
        f"{len(loading)} ticks in {sum(loading):.1f} s; "
        f"p99 {1000 * percentile(loading, 0.99):.1f} ms",
    )
