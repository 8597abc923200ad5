"""How soon the window answers: a slider moved in Live, and Stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.measure import Effort, Row, percentile
from tests.benchmarks.studio import Studio, studio


def measure(effort: Effort) -> Iterator[Row]:
    """In the middle of a run, at different points of a step."""
    with studio() as it:
        it.load()
        it.sitting.change(steps=effort.steps)
        it.finish_run()
        it.sitting.set_live(True)
        answers = [to_preview(it, number) for number in range(3 * effort.rounds)]
        it.sitting.set_live(False)
        stops = [to_idle(it, number) for number in range(3 * effort.rounds)]
    yield Row(
        "slider moved (Live) to the first new preview on the canvas",
        "at most one step + 50 ms",
        f"one step {_signed([took - step for took, step in answers])}",
        _detail(answers),
    )
    yield Row(
        "Stop to idle",
        "at most one step",
        f"{median(took / step for took, step in stops):.2f} of a step, "
        f"worst {max(took / step for took, step in stops):.2f}",
        _detail(stops),
    )


def to_preview(it: Studio, number: int) -> tuple[float, float]:
    """Seconds from a change to a picture of the run it started, and those of a step."""
    step = _into_a_run(it, number)
    began = time.perf_counter()
    before = it.sitting.run.number
    it.sitting.change(guidance_scale=3.0 + number % 7)

    def shows() -> bool:
        run = it.sitting.run
        return run.number > before and run.has_own_picture and it.canvas_is_painted()

    return it.wait_for(shows) - began, step


def to_idle(it: Studio, number: int) -> tuple[float, float]:
    """Seconds from Stop to the sampler saying that it has stopped, and those of a step."""
    step = _into_a_run(it, number)
    began = time.perf_counter()
    it.sitting.stop()
    return it.wait_for(lambda: not it.sitting.run.running) - began, step


def _into_a_run(it: Studio, number: int) -> float:
    """Start a run and let some steps and part of one pass; returns the seconds of a step."""
    started = it.sitting.generate()
    least = 4 + number % 3
    it.wait_for(lambda: it.sitting.run.number == started and it.sitting.run.index >= least)
    step = 1.0 / it.sitting.run.steps_per_second
    it.wait_for_seconds(step * (number % 5) / 5)
    return step


def _signed(extra: list[float]) -> str:
    middle, most = 1000 * median(extra), 1000 * max(extra)
    return f"{middle:+.0f} ms, worst {most:+.0f} ms"


def _detail(found: list[tuple[float, float]]) -> str:
    took = [1000 * each[0] for each in found]
    steps = [1000 * each[1] for each in found]
    return (
        f"{median(took):.0f} ms (p90 {percentile(took, 0.9):.0f}) "
        f"with a step of {median(steps):.0f} ms; {len(found)} times"
    )
