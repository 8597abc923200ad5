from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF

from sdstudio.ui.draw.sheet_view import SheetView


def view(angle: float = 0.0) -> SheetView:
    it = SheetView()
    it.set_room(QRectF(16, 16, 600, 400))
    it.set_size(200, 100)
    it.turn_to(angle)
    return it


def near(one: QPointF, other: QPointF, tolerance: float = 1e-6) -> bool:
    return abs(one.x() - other.x()) < tolerance and abs(one.y() - other.y()) < tolerance


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 135.0, -45.0])
def test_a_place_comes_back_whatever_the_view(angle: float) -> None:
    it = view(angle)
    it.zoom_by(2.7, QPointF(100, 90))
    it.pan(QPointF(13, -7))
    place = QPointF(37.25, 81.5)
    assert near(it.to_sheet(it.to_pad(place)), place)


@pytest.mark.parametrize("angle", [0.0, 30.0, 135.0])
def test_zooming_leaves_what_is_under_the_pointer(angle: float) -> None:
    it = view(angle)
    pointer = QPointF(250, 190)
    before = it.to_sheet(pointer)
    it.zoom_by(3.0, pointer)
    # The sheet lies on whole pixels of the screen.
    assert near(it.to_sheet(pointer), before, tolerance=1.5 / it.scale)


@pytest.mark.parametrize("angle", [0.0, 15.0, 45.0, 90.0, 160.0])
def test_a_turned_sheet_fits_and_could_not_be_larger(angle: float) -> None:
    it = view(angle)
    bounds = it.outline.boundingRect()
    assert it.room.adjusted(-1, -1, 1, 1).contains(bounds)
    spare = min(it.room.width() - bounds.width(), it.room.height() - bounds.height())
    assert spare < 2
    assert near(bounds.center(), it.room.center(), tolerance=1.0)


@pytest.mark.parametrize("angle", [0.0, 60.0])
def test_panning_moves_the_sheet_with_the_hand_even_where_it_fitted(angle: float) -> None:
    it = view(angle)
    place = it.to_sheet(QPointF(300, 200))
    it.pan(QPointF(24, -10))
    assert not it.fits
    assert near(it.to_pad(place), QPointF(324, 190), tolerance=1.5)


def test_angles_stay_within_half_a_turn_either_way() -> None:
    it = view()
    for _ in range(13):
        it.turn_by(15)
    assert it.angle == -165
    it.turn_to(-180)
    assert it.angle == 180


def test_a_rectangle_of_the_sheet_is_covered() -> None:
    it = view(30.0)
    rect = QRect(50, 20, 30, 40)
    covering = QRectF(it.rect_to_pad(rect))
    for corner in (rect.topLeft(), rect.bottomRight()):
        assert covering.contains(it.to_pad(QPointF(corner)))


def test_a_sheet_of_one_pixel_has_a_view() -> None:
    it = SheetView()
    it.set_room(QRectF(16, 16, 600, 400))
    it.set_size(1, 1)
    assert near(it.to_sheet(it.to_pad(QPointF(0.5, 0.5))), QPointF(0.5, 0.5))
