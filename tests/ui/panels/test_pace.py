"""A run is followed the more seldom the more it costs."""

from __future__ import annotations

from sdstudio.ui.panels.pace import LEAST_MS, SHARE, Pace
from tests.session.standins import HandClock


def test_what_cost_much_is_followed_by_a_long_pause(qtbot) -> None:
    clock = HandClock()
    pace = Pace(clock)
    pace.begin()
    assert pace.is_pausing
    clock.pass_(0.03)
    qtbot.waitUntil(lambda: pace.milliseconds > 0)
    assert pace.milliseconds == 1000 * 0.03 / SHARE
    pace.stop()
    assert not pace.is_pausing


def test_what_cost_nothing_is_not_followed_faster_than_one_reads(qtbot) -> None:
    pace = Pace(HandClock())
    with qtbot.waitSignal(pace.over):
        pace.begin()
    assert pace.milliseconds == LEAST_MS
    assert not pace.is_pausing


def test_painting_is_part_of_the_price(qtbot) -> None:
    from PySide6.QtWidgets import QWidget

    clock = HandClock()

    class Slow(QWidget):
        def paintEvent(self, event) -> None:
            clock.pass_(0.02)

    widget = Slow()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    qtbot.wait(50)
    pace = Pace(clock)
    pace.begin()
    widget.update()
    qtbot.waitUntil(lambda: pace.milliseconds > 0)
    assert pace.milliseconds == 1000 * 0.02 / SHARE
    pace.stop()
