"""How long the window's event loop is held up, asked by a timer of one millisecond."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, QTimer

from tests.benchmarks.measure import Effort, Row, percentile
from tests.benchmarks.studio import studio


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
    quiet = f"idle: p99 {1000 * percentile(idle, 0.99):.1f} ms, worst {1000 * max(idle):.1f} ms"
    yield Row(
        "gaps in the event loop during a run with previews",
        "p99 under 16 ms, worst under 50 ms",
        f"p99 {1000 * percentile(running, 0.99):.1f} ms, worst {1000 * max(running):.1f} ms",
        f"{len(running)} ticks in {effort.rounds} runs of {effort.steps} steps; {quiet}",
    )
    yield Row(
        "gaps while the model loads",
        "worst under 250 ms",
        f"worst {1000 * max(loading):.1f} ms",
        f"{len(loading)} ticks in {sum(loading):.1f} s; "
        f"p99 {1000 * percentile(loading, 0.99):.1f} ms",
    )
