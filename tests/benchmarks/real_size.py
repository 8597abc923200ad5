"""Stable Diffusion 1.5's true size at 512 x 512: time, stopping and memory against diffusers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.measure import Effort, Row

MOST_STEPS = 20
CANCELS = (0.2, 0.5, 0.8)
"""Shares of a step after which it is asked to stop."""

SIDES = ("diffusers", "sdstudio", "openvino")


class Side:
    """A process that holds one side's model; see :mod:`tests.benchmarks.real_size_side`."""

    def __init__(self, name: str, folder: Path, steps: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.real_size_side", name, folder, str(steps)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.load = float(self._answer()["load"])

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def tell(self, command: str) -> dict[str, Any]:
        """Have it do something, and wait for its answer."""
        assert self._process.stdin is not None
        print(command, file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # Libraries may say something of their own.
            if line.startswith("{"):
                return dict(json.loads(line))
        raise RuntimeError("a side of the benchmark ended early")


def measure(effort: Effort) -> Iterator[Row]:
    """Steps of all sides in turns, each in a process of its own, after one that does not count.

    ``SD15_FOLDER`` names a model to take instead of writing one, ``SD15_SIDES`` the sides.
    """
    from tests.sd15_random import save_sd15

    steps = min(effort.steps, MOST_STEPS)
    given = os.environ.get("SD15_FOLDER")
    folder = Path(given) if given else save_sd15(Path(os.environ["SDSTUDIO_HOME"]) / "sd15")
    chosen = os.environ.get("SD15_SIDES", ",".join(SIDES)).split(",")
    with ExitStack() as stack:
        sides = {name: stack.enter_context(Side(name, folder, steps)) for name in chosen}
        told: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
        for number in range(steps):
            # Every other round backwards: whoever goes first has no advantage.
            for name in list(sides)[:: -1 if number % 2 else 1]:
                told[name].append(sides[name].tell("step"))
        stops = [sides["sdstudio"].tell(f"cancel {share}")["seconds"] for share in CANCELS]
        decodes = {name: side.tell("decode")["seconds"] for name, side in sides.items()}
        peaks = {name: side.tell("peak")["peak"] / 2**20 for name, side in sides.items()}
        loads = {name: side.load for name, side in sides.items()}
    times = {name: [each["seconds"] for each in told[name][1:]] for name in sides}
    yield from _rows(steps, told, times, stops)
    for name in sides:
        yield Row(
            f"peak memory of {name} with a decoded picture",
            "-" if name == "diffusers" else f"at most {peaks['diffusers'] + 300:.0f} MB",
            f"{peaks[name]:.0f} MB",
            f"loaded in {loads[name]:.1f} s, decoded in {decodes[name]:.2f} s",
        )


def _rows(
    steps: int,
    told: dict[str, list[dict[str, Any]]],
    times: dict[str, list[float]],
    stops: list[float],
) -> Iterator[Row]:
    for name, seconds in times.items():
        pairs = zip(times["diffusers"], seconds, strict=True)
        faster = median(theirs / mine for theirs, mine in pairs)
        processor = median(each["processor"] for each in told[name][1:])
        yield Row(
            f"a guided step of {name} ({told[name][-1].get('kind', 'float32')})",
            {"sdstudio": "3.5x faster than diffusers, with AMX"}.get(name, "-"),
            f"{median(seconds):.2f} s, {faster:.2f}x faster than diffusers",
            f"{min(seconds):.2f} to {max(seconds):.2f} s over {steps - 1} steps in turns; "
            f"processor time {processor:.1f} s",
        )
    step = median(times["sdstudio"])
    yield Row(
        "from Stop to the end of the network's call",
        "at most 10% of a step",
        f"{100 * max(stops) / step:.1f}% at worst",
        ", ".join(f"{stop:.2f} s" for stop in stops) + " at 20, 50 and 80% of a step",
    )
    watched = median(each["watched"] for each in told["sdstudio"][1:])
    yield Row(
        "recording a step and previewing it by the linear map",
        "at most 1% of a step",
        f"{100 * watched / step:.2f}%",
        f"{1000 * watched:.1f} ms of {step:.2f} s",
    )
