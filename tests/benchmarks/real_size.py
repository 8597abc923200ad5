"""Stable Diffusion 1.5's true size at 512 x 512: time, stopping and memory against diffusers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
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

    def __init__(self, name: str, folder: Path, steps: int, side: int = 512) -> None:
        self.name = name
        numbers = (str(steps), str(side))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.real_size_side", name, folder, *numbers],
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


@dataclass
class Told:
    """What a side has told.

    Attributes:
        steps: Of each step; the first does not count.
        stops: Seconds from asking for the end to the end, after shares of a step.
        decode: Seconds of a decode.
        peak: MB.
        load: Seconds of loading.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    decode: float = 0.0
    peak: float = 0.0
    load: float = 0.0

    @property
    def seconds(self) -> list[float]:
        """Of the steps that count."""
        return [each["seconds"] for each in self.steps[1:]]

    def finish(self, side: Side) -> None:
        """Ask for what comes after the steps."""
        if side.name != "diffusers":
            self.stops = [side.tell(f"cancel {share}")["seconds"] for share in CANCELS]
        self.decode = side.tell("decode")["seconds"]
        self.peak = side.tell("peak")["peak"] / 2**20
        self.load = side.load


def measure(effort: Effort) -> Iterator[Row]:
    """Steps of all sides in turns, each in a process of its own, after one that does not count.

    ``SD15_FOLDER`` names a model to take instead of writing one, ``SD15_SIDES`` the sides.
    """
    from tests.true_size import save_true_size

    steps = min(effort.steps, MOST_STEPS)
    given = os.environ.get("SD15_FOLDER")
    here = Path(os.environ["SDSTUDIO_HOME"]) / "sd15"
    folder = Path(given) if given else save_true_size("sd1", here)
    chosen = os.environ.get("SD15_SIDES", ",".join(SIDES)).split(",")
    with ExitStack() as stack:
        sides = {name: stack.enter_context(Side(name, folder, steps)) for name in chosen}
        told = {name: Told() for name in sides}
        for number in range(steps):
            # Every other round backwards: whoever goes first has no advantage.
            for name in list(sides)[:: -1 if number % 2 else 1]:
                told[name].steps.append(sides[name].tell("step"))
        for name, side in sides.items():
            told[name].finish(side)
    yield from rows(told)


def rows(told: dict[str, Told]) -> Iterator[Row]:
    """What the sides have told, compared with diffusers."""
    yield from _steps(told)
    ours = told["sdstudio"]
    step = median(ours.seconds)
    yield Row(
        "from Stop to the end of the network's call",
        "at most 10% of a step",
        f"{100 * max(ours.stops) / step:.1f}% at worst",
        ", ".join(f"{stop:.2f} s" for stop in ours.stops) + " at 20, 50 and 80% of a step",
    )
    watched = median(each["watched"] for each in ours.steps[1:])
    yield Row(
        "recording a step and previewing it by the linear map",
        "at most 1% of a step",
        f"{100 * watched / step:.2f}%",
        f"{1000 * watched:.1f} ms of {step:.2f} s",
    )
    for name, side in told.items():
        yield Row(
            f"peak memory of {name} with a decoded picture",
            "-" if name == "diffusers" else f"at most {told['diffusers'].peak + 300:.0f} MB",
            f"{side.peak:.0f} MB",
            f"loaded in {side.load:.1f} s, decoded in {side.decode:.2f} s",
        )


def _steps(told: dict[str, Told]) -> Iterator[Row]:
    for name, side in told.items():
        pairs = zip(told["diffusers"].seconds, side.seconds, strict=True)
        faster = median(theirs / mine for theirs, mine in pairs)
        processor = median(each["processor"] for each in side.steps[1:])
        yield Row(
            f"a guided step of {name} ({side.steps[-1].get('kind', 'float32')})",
            {"sdstudio": "3.5x faster than diffusers at SD 1.5, with AMX"}.get(name, "-"),
            f"{median(side.seconds):.2f} s, {faster:.2f}x faster than diffusers",
            f"{min(side.seconds):.2f} to {max(side.seconds):.2f} s over {len(side.seconds)} "
            f"steps; processor time {processor:.1f} s",
        )
