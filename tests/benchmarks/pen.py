"""How soon a stroke shows: from the mouse's report to the painted pad, while a run is going.

The mouse is a process of its own, so that neither its moments nor its reports wait for this
process's interpreter lock, as those of a real one do not. A move counts until the pad has been
painted with it, also where it waited for the painting of an earlier one. What a screen and the
system between it and the window take is beyond this.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPointF, QProcess, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent

from sdstudio.ui.draw.pad import Pad
from tests.benchmarks import mouse
from tests.benchmarks.measure import Effort, Row, percentile
from tests.benchmarks.studio import Studio, studio

HERTZ = 125
"""A common mouse reports so often."""

STROKE = 150
"""Moves of a stroke: a little more than a second, without a rest."""

REST = 0.6
"""Seconds between two strokes: the run of all steps, which outlasts the next one, has begun."""

CASES = (
    # Side of the sheet, brush, window.
    (128, 8, (1280, 800)),
    (512, 24, (1280, 800)),
    (1024, 64, (2560, 1440)),
)


def measure(effort: Effort) -> Iterator[Row]:
    """Draw strokes on sheets of several sizes while the picture is being made."""
    with studio() as it, _Watch(it) as watch:
        it.load()
        it.window.draw.set_on(True)
        it.sitting.change(prompt="a frog", steps=effort.steps)
        it.sitting.set_live(True)
        pad = it.window.draw.page.pad
        for side, brush, window in CASES:
            it.window.resize(*window)
            it.window.draw.desk.new(side, side)
            it.window.draw.bench.show_frame()
            pad.hand.take("brush")
            pad.hand.change(size=brush)
            it.wait_for_seconds(0.5)
            for number in range(2 + effort.rounds):
                if number == 2:
                    watch.forget()  # the first strokes warm everything up
                _draw(it, pad, watch, number)
            took, busy = [1000 * s for s in watch.delays], [1000 * s for s in watch.busy]
            yield Row(
                f"pointer's move to painted pixels in Live, brush of {brush} px on {side} x "
                f"{side}, window {window[0]} x {window[1]}",
                "p99 at most 16 ms",
                f"p50 {percentile(took, 0.5):.1f}, p90 {percentile(took, 0.9):.1f}, "
                f"p99 {percentile(took, 0.99):.1f}, worst {max(took):.1f} ms",
                f"{len(took)} moves at {HERTZ} Hz, {100 * watch.accompanied:.0f} % of them while "
                f"a run was going; the GUI thread's own time per painting "
                f"p50 {percentile(busy, 0.5):.1f}, p99 {percentile(busy, 0.99):.1f} ms",
            )


class _Watch(QObject):
    """Times every move that is sent, until the pad has been painted with it."""

    def __init__(self, it: Studio) -> None:
        super().__init__()
        self._it = it
        self.delays: list[float] = []
        self.busy: list[float] = []
        self._going = 0
        self._seen: list[float] = []
        self._began = 0.0

    @property
    def accompanied(self) -> float:
        """The share of the moves that came while a run was going."""
        return self._going / max(1, len(self.delays))

    def forget(self) -> None:
        self.delays.clear()
        self.busy.clear()
        self._going = 0

    def sent(self, moment: float) -> None:
        """A move of that moment is about to be handled."""
        if not self._seen:
            self._began = time.thread_time()
        self._seen.append(moment)

    def __enter__(self) -> _Watch:
        painted = self._original = Pad.paintEvent

        def paint(pad: Pad, event: QPaintEvent) -> None:
            painted(pad, event)
            now = time.perf_counter()
            if self._seen:
                self.delays += [now - moment for moment in self._seen]
                self.busy.append(time.thread_time() - self._began)
                self._going += len(self._seen) * self._it.sitting.running
                self._seen.clear()

        Pad.paintEvent = paint  # type: ignore[method-assign]
        return self

    def __exit__(self, *reason: object) -> None:
        Pad.paintEvent = self._original  # type: ignore[method-assign]


def _draw(it: Studio, pad: Pad, watch: _Watch, number: int) -> None:
    """A stroke that winds over the sheet."""
    places = [pad.view.to_pad(place) for place in _way(pad, number)]
    whole = pad.mapToGlobal(QPointF(0, 0))
    loop, process, ahead = QEventLoop(), QProcess(), iter(places)

    def take() -> None:
        reports = bytes(process.readAllStandardOutput().data())
        for (moment,) in mouse.MOVE.iter_unpack(reports):
            place = next(ahead)
            kind = QEvent.Type.MouseButtonPress
            if place is not places[0]:
                kind = QEvent.Type.MouseMove
                watch.sent(moment)
            it.application.sendEvent(pad, _event(kind, place, whole))

    process.readyReadStandardOutput.connect(take)
    process.finished.connect(loop.quit)
    # Without site packages: it starts at once.
    process.start(sys.executable, ["-IS", mouse.__file__, str(len(places)), str(HERTZ)])
    loop.exec()
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
