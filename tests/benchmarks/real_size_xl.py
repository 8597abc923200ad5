"""SDXL's true size at 1024 x 1024: time, stopping and memory against diffusers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Effort, Row
from tests.benchmarks.real_size import Side, Told, rows

MOST_STEPS = 4
"""The first does not count; in float32 on two cores each takes minutes."""

SIDES = ("diffusers", "sdstudio")


def measure(effort: Effort) -> Iterator[Row]:
    """One side after the other, each in a process of its own: two do not fit into 24 GB.

    ``SDXL_FOLDER`` names a model to take instead of writing one, ``SDXL_SIDE`` other pixels.
    """
    from tests.true_size import save_true_size

    given = os.environ.get("SDXL_FOLDER")
    here = Path(os.environ["SDSTUDIO_HOME"]) / "sdxl"
    folder = Path(given) if given else save_true_size("sdxl", here)
    pixels = int(os.environ.get("SDXL_SIDE", "1024"))
    steps = min(effort.steps, MOST_STEPS)
    told = {name: Told() for name in SIDES}
    for name in SIDES:
        with Side(name, folder, steps, pixels) as side:
            told[name].steps = [side.tell("step") for _ in range(steps)]
            told[name].finish(side)
    yield from rows(told)
