"""How soon a stroke shows: from the pointer's move to the painted pad, with Live running."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent

from sdstudio.ui.draw.pad import Pad
from tests.benchmarks.measure import Effort, Row, percentile
from tests.benchmarks.studio import Studio, studio

HERTZ = 125
"""A common mouse reports so often."""

STROKE = 150
"""Moves of a stroke: a little more than a second."""

REST = 0.15
"""Seconds between two strokes."""

CASES = (
    # Side of the sheet, brush, window.
    (128, 8, (1280, 800)),
    (512, 24, (1280, 800)),
    (1024, 64, (2560, 1440)),
)


def measure(effort: Effort) -> Iterator[Row]:
    """Draw strokes on sheets of several sizes while every stroke makes the picture again."""
    with studio() as it, _Watch() as watch:
        it.load()
        it.window.draw.set_on(True)
        it.sitting.change(prompt="a frog", steps=effort.steps)
        it.sitting.set_live(True)
        pad = it.window.draw.page.pad
        for side, brush, window in CASES:
            it.window.resize(*window)
            it.window.draw.desk.new(side, side)
            it.window.draw.show_frame()
            pad.hand.take("brush")
            pad.hand.change(size=brush)
            it.wait_for_seconds(0.5)
            before = _number(it)
            for number in range(2 + effort.rounds):
                if number == 2:
                    watch.forget()  # the first strokes warm everything up
                _draw(it, pad, watch, number)
            took, busy = [1000 * s for s in watch.delays], [1000 * s for s in watch.busy]
            yield Row(
                f"pointer's move to painted pixels in Live, brush of {brush} px on {side} x "
                f"{side}, window {window[0]} x {window[1]}",
                "p99 at most 16 ms",
                f"p50 {percentile(took, 0.5):.1f}, p99 {percentile(took, 0.99):.1f}, "
                f"worst {max(took):.1f} ms",
                f"{len(took)} moves at {HERTZ} Hz; the GUI thread's own time per painting "
                f"p50 {percentile(busy, 0.5):.1f}, p99 {percentile(busy, 0.99):.1f} ms; "
                f"{_number(it) - before} runs begun meanwhile",
            )


def _number(it: Studio) -> int:
    return 0 if it.sitting.run is None else it.sitting.run.number


class _Watch(QObject):
    """Times every move that is posted, until the pad has been painted with it."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: deque[float] = deque()
        self.delays: list[float] = []
        self.busy: list[float] = []
        self._seen: list[float] = []
        self._began = 0.0

    def forget(self) -> None:
        self.delays.clear()
        self.busy.clear()

    def __enter__(self) -> _Watch:
        self._originals = (Pad.mouseMoveEvent, Pad.paintEvent)
        moved, painted = self._originals

        def move(pad: Pad, event: QMouseEvent) -> None:
            if not self._seen:
                self._began = time.thread_time()
            if self.posted:
                self._seen.append(self.posted.popleft())
            moved(pad, event)

        def paint(pad: Pad, event: QPaintEvent) -> None:
            painted(pad, event)
            if self._seen:
                now = time.perf_counter()
                self.delays += [now - posted for posted in self._seen]
                self.busy.append(time.thread_time() - self._began)
                self._seen.clear()

        Pad.mouseMoveEvent, Pad.paintEvent = move, paint  # type: ignore[method-assign]
        return self

    def __exit__(self, *reason: object) -> None:
        Pad.mouseMoveEvent, Pad.paintEvent = self._originals  # type: ignore[method-assign]


def _draw(it: Studio, pad: Pad, watch: _Watch, number: int) -> None:
    """A stroke that winds over the sheet, posted from a thread as a mouse would send it."""
    places = [pad.view.to_pad(place) for place in _way(pad, number)]
    whole = pad.mapToGlobal(QPointF(0, 0))
    done = threading.Event()

    def post() -> None:
        due = time.perf_counter()
        for index, place in enumerate(places):
            kind = QEvent.Type.MouseButtonPress if index == 0 else QEvent.Type.MouseMove
            if index:
                watch.posted.append(time.perf_counter())
            QCoreApplication.postEvent(pad, _event(kind, place, whole))
            due += 1 / HERTZ
            time.sleep(max(0.0, due - time.perf_counter()))
        done.set()

    thread = threading.Thread(target=post)
    thread.start()
    while not done.is_set():
        it.wait_for_seconds(0.02)
    thread.join()
    it.application.sendEvent(pad, _event(QEvent.Type.MouseButtonRelease, places[-1], whole))
    it.wait_for_seconds(REST)


def _event(kind: QEvent.Type, place: QPointF, whole: QPointF) -> QMouseEvent:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    return QMouseEvent(kind, place, place + whole, button, held, Qt.KeyboardModifier.NoModifier)


def _way(pad: Pad, number: int) -> Iterator[QPointF]:
    size = pad.view.size
    for index in range(STROKE):
        angle = 2 * math.pi * (index / 60 + number / 7)
        reach = 0.15 + 0.3 * index / STROKE
        yield QPointF(
            size.width() * (0.5 + reach * math.cos(angle)),
            size.height() * (0.5 + reach * math.sin(angle)),
        )
