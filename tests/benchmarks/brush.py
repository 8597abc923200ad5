"""What a stroke costs: painted and composited, segment by segment."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from statistics import median

import numpy as np

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point, Symmetry, Tool
from tests.benchmarks.measure import Effort, Row, percentile

SIDE = 1024
STEP = 12.0
"""Pixels between two reports of the pen: 1500 a second at 125 reports."""

TOOLS = {
    "hard brush": Tool(size=64, hardness=1),
    "soft brush at 40 %, pressure": Tool(
        size=64, hardness=0, opacity=0.4, pressure_size=True, pressure_opacity=True
    ),
    "eraser": Tool(kind="eraser", size=64, hardness=0.5),
    "brush, both symmetries": Tool(size=64, hardness=0.8, symmetry=Symmetry.BOTH),
}


def measure(effort: Effort) -> Iterator[Row]:
    """Spirals over a photograph and earlier paint, as each tool."""
    for name, tool in TOOLS.items():
        wall, cpu, ends = _strokes(tool, effort.rounds)
        yield Row(
            f"one segment of a 64 px stroke on {SIDE} x {SIDE}, composited: {name}",
            "at most 2 ms",
            f"{median(wall):.2f} ms, p99 {percentile(wall, 0.99):.2f} ms",
            f"{median(cpu):.2f} ms of this thread's processor time, p99 "
            f"{percentile(cpu, 0.99):.2f}; the pen's going up {median(ends):.1f} ms, worst "
            f"{max(ends):.1f}; {len(wall)} segments",
        )


def _strokes(tool: Tool, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each segment, on the wall and of the processor, and of each end."""
    drawing = Drawing(SIDE, SIDE)
    random = np.random.default_rng(0)
    for layer in ("background", "paint"):
        drawing.write(layer, 0, 0, random.integers(0, 256, (SIDE, SIDE, 4), np.uint8))
    told: list[Rect] = []
    drawing.observe(told.append)
    wall, cpu, ends = [], [], []
    for number in range(10 * rounds):
        way = list(_spiral(number))
        stroke = drawing.begin(tool, "paint", way[0])
        for point in way[1:]:
            told.clear()
            began, busy = time.perf_counter(), time.thread_time()
            stroke.move([point])
            for rect in told:
                drawing.composite(rect)
            wall.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.thread_time() - busy))
        began = time.perf_counter()
        stroke.end()
        ends.append(1000 * (time.perf_counter() - began))
    return wall, cpu, ends


def _spiral(number: int) -> Iterator[Point]:
    angle, radius = float(number), 40.0
    for step in range(60):
        angle += STEP / radius
        radius += 6
        x, y = math.cos(angle), math.sin(angle)
        yield Point(SIDE / 2 + radius * x, SIDE / 2 + radius * y, 0.3 + 0.7 * (step % 20) / 20)
