from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from sdstudio.ui.compare import ComparePage
from sdstudio.ui.compare.pair import parting
from sdstudio.ui.compare.stage import Side, Stage
from tests.ui.conftest import Studio
from tests.ui.runs.test_desk import branched, choose

__all__ = ["branched"]


@pytest.fixture
def page(branched: Studio, qtbot) -> ComparePage:
    """A compared with its branch A.1."""
    choose(branched, 1, 2)
    branched.window.actions_.runs.compare.trigger()
    page = branched.window.runs.compare_page
    qtbot.waitUntil(lambda: branched.sitting.distances(1, 2) is not None)
    qtbot.waitUntil(lambda: bool(page.pair.details.plot.points))
    return page


def test_two_runs_take_the_canvass_place_until_esc(branched: Studio, page, qtbot) -> None:
    canvas = branched.window.canvas
    assert page.isVisible()
    assert page.geometry() == canvas.rect()
    assert not canvas.view.isVisible()
    branched.window.resize(1100, 700)
    qtbot.waitUntil(lambda: page.geometry() == canvas.rect())
    qtbot.keyClick(page.pair.stage, Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert canvas.view.isVisible()


def test_esc_leaves_rather_than_stops(branched: Studio, page, qtbot) -> None:
    branched.sampler.gate.clear()
    branched.sitting.park(2, 6)
    branched.sitting.change(guidance_scale=9.0)
    qtbot.waitUntil(branched.window.actions_.stop.isEnabled)
    branched.window.runs.compare_page.compare(1, 2)
    qtbot.keyClick(page.pair.stage, Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert branched.sitting.running


def test_the_table_lists_what_differs(page: ComparePage) -> None:
    assert page.pair.details.table.rows == [("Guidance scale", "7.5", "7.5, from step 5 on 3")]


def test_the_plot_marks_where_they_part(page: ComparePage) -> None:
    details = page.pair.details
    steps, distances = details.plot.points[0]
    assert steps == tuple(range(1, 11))
    assert distances[0] == 0
    assert details.plot.mark == 2  # the test's sampler says they differ from step 2 on
    assert "step 2" in details.told.whole


def test_one_playhead_moves_both(branched: Studio, page: ComparePage, qtbot) -> None:
    stage = page.pair.stage
    captions = [side.caption for side in stage._sides]
    assert captions == ["A  ·  finished", "A.1  ·  finished"]
    qtbot.keyClick(stage, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: stage._sides[0].caption.startswith("A  ·  step 1 of 10"))
    assert stage._sides[1].caption.startswith("A.1  ·  step 1 of 10")
    assert np.array_equal(stage._sides[0].picture, branched.sampler.picture(0, 10))
    qtbot.keyClick(stage, Qt.Key.Key_Right)
    assert branched.sitting.playhead.step == 1
    qtbot.waitUntil(lambda: page.pair.details.plot.head == 2)
    page.pair.details.plot.pressed.emit(6.2)
    assert branched.sitting.playhead.step == 5


def test_swapping_changes_sides_and_table(page: ComparePage, qtbot) -> None:
    qtbot.keyClick(page.pair.stage, Qt.Key.Key_X)
    assert page.numbers == (2, 1)
    assert page.pair.details.table.rows == [("Guidance scale", "7.5, from step 5 on 3", "7.5")]


def test_modes_by_key_and_button(page: ComparePage, qtbot) -> None:
    stage = page.pair.stage
    qtbot.keyClick(stage, Qt.Key.Key_2)
    assert stage.mode == "wipe"
    assert page.header.modes["wipe"].isChecked()
    qtbot.mouseClick(page.header.modes["difference"], Qt.MouseButton.LeftButton)
    assert stage.mode == "difference"


def test_another_choice_is_compared_and_a_single_one_leaves(branched, page, qtbot) -> None:
    branched.window.generate()
    qtbot.waitUntil(lambda: not page.isVisible())
    qtbot.waitUntil(lambda: not branched.sitting.running)
    choose(branched, 1, 3)
    branched.window.actions_.runs.compare.trigger()
    assert set(page.numbers) == {1, 3}
    choose(branched, 1)
    assert not page.isVisible()


def test_deleting_one_of_the_two_leaves(branched: Studio, page: ComparePage, qtbot) -> None:
    branched.sitting.delete(2)
    qtbot.waitUntil(lambda: not page.isVisible())


def test_exploring_the_mix_shows_the_family(studio: Studio, qtbot) -> None:
    studio.sitting.explore_mix(5)
    qtbot.waitUntil(lambda: len(studio.sitting.tree) == 5 and not studio.sitting.running)
    page = studio.window.runs.compare_page
    qtbot.waitUntil(page.isVisible)
    qtbot.waitUntil(lambda: len(page.family.plot.points) == 2)
    tiles = page.family.row.tiles
    assert [tile.caption for tile in tiles] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    between, from_first = page.family.plot.points
    assert between[0] == (12.5, 37.5, 62.5, 87.5)
    assert from_first[0] == (0, 25, 50, 75, 100)
    qtbot.mouseClick(tiles[3], Qt.MouseButton.LeftButton)
    assert not page.isVisible()
    assert studio.sitting.playhead.run == page.family.numbers[3]


def test_the_wipe_shows_the_first_left_and_the_second_right_of_its_line(qtbot) -> None:
    stage = Stage()
    qtbot.addWidget(stage)
    stage.resize(400, 300)
    red, blue = (np.zeros((8, 8, 3), np.uint8) for _ in range(2))
    red[..., 0] = 255
    blue[..., 2] = 255
    stage.show_sides(Side(red, "A"), Side(blue, "B"))
    stage.set_mode("wipe")
    area = stage.areas()[0]
    image = stage.grab().toImage()
    left = QPoint(int(area.left() + 20), int(area.top() + 20))
    right = QPoint(int(area.right() - 20), int(area.top() + 20))
    assert image.pixelColor(left).red() == 255
    assert image.pixelColor(right).blue() == 255
    wiped = []
    stage.wiped.connect(wiped.append)
    qtbot.mousePress(stage, Qt.MouseButton.LeftButton, pos=QPoint(int(area.right()) - 2, 100))
    assert wiped[-1] > 0.95
    assert stage.grab().toImage().pixelColor(right).red() == 255


def test_equal_pictures_are_said_to_be_equal(qtbot) -> None:
    stage = Stage()
    qtbot.addWidget(stage)
    same = np.full((8, 8, 3), 9, np.uint8)
    stage.show_sides(Side(same, "A"), Side(same.copy(), "B"))
    stage.set_mode("difference")
    stage.grab()
    assert stage.mean_difference == 0


def test_where_runs_part() -> None:
    assert parting((0.0, 0.0, 0.1, 0.0)) == 2
    assert parting((0.0, 0.0)) is None
    assert parting(()) is None
