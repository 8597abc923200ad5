"""What the sampler says waits while a stroke is drawn, and none of it is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from sdstudio.ui import pacing
from sdstudio.ui.pacing import Pacing

NEVER_MS = 1 << 30


@pytest.fixture
def pace(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pacing]:
    """A pen of which nobody thinks that it rests, on however slow a machine."""
    monkeypatch.setattr(pacing, "REST_MS", NEVER_MS)
    made = Pacing(qapp)
    monkeypatch.setattr(pacing, "_pacing", made)
    yield made
    made.stroke_over()


def test_without_a_stroke_nothing_waits(pace: Pacing) -> None:
    done: list[int] = []
    pace.when_free(lambda: done.append(1))
    assert done == [1]


def test_what_comes_during_a_stroke_waits_for_its_end(pace: Pacing, qapp) -> None:
    done: list[int] = []
    pace.stroke_moved()
    for number in range(3):
        pace.when_free(lambda number=number: done.append(number))
        pace.stroke_painted()
        qapp.processEvents()
    assert done == []
    pace.stroke_over()
    assert done == [2]
    pace.stroke_over()
    assert done == [2]


def test_a_pen_that_rests_lets_it_through(qtbot, qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "REST_MS", 5)
    pace = Pacing(qapp)
    done: list[int] = []
    pace.stroke_moved()
    pace.when_free(lambda: done.append(1))
    assert done == []
    qtbot.waitUntil(lambda: done == [1])
    assert not pace.is_stroke_moving


def test_a_stroke_without_end_lets_it_through_after_a_painting(
    qapp, qtbot, monkeypatch: pytest.MonkeyPatch, pace: Pacing
) -> None:
    monkeypatch.setattr(pacing, "MOST_MS", 5)
    pace = Pacing(qapp)
    done: list[int] = []
    pace.stroke_moved()
    pace.when_free(lambda: done.append(1))
    qtbot.wait(20)
    assert done == []
    pace.stroke_painted()
    assert done == []
    qtbot.waitUntil(lambda: done == [1])
    assert pace.is_stroke_moving


def test_the_window_shows_the_picture_once_the_pen_is_up(studio, qtbot, pace: Pacing) -> None:
    studio.window.draw.set_on(True)
    pad = studio.window.draw.page.pad
    middle = pad.rect().center()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=middle)
    assert pace.is_stroke_moving
    number = studio.sitting.generate()
    qtbot.waitUntil(lambda: _last(studio.thread.outbox) == "RunFinished")
    qtbot.wait(20)
    assert not _is_finished(studio, number)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=middle)
    assert not pace.is_stroke_moving
    qtbot.waitUntil(lambda: _is_finished(studio, number))
    assert studio.sitting.shown.array is not None


def test_other_tools_hold_nothing_up(studio, qtbot, pace: Pacing) -> None:
    studio.window.draw.set_on(True)
    pad = studio.window.draw.page.pad
    pad.hand.take("move")
    place = pad.view.to_pad(QPointF(9, 9)).toPoint()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=place)
    assert not pace.is_stroke_moving
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=place)


def _is_finished(studio, number: int) -> bool:
    run = studio.sitting.run
    return run is not None and run.number >= number and run.finished


def _last(outbox) -> str:
    events = list(outbox._events)
    return type(events[-1]).__name__ if events else ""
