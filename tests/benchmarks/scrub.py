"""How soon a step shows once the playhead is dragged onto it, its picture being at hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import Parent, RunFinished, RunStarted, StepTaken
from tests.benchmarks.measure import Effort, Row, percentile
from tests.benchmarks.studio import Studio, studio

SIZE = 512
STEPS = (50, 1000)
WINDOWS = ((1280, 800), (2560, 1440))


def measure(effort: Effort) -> Iterator[Row]:
    """Drag to and fro over a run with a branch, in a small and in a large window."""
    with studio() as it:
        it.load()
        for width, height in WINDOWS:
            it.window.resize(width, height)
            for steps in STEPS:
                _record(it, steps)
                it.wait_for_seconds(0.3)
                found = [times for _ in range(effort.rounds) for times in drag(it, 50)]
                took = [1000 * wall for wall, _ in found]
                busy = [1000 * cpu for _, cpu in found]
                yield Row(
                    f"playhead dragged to the step painted, {steps} steps of "
                    f"{SIZE} x {SIZE} pixels, window {width} x {height}",
                    "at most 16 ms",
                    f"{median(took):.1f} ms, p95 {percentile(took, 0.95):.1f} ms",
                    f"{median(busy):.1f} ms of them the GUI thread's own processor time, "
                    f"p95 {percentile(busy, 0.95):.1f}; worst {max(took):.1f} ms of {len(took)}",
                )


def drag(it: Studio, moves: int) -> Iterator[tuple[float, float]]:
    """Drag along the first row, and paint strip and canvas after each move.

    Yields:
        For each move the seconds on the wall, and those of this thread's processor time.
    """
    strip, canvas = it.window.timeline.strip, it.window.canvas.view
    geometry = strip.strip_geometry
    y = geometry.y(0) + geometry.side / 2
    # The pictures of a long run do not all stay at hand: only the last steps are gone over.
    last = geometry.columns - 2
    _send(it, QEvent.Type.MouseButtonPress, QPointF(geometry.x(last + 0.5), y))
    it.application.processEvents()
    with _Painted(strip, canvas) as painted:
        for move in range(moves):
            index = last - 1 - (move * 7) % 40
            painted.clear()
            began, busy = time.perf_counter(), time.thread_time()
            _send(it, QEvent.Type.MouseMove, QPointF(geometry.x(index + 0.5), y))
            while not painted.all:
                it.application.processEvents()
            yield time.perf_counter() - began, time.thread_time() - busy
            assert it.sitting.playhead.step == index
            assert it.sitting.shown.is_playhead
            it.wait_for_seconds(0.01)
    _send(it, QEvent.Type.MouseButtonRelease, QPointF(geometry.x(last + 0.5), y))


class _Painted(QObject):
    """Knows which of some widgets have been painted since it was cleared."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._widgets = widgets
        self._painted: set[QObject] = set()

    @property
    def all(self) -> bool:
        return self._painted.issuperset(self._widgets)

    def clear(self) -> None:
        self._painted.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._painted.add(watched)
        return False

    def __enter__(self) -> _Painted:
        for widget in self._widgets:
            widget.installEventFilter(self)
        return self

    def __exit__(self, *reason: object) -> None:
        for widget in self._widgets:
            widget.removeEventFilter(self)


def _send(it: Studio, kind: QEvent.Type, place: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    strip = it.window.timeline.strip
    held = none if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    whole = strip.mapToGlobal(place)
    event = QMouseEvent(kind, place, whole, button, held, Qt.KeyboardModifier.NoModifier)
    it.application.sendEvent(strip, event)


def _record(it: Studio, steps: int) -> None:
    """Let the window hear of a run of so many steps, and of a branch from near its end."""
    pixels = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    request = Request(prompt="a frog", steps=steps, width=SIZE, height=SIZE)
    middle = steps - 25
    edit = Edit(step=middle, guidance_scale=3.0)
    for parent in (None, middle):
        number = it.mailbox.new_number()
        first = parent or 0
        branched = None if parent is None else Parent(number - 1, parent)
        it.sitting.handle(RunStarted(number, request, steps, 1.0, parent=branched))
        for index in range(first, steps):
            here = edit if parent is not None and index == first else None
            level = 1 - index / steps
            picture = np.roll(pixels, index, axis=0)
            it.sitting.handle(
                StepTaken(number, index, steps, 999 * level, level, picture, "vae", 0.03, here)
            )
        edits = () if parent is None else (edit,)
        it.sitting.handle(RunFinished(number, pixels, edits, 1.0))
        it.application.processEvents()
    it.sitting.select(number - 1)
