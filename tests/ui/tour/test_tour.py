"""The tour walks through a real run, can be left anywhere, and puts things back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sdstudio.engine.request import Request
from sdstudio.session.run_node import RunNode
from sdstudio.ui.panels.registry import panels
from sdstudio.ui.tour.stops import stops_of
from tests.ui.conftest import Studio


def test_there_are_eight_stops_in_short_plain_sentences() -> None:
    node = RunNode(1, "A", Request(prompt="a frog", prompt_b="a rabbit"), 50, state="finished")
    stops = stops_of(node)
    assert len(stops) == 8
    assert len({stop.panel for stop in stops}) == 8
    assert [stop.share for stop in stops] == sorted(stop.share for stop in stops)
    for stop in stops:
        sentences = [each for each in stop.words.replace(": ", ". ").split(". ") if each]
        assert 2 <= len(sentences) <= 6
        assert max(len(each.split()) for each in sentences) <= 36, stop.title
        assert len(stop.words) < 420


def test_every_stop_has_a_panel_that_there_is() -> None:
    node = RunNode(1, "A", Request(prompt="a frog"), 50, state="finished")
    assert {stop.panel for stop in stops_of(node)} <= {entry.key for entry in panels()}


@pytest.mark.parametrize(
    ("request_", "number", "said"),
    [
        (Request(prompt="a frog", seed=17), 1, "seed 17"),
        (Request(prompt="a frog", guidance_scale=7.5), 4, "7.5 times"),
        (Request(prompt="a frog", guidance_scale=1.0), 4, "only once"),
        (Request(prompt="a frog", scheduler="Heun"), 2, "Heun"),
        (Request(prompt="a frog", prompt_b="a rabbit", mix=0.5), 0, "mix of “a frog” and"),
        (Request(prompt=""), 0, "nothing in particular"),
        (Request(prompt="a frog"), 6, "levels off"),
    ],
)
def test_speaks_of_the_run_as_it_was(request_: Request, number: int, said: str) -> None:
    assert said in stops_of(RunNode(1, "A", request_, 50, state="finished"))[number].words


def test_without_a_run_it_makes_one_and_walks_to_the_end(studio: Studio, qtbot) -> None:
    window, sitting = studio.window, studio.sitting
    assert sitting.selected is None
    window.canvas.empty.tour.click()
    qtbot.waitUntil(lambda: sitting.selected is not None and not sitting.running)
    qtbot.waitUntil(lambda: sitting.playhead.step == 0)
    tour, card = window.tour, window.tour_card
    count = sitting.selected.count
    seen = []
    for number in range(8):
        assert tour.number == number
        assert card.isVisible()
        stop = tour.stops[number]
        assert card.words.text() == stop.words
        assert stop.title in card.next.accessibleDescription()
        assert sitting.playhead.step == round(stop.share * (count - 1))
        assert sitting.playhead.view == stop.view
        assert tour.frame.around is not None
        seen.append(card.height())
        card.next.click()
    assert tour.number is None
    assert not card.isVisible()
    assert len(set(seen)) == 1, "the strip keeps its height"
    assert sitting.playhead.following


@pytest.mark.parametrize("where", [0, 3, 7])
@pytest.mark.parametrize("how", ["key", "button"])
def test_can_be_left_at_any_point(studio: Studio, qtbot, where: int, how: str) -> None:
    window, sitting = studio.window, studio.sitting
    studio.run_to_end(qtbot)
    window.activateWindow()
    window.controls.focus_prompt()
    sitting.set_view("noise")
    window.actions_.tour.trigger()
    window.tour.go_by(where)
    assert window.tour.number == where
    if how == "key":
        QTest.keyClick(window.tour_card.next, Qt.Key.Key_Escape)
    else:
        window.tour_card.leave.click()
    assert window.tour.number is None
    assert not window.tour_card.isVisible()
    assert not window.tour.frame.isVisible()
    assert sitting.playhead.view == "noise"
    assert sitting.playhead.following
    assert [k.toString() for k in window.actions_.stop.shortcuts()] == ["Esc"]


def test_the_keyboard_goes_on_and_back(studio: Studio, qtbot) -> None:
    window = studio.window
    studio.run_to_end(qtbot)
    window.activateWindow()
    window.actions_.tour.trigger()
    assert window.focusWidget() is window.tour_card.next
    QTest.keyClick(window.tour_card.next, Qt.Key.Key_Space)
    assert window.tour.number == 1
    QTest.keyClick(window.tour_card.next, Qt.Key.Key_Right)
    assert window.tour.number == 2
    QTest.keyClick(window.tour_card.next, Qt.Key.Key_Left)
    QTest.keyClick(window.tour_card.next, Qt.Key.Key_Left)
    QTest.keyClick(window.tour_card.next, Qt.Key.Key_Left)
    assert window.tour.number == 0
    assert not window.tour_card.back.isEnabled()
    for button in (window.tour_card.next, window.tour_card.back, window.tour_card.leave):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_follows_a_branch_that_is_made_on_the_way(studio: Studio, qtbot) -> None:
    window, sitting = studio.window, studio.sitting
    studio.run_to_end(qtbot)
    window.actions_.tour.trigger()
    window.tour.go_by(4)
    sitting.change(guidance_scale=2.0)
    qtbot.waitUntil(lambda: not sitting.running)
    branch = sitting.selected.number
    assert "2 times" in window.tour.stops[4].words
    window.tour.go_by(1)
    assert sitting.playhead.run == branch
    assert window.tour.number == 5


def test_the_large_text_has_room(studio: Studio, qtbot) -> None:
    from sdstudio.ui import theme

    window = studio.window
    studio.run_to_end(qtbot)
    window.resize(1024, 700)
    window.actions_.tour.trigger()
    for percent in (100, 150, 200):
        theme.current().set_percent(percent)
        qtbot.wait(20)
        words = window.tour_card.words
        for number in range(8):
            window.tour.go_by(number - (window.tour.number or 0))
            assert words.heightForWidth(words.width()) <= words.height(), (percent, number)


def test_esc_leaves_the_tour_before_it_stops_a_run(studio: Studio, qtbot) -> None:
    window, sitting = studio.window, studio.sitting
    window.activateWindow()
    studio.sampler.gate.clear()
    window.actions_.tour.trigger()
    qtbot.waitUntil(lambda: sitting.selected is not None)
    qtbot.waitUntil(window.tour_card.isVisible)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.tour.number is None
    assert sitting.running
    QTest.keyClick(window, Qt.Key.Key_Escape)
    studio.sampler.gate.set()
    qtbot.waitUntil(lambda: not sitting.running)
    assert sitting.run.state == "stopped"


def test_a_request_that_cannot_run_starts_no_tour(studio: Studio, qtbot) -> None:
    window, sitting = studio.window, studio.sitting
    sitting.restore(Request(prompt="a frog", width=1000))
    assert sitting.problems
    window.actions_.tour.trigger()
    assert window.tour.number is None
    assert not window.tour_card.isVisible()


def test_the_tour_takes_the_place_of_a_comparison(studio: Studio, qtbot) -> None:
    window, sitting = studio.window, studio.sitting
    sitting.explore_mix(3)
    qtbot.waitUntil(lambda: not sitting.running)
    qtbot.waitUntil(lambda: window.runs.comparing)
    window.actions_.tour.trigger()
    assert not window.runs.comparing
    window.tour.go_by(2)
    qtbot.wait(20)
    assert not window.runs.comparing
    assert window.canvas.view.isVisible()
