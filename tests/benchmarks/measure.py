"""Timing that survives a busy machine: both sides in turns, medians of what was seen."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured.
        bar: What it should be.
        measured: What it was.
        detail: What the figure is made of.
    """

    what: str
    bar: str
    measured: str
    detail: str = ""


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes:
        rounds: Times that each side takes its turn.
        steps: Steps of a run.
        prompts: Pictures to compare.
        runs: Runs of the endurance test.
    """

    rounds: int = 7
    steps: int = 50
    prompts: int = 20
    runs: int = 500


QUICK = Effort(rounds=2, steps=8, prompts=2, runs=30)


@dataclass(frozen=True)
class Times:
    """Seconds of each round, on the wall and of the processor."""

    wall: list[float]
    cpu: list[float]


def alternate(
    sides: Mapping[str, Callable[[], object]],
    rounds: int,
    prepare: Callable[[str], object] = lambda name: None,
) -> dict[str, Times]:
    """Time each side once a round, in turns, after one round that does not count.

    Processor time counts this process's threads only, so that it tells a side's own cost
    even where other processes take the wall time.

    Args:
        sides: What is timed, by name.
        rounds: How often.
        prepare: Called with a side's name before it, and not timed.
    """
    for name, side in sides.items():
        prepare(name)
        side()
    times = {name: Times([], []) for name in sides}
    for number in range(rounds):
        # Every other round backwards: whoever goes first in a round has no advantage.
        order = list(sides.items())[:: -1 if number % 2 else 1]
        for name, side in order:
            prepare(name)
            wall, cpu = time.perf_counter(), time.process_time()
            side()
            times[name].wall.append(time.perf_counter() - wall)
            times[name].cpu.append(time.process_time() - cpu)
    return times


def ratio(times: Mapping[str, Times], name: str, base: str) -> str:
    """The median over the rounds of a side's wall time over the base's in the same round."""
    pairs = zip(times[name].wall, times[base].wall, strict=True)
    return f"{median(mine / theirs for mine, theirs in pairs):.3f}x"


def cpu_ratio(times: Mapping[str, Times], name: str, base: str) -> str:
    """The same of processor time."""
    pairs = zip(times[name].cpu, times[base].cpu, strict=True)
    return f"{median(mine / theirs for mine, theirs in pairs):.3f}x"


def seconds(times: Times) -> str:
    """The median wall time, with the least and the most."""
    return f"{median(times.wall):.2f} s ({min(times.wall):.2f} to {max(times.wall):.2f})"


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def machine() -> str:
    """What was measured on: processor, cores, load, versions. No names of hosts."""
    from importlib.metadata import version

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        model = next(
            (ln.split(":")[1].strip() for ln in lines if ln.startswith("model name")), model
        )
    parts = [model, f"{os.cpu_count()} cores"]
    if hasattr(os, "getloadavg"):
        parts.append(f"load {os.getloadavg()[0]:.1f} at the start")
    parts += [f"{name} {version(name)}" for name in ("torch", "diffusers", "PySide6-Essentials")]
    return ", ".join(parts)
