from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.engine.request import Edit
from sdstudio.session.events import Parent, StepNote
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.timeline import Timeline
from sdstudio.ui.timeline.film import Film, Row
from sdstudio.ui.timeline.strip import Strip
from tests.ui.timeline.stage import play, sitting


@pytest.fixture
def made() -> Sitting:
    """A finished run of ten steps and a branch from its fourth."""
    made = sitting()
    play(made, 1)
    play(made, 2, parent=Parent(1, 4), edit=Edit(step=4, guidance_scale=3.0))
    return made


@pytest.fixture
def timeline(qtbot, made: Sitting) -> Timeline:
    timeline = Timeline(made)
    qtbot.addWidget(timeline)
    timeline.resize(900, 240)
    timeline.show()
    timeline.strip.setFocus()
    timeline.refresh()
    return timeline


def point(timeline: Timeline, row: int, index: int) -> QPoint:
    geometry = timeline.strip.strip_geometry
    return QPoint(round(geometry.x(index + 0.5)), round(geometry.y(row) + 10))


def test_a_click_parks_on_the_step_below_it(timeline: Timeline, made: Sitting, qtbot) -> None:
    qtbot.mouseClick(timeline.strip, Qt.MouseButton.LeftButton, pos=point(timeline, 0, 6))
    assert (made.playhead.run, made.playhead.step) == (1, 6)
    assert not made.playhead.following
    qtbot.mouseClick(timeline.strip, Qt.MouseButton.LeftButton, pos=point(timeline, 1, 5))
    assert (made.playhead.run, made.playhead.step) == (2, 5)


def test_a_drag_stays_on_its_row(timeline: Timeline, made: Sitting, qtbot) -> None:
    strip = timeline.strip
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=point(timeline, 1, 8))
    seen = []
    for index in (7, 5, 2, 0):
        qtbot.mouseMove(strip, point(timeline, 0, index))
        seen.append((made.playhead.run, made.playhead.step))
    qtbot.mouseMove(strip, QPoint(1, 1))
    seen.append((made.playhead.run, made.playhead.step))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton)
    assert seen == [(2, 7), (2, 5), (2, 2), (2, 0), (2, 0)]
    qtbot.mouseMove(strip, point(timeline, 0, 9))
    assert made.playhead.step == 0


def test_keys_go_along_the_steps_and_between_the_rows(timeline, made: Sitting, qtbot) -> None:
    keys = Qt.Key
    seen = []
    for key in (
        keys.Key_Home, keys.Key_Left, keys.Key_Right, keys.Key_PageDown, keys.Key_Up,
        keys.Key_PageUp, keys.Key_End, keys.Key_Right, keys.Key_Down, keys.Key_Down,
    ):  # fmt: skip
        qtbot.keyClick(timeline.strip, key)
        timeline.refresh()
        seen.append((made.playhead.run, made.playhead.step))
    assert seen == [
        (2, 0), (2, 0), (2, 1), (2, 6), (1, 6), (1, 1), (1, 9), (1, 9), (2, 9), (2, 9),
    ]  # fmt: skip


def test_space_plays_once_to_the_end(timeline: Timeline, made: Sitting, qtbot) -> None:
    timeline.header.show_speed(100)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Home)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Space)
    assert timeline.playing
    assert "Pause" in timeline.actions_.play.toolTip()
    qtbot.waitUntil(lambda: not timeline.playing)
    assert (made.playhead.step, made.playhead.following) == (9, True)


def test_a_person_who_moves_the_playhead_ends_the_playing(timeline, made: Sitting, qtbot) -> None:
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Home)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Space)
    qtbot.keyClick(timeline.strip, Qt.Key.Key_Right)
    assert not timeline.playing


def test_the_strip_follows_the_sitting(timeline: Timeline, made: Sitting, qtbot) -> None:
    made.park(1, 3)
    qtbot.waitUntil(lambda: timeline.strip.place == (1, 3))
    made.set_view("noise")
    qtbot.waitUntil(lambda: timeline.header.view.currentData() == "noise")
    assert timeline.actions_.view_actions["noise"].isChecked()
    play(made, 3, steps=2)
    qtbot.waitUntil(lambda: timeline.strip.place == (3, 1))


def test_views_are_chosen_from_the_list_and_the_menu(timeline, made: Sitting) -> None:
    timeline.header.view.setCurrentIndex(1)
    timeline.header.view.activated.emit(1)
    assert made.playhead.view == "latents"
    timeline.actions_.view_actions["noise_difference"].trigger()
    assert made.playhead.view == "noise_difference"


def test_fresh_noise_branches_from_the_parked_step(timeline, made: Sitting, qtbot) -> None:
    assert not timeline.actions_.fresh_noise.isEnabled()
    made.park(1, 5)
    timeline.refresh()
    timeline.header.noise.click()
    order = made._mailbox.take_order()
    assert order is not None
    assert order.parent == Parent(1, 5)
    assert order.edits[-1].fresh_noise == timeline.header.noise.amount


