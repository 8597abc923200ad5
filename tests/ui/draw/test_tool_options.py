from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from sdstudio.ui import theme
from sdstudio.ui.draw.hand import TOOLS, Hand
from sdstudio.ui.draw.tool_options import ToolOptions


@pytest.fixture
def options(qtbot) -> ToolOptions:
    theme.current()  # number boxes do not live without
    it = ToolOptions(Hand())
    qtbot.addWidget(it)
    it.show()
    return it


def children(options: ToolOptions) -> list[QWidget]:
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    found = options.findChildren(QWidget, options=direct)
    return [child for child in found if child.isVisible() and not child.isWindow()]


def lay_out(options: ToolOptions, width: int) -> None:
    # Until the sliders have settled at a length for this width.
    for _ in range(3):
        options.resize(width, options.heightForWidth(width))
        QApplication.processEvents()


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("tool", ["brush", "fill", "rectangle", "move"])
def test_nothing_is_cut_off_at_any_width(options: ToolOptions, percent: int, tool: str) -> None:
    theme.current().set_percent(percent)
    options._hand.take(tool)
    for width in (1200, 560, 320):
        lay_out(options, width)
        for child in children(options):
            assert child.geometry().right() < width
            assert child.geometry().bottom() < options.height()
            if not isinstance(child, QLabel):
                assert child.width() >= child.minimumSizeHint().width()


def test_sliders_shorten_before_a_second_line_begins(options: ToolOptions) -> None:
    lay_out(options, 1200)
    one_line = options.height()
    long = options.size_.slider.width()
    lay_out(options, 560)
    assert options.height() == one_line
    assert 0 < options.size_.slider.width() < long
    assert not options.hardness.slider.isVisible()
    lay_out(options, 240)
    assert options.height() > one_line


def test_the_line_is_as_high_for_every_tool(options: ToolOptions) -> None:
    heights = set()
    for tool in TOOLS:
        options._hand.take(tool)
        lay_out(options, 1200)
        heights.add(options.height())
    assert len(heights) == 1


def test_each_tool_shows_what_it_has(options: ToolOptions) -> None:
    hand = options._hand
    shown = {}
    for tool in ("brush", "fill", "rectangle", "eyedropper"):
        hand.take(tool)
        numbers = (options.size_, options.hardness, options.opacity, options.tolerance)
        shown[tool] = [not option.isHidden() for option in numbers]
    assert shown["brush"] == [True, True, True, False]
    assert shown["fill"] == [False, False, True, True]
    assert shown["rectangle"] == [False, False, True, False]
    assert shown["eyedropper"] == [False, False, False, False]
    hand.take("rectangle")
    options.filled.click()
    assert not options.size_.isHidden()


def test_numbers_go_both_ways(options: ToolOptions) -> None:
    hand = options._hand
    options.size_.box.edited.emit(40)
    options.hardness.slider.moved.emit(25)
    assert (hand.nib.size, hand.nib.hardness) == (40, 0.25)
    hand.change(opacity=0.5)
    assert options.opacity.box.number == 50
    options.size_.box.edited.emit(100_000)
    assert options.size_.box.number == hand.nib.size == 512
    options.size_.box.refused.emit("wide")
    assert options.size_.box.number == 512


def test_symmetry_and_pressure_are_chosen(options: ToolOptions) -> None:
    hand = options._hand
    options._symmetries["rotational"].trigger()
    assert hand.held.symmetry == "rotational"
    assert not options.folds.isHidden()
    options.folds.chosen.emit(8)
    assert hand.stroke_tool().symmetry.folds == 8
    assert "middle" in options.symmetry.toolTip()
    options._pressures["pressure_opacity"].trigger()
    assert hand.stroke_tool().pressure_opacity
