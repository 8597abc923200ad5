from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.controls import ControlsPanel
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.controls.sliders import specs

GUIDANCE = Scale(0, 30, 0.1, 1, decimals=1)
STEPS = Scale(1, 150, 1, 10, power=1.6)


def turn_wheel(widget: QWidget, notches: int = 1) -> None:
    """Turn the wheel over a widget as the window system would say it."""
    window = widget.window()
    place = widget.mapTo(window, widget.rect().center())
    QTest.wheelEvent(window.windowHandle(), QPointF(place), QPoint(0, 120 * notches))
    QApplication.processEvents()


@pytest.fixture
def row(qtbot: QtBot) -> SliderRow:
    theme.current()
    row = SliderRow("Guidance scale", GUIDANCE, most=100)
    row.edited.connect(row.show_value)
    row.resize(300, 80)
    qtbot.addWidget(row)
    row.show_value(7.5)
    row.show()
    return row


@pytest.mark.parametrize("scale", [spec.scale for spec in specs().values()])
@settings(deadline=None)
@given(share=st.floats(0, 1))
def test_positions_and_numbers_agree(scale: Scale, share: float) -> None:
    number = scale.number(share)
    assert scale.low <= number <= scale.high
    assert scale.snapped(number) == number
    assert scale.number(scale.position(number)) == number
    assert isinstance(number, float if scale.decimals else int)


def test_the_small_numbers_of_steps_get_the_room() -> None:
    assert STEPS.position(50) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("key", "number"),
    [
        (Qt.Key.Key_Right, 7.6),
        (Qt.Key.Key_Left, 7.4),
        (Qt.Key.Key_PageUp, 8.5),
        (Qt.Key.Key_PageDown, 6.5),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 30.0),
    ],
)
def test_keys_move_by_the_scales_own_steps(
    qtbot: QtBot, row: SliderRow, key: Qt.Key, number: float
) -> None:
    heard: list[float] = []
    row.edited.connect(heard.append)
    qtbot.keyClick(row.slider, key)
    assert heard == [number]
    assert row.slider.number == row.box.number == number


def test_keys_stop_at_the_ends(qtbot: QtBot, row: SliderRow) -> None:
    row.show_value(30.0)
    with qtbot.assertNotEmitted(row.edited):
        qtbot.keyClick(row.slider, Qt.Key.Key_Right)


def test_dragging_says_each_number_once(qtbot: QtBot, row: SliderRow) -> None:
    heard: list[float] = []
    row.edited.connect(heard.append)
    slider = row.slider
    y = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(40, y))
    for x in range(40, 240, 3):
        QTest.mouseMove(slider, QPoint(x, y))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(240, y))
    assert len(heard) > 20
    assert all(first != second for first, second in pairwise(heard))
    assert heard[1:] == sorted(heard[1:])


def test_a_click_in_the_groove_goes_there(qtbot: QtBot, row: SliderRow) -> None:
    qtbot.mouseClick(
        row.slider,
        Qt.MouseButton.LeftButton,
        pos=QPoint(row.slider.width() // 2, row.slider.height() // 2),
    )
    assert row.slider.number == pytest.approx(15.0, abs=0.2)


def test_showing_a_number_tells_nobody(qtbot: QtBot, row: SliderRow) -> None:
    with qtbot.assertNotEmitted(row.edited):
        row.show_value(3.3)


def test_a_number_beyond_the_slider_is_kept(qtbot: QtBot, row: SliderRow) -> None:
    row.show_value(80.0)
    assert row.box.number == 80.0
    assert row.slider.value() == row.slider.maximum()
    qtbot.keyClick(row.box, Qt.Key.Key_Up)
    assert row.box.number == 80.1
    qtbot.keyClick(row.slider, Qt.Key.Key_Left)
    assert row.slider.number == 30.0


def test_the_wheel_needs_the_focus(qtbot: QtBot, row: SliderRow) -> None:
    for widget in (row.slider, row.box):
        row.show_value(7.5)
        row.setFocus()
        widget.clearFocus()
        turn_wheel(widget)
        assert row.box.number == 7.5
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        turn_wheel(widget)
        assert row.box.number == 7.6


def test_the_wheel_over_any_control_scrolls_the_panel(
    qtbot: QtBot, panel: ControlsPanel, sitting: Sitting
) -> None:
    panel.window().resize(340, 500)
    bar = panel.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    before = sitting.request
    panel.prompts.prompt.edit.setFocus()
    controls = [row.slider for row in panel.sliders.values()]
    controls += [row.box for row in panel.sliders.values()]
    controls += [panel.seed.box, panel.scheduler.choice, panel.prompts.blend]
    controls += [*panel.size_row.boxes.values(), panel.prompts.mix.slider]
    for widget in controls:
        if not widget.isVisible():
            continue
        panel.ensureWidgetVisible(widget)
        before_turn = bar.value()
        turn_wheel(widget, -1 if before_turn < bar.maximum() else 1)
        assert bar.value() != before_turn, widget.accessibleName()
    assert sitting.request == before


def test_boxes_keep_their_width(row: SliderRow) -> None:
    width = row.box.width()
    for number in (0.0, 100.0, 7.5):
        row.show_value(number)
        assert row.box.width() == width


def test_the_box_shows_its_text_in_full(row: SliderRow) -> None:
    row.show_value(100.0)
    line = row.box.lineEdit()
    assert line.fontMetrics().horizontalAdvance(line.text()) < line.width()


@pytest.mark.parametrize("percent", [100, 200])
def test_raised_text_is_not_cut_off(qtbot: QtBot, panel: ControlsPanel, percent: int) -> None:
    look = theme.current()
    look.set_percent(percent)
    try:
        panel.more.set_open(True)
        qtbot.waitUntil(lambda: panel.width() >= panel.minimumSizeHint().width())
        assert panel.viewport().width() >= panel._body.minimumSizeHint().width()
        for row in panel.sliders.values():
            label = row.label
            assert label.width() >= label.sizeHint().width()
            line = row.box.lineEdit()
            assert line.fontMetrics().horizontalAdvance(line.text()) <= line.width()
        for box in panel.size_row.boxes.values():
            line = box.lineEdit()
            shown = line.text() or line.placeholderText()
            assert line.fontMetrics().horizontalAdvance(shown) <= line.width()
    finally:
        look.set_percent(100)
