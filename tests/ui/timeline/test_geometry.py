from __future__ import annotations

import pytest

from sdstudio.session.events import StepNote
from sdstudio.ui.timeline.film import Row
from sdstudio.ui.timeline.frames import frames
from sdstudio.ui.timeline.geometry import Geometry


@pytest.fixture
def geometry() -> Geometry:
    geometry = Geometry()
    geometry.width, geometry.height = 1112.0, 200.0
    geometry.gutter, geometry.margin = 96.0, 16.0
    geometry.columns, geometry.rows = 50, 2
    return geometry


def test_a_run_fits_and_is_not_spread_wider_than_its_frames(geometry: Geometry) -> None:
    assert geometry.pitch == 20.0
    assert geometry.visible == range(50)
    assert geometry.most_left == 0
    geometry.columns = 10
    assert geometry.pitch == geometry.frame + 2


def test_every_step_has_its_own_pixels(geometry: Geometry) -> None:
    for index in range(50):
        assert geometry.index_at(geometry.x(index)) == index
        assert geometry.index_at(geometry.x(index + 0.99)) == index
    assert geometry.index_at(-1000) == 0
    assert geometry.index_at(1e6) == 49


def test_a_frame_of_a_very_long_run_stands_for_several_steps(geometry: Geometry) -> None:
    geometry.columns = 1000
    assert geometry.pitch == 1.0
    assert geometry.stride == 20
    row = Row(1, "A", "", 30, 1000, tuple(StepNote(i, 0, 0, 0) for i in range(995)))
    found = list(frames(geometry, row, 0, range(1000)))
    assert len(found) == 49
    assert found[0].place.left() == geometry.x(30)
    assert all(frame.place.width() >= 9 for frame in found)
    assert [found[0].step, found[-1].step] == [49, 994]
    assert [frame.step for frame in frames(geometry, row, 0, range(60, 80))] == [69, 89]


def test_zoom_keeps_the_step_below_the_pointer_and_ends_at_whole_frames(
    geometry: Geometry,
) -> None:
    about = geometry.x(30) + 5
    geometry.zoom(1.5, about)
    assert geometry.index_at(about) == 30
    geometry.zoom(100, about)
    assert geometry.pitch == geometry.frame + 2
    geometry.zoom(1e-3, about)
    assert geometry.fits
    assert geometry.left == 0


def test_showing_a_step_scrolls_just_far_enough(geometry: Geometry) -> None:
    geometry.zoom(10, geometry.gutter)
    geometry.show(0, 49)
    assert 49 in geometry.visible
    assert geometry.left == geometry.most_left
    left = geometry.left
    geometry.show(0, 45)
    assert geometry.left == left
    geometry.show(0, 0)
    assert geometry.left == 0


def test_rows_scroll_when_there_are_more_than_fit(geometry: Geometry) -> None:
    geometry.rows = 20
    geometry.show(19, 0)
    assert geometry.row_at(geometry.y(19) + 1) == 19
    assert geometry.y(19) + geometry.side <= geometry.height
    assert geometry.row_at(geometry.top - 1) is None


def test_the_ruler_numbers_steps_as_people_count(geometry: Geometry) -> None:
    assert geometry.ruler(30)[:3] == [2, 4, 6]
    assert geometry.ruler(60) == [1, *range(5, 51, 5)]
    geometry.columns = 3
    assert geometry.ruler(30) == [1, 2, 3]