def test_exploring_the_mix_needs_a_second_prompt(timeline, made: Sitting) -> None:
    made.change(prompt_b="")
    timeline.refresh()
    assert not timeline.actions_.explore_mix.isEnabled()
    made.change(prompt_b="a rabbit")
    timeline.refresh()
    timeline.actions_.explore_mix.trigger()
    order = made._mailbox.take_order()
    assert order is not None
    assert len(order.family) == timeline.header.mix.amount - 1


def test_the_sitting_knows_which_steps_are_in_sight(timeline: Timeline, made: Sitting) -> None:
    assert made._visible == range(10)
    timeline.resize(420, 240)
    timeline.strip.zoom(4)
    assert made._visible == timeline.strip.strip_geometry.visible
    assert len(made._visible) < 10


def test_ctrl_and_the_wheel_zoom_and_the_wheel_scrolls(timeline: Timeline, made) -> None:
    timeline.resize(420, 240)

    def turn(notches: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        place = QPointF(300, 100)
        event = QWheelEvent(
            place, place, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(timeline.strip, event)

    geometry = timeline.strip.strip_geometry
    turn(10, Qt.KeyboardModifier.ControlModifier)
    assert not geometry.fits
    turn(-20)
    assert geometry.left == geometry.most_left > 0
    turn(-30, Qt.KeyboardModifier.ControlModifier)
    assert geometry.fits


def test_screen_readers_find_a_slider_that_says_its_step(timeline, made: Sitting) -> None:
    made.park(2, 4)
    timeline.refresh()
    strip = timeline.strip
    face = QAccessible.queryAccessibleInterface(strip)
    assert face.role() == QAccessible.Role.Slider
    assert face.valueInterface().currentValue() == 5
    assert "A.1, step 5 of 10" in strip.accessibleDescription()
    assert "guidance 7.5 → 3" in strip.accessibleDescription()


def test_amounts_are_chosen_without_a_mouse(timeline, made: Sitting, qtbot, monkeypatch) -> None:
    made.park(1, 5)
    timeline.refresh()
    button = timeline.header.noise
    # The real one waits for an answer.
    monkeypatch.setattr(button, "showMenu", lambda: button.menu().actions()[0].trigger())
    qtbot.keyClick(button, Qt.Key.Key_Down)
    assert button.amount == 0.05
    assert button.accessibleName() == "Fresh noise 5 %"


def test_every_button_of_the_header_has_a_name(timeline: Timeline) -> None:
    header = timeline.header
    for widget in [*header._buttons, header.speed, header.view, header.noise, header.mix]:
        assert widget.accessibleName()
        assert widget.toolTip()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_shortcuts_of_the_timeline_are_nobody_elses(studio) -> None:
    taken = [
        keys.toString()
        for action in studio.window.actions_._window.findChildren(type(studio.window.actions_.undo))
        for keys in action.shortcuts()
    ]
    mine = [
        keys.toString()
        for action in studio.window.timeline.actions_.all
        if action is not None
        for keys in action.shortcuts()
    ]
    assert mine
    assert all(taken.count(keys) == 1 for keys in mine)


def test_a_thousand_steps_are_painted_in_parts(qtbot) -> None:
    looked: set[int] = set()

    def look(run: int, index: int) -> None:
        looked.add(index)

    strip = Strip(look)
    qtbot.addWidget(strip)
    strip.resize(1200, 200)
    steps = tuple(StepNote(index, 999 - index, 0.5, 0.03) for index in range(1000))
    strip.show_film(Film((Row(1, "A", "", 0, 1000, steps),)), 1, 500)
    strip.grab()
    assert len(looked) < 80
    looked.clear()
    strip.zoom(100)
    strip.grab()
    assert len(looked) < 80


def test_a_narrow_header_leaves_words_out_rather_than_cut_them(timeline, qtbot) -> None:
    header = timeline.header
    theme.current().set_percent(200)
    for width, wordy in ((1040, False), (2000, True)):
        timeline.resize(width, 300)
        qtbot.waitUntil(lambda width=width: header.width() == width)
        qtbot.wait(10)
        assert ("steps" in header.speed.currentText()) == wordy
        for widget in (header.speed, header.view, header.noise, header.mix):
            assert widget.width() >= widget.sizeHint().width()
            assert widget.geometry().right() < width


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_nothing_in_the_header_lies_on_something_else(
    qtbot, timeline: Timeline, percent: int
) -> None:
    theme.current().set_percent(percent)
    header = timeline.header

    def boxes() -> list[QRect]:
        children = header.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        shown = (child.geometry() for child in children if child.isVisible())
        return sorted(shown, key=lambda box: box.left())

    def is_tidy() -> bool:
        found = boxes()
        apart = all(a.right() < b.left() for a, b in pairwise(found))
        return apart and found[-1].right() <= header.width()

    for width in (2000, 900, 690, 0):
        timeline.resize(max(width, timeline.minimumSizeHint().width()), 400)
        qtbot.wait(100)
        assert is_tidy(), (boxes(), header.width(), header._needs, header._tier)
        assert header.noise.isVisible()
        assert header.view.isVisible()
    timeline.resize(3000, 400)
    qtbot.waitUntil(header.speed.isVisible)
    assert header.speed.itemText(0).endswith("steps/s")
    assert len(boxes()) == 9
