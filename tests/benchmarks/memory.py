"""Whether memory stays flat over many runs in one window."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from statistics import median

import psutil

from tests.benchmarks.measure import Effort, Row
from tests.benchmarks.studio import studio

BUDGET = 16 << 20
STEPS = 12
WARM_UP = 20


def measure(effort: Effort) -> Iterator[Row]:
    """Runs of a few steps, more than the record budget holds, with different prompts."""
    process = psutil.Process()
    resident: list[float] = []
    with studio(BUDGET) as it:
        it.load()
        it.sitting.change(steps=STEPS)
        for number in range(effort.runs):
            it.sitting.change(seed=number, prompt=f"a frog and {number} rabbits")
            it.finish_run()
            gc.collect()
            resident.append(process.memory_info().rss / 2**20)
    settled = resident[WARM_UP:] or resident
    first, last = median(settled[:10]), median(settled[-10:])
    yield Row(
        f"resident memory over {effort.runs} runs with a record budget of 16 MB",
        "flat within 5% after the first 20",
        f"{100 * (last / first - 1):+.1f}%, most {100 * (max(settled) / first - 1):+.1f}%",
        f"{first:.0f} MB after {WARM_UP} runs, {last:.0f} MB at the end; {STEPS} steps a run",
    )
