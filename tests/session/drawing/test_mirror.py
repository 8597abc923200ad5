"""Copies that keep up with a drawing show what it shows, however little is copied at a time."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.drawing_file import sheet_bytes, to_bytes
from sdstudio.session.drawing.mirror import TILE, Mirror, Mirrors
from sdstudio.session.drawing.tools import Point, Tool
from tests.session.drawing.hand import drawn, noise

TILE_BYTES = TILE * TILE * (4 + 4 + 1)
SIDES = (700, 520)
"""Of a drawing of 3 x 3 tiles, those at the edges cut."""


@pytest.fixture
def drawing() -> Drawing:
    made = Drawing(*SIDES)
    made.write("background", 0, 0, noise(SIDES[1], SIDES[0]))
    made.set_opacity("paint", 0.5)
    return made


def test_a_mirror_shows_the_drawing_once_all_is_copied(drawing: Drawing) -> None:
    mirror = Mirror(drawing)
    assert not mirror.is_true
    assert mirror.follow() == SIDES[0] * SIDES[1] * 9
    assert mirror.is_true
    assert sheet_bytes(mirror.sheet()) == to_bytes(drawing)


def test_half_a_copy_is_not_given_away(drawing: Drawing) -> None:
    mirror = Mirror(drawing)
    mirror.follow(1)
    with pytest.raises(ValueError, match="not all"):
        mirror.sheet()


def test_a_turn_copies_no_more_than_asked_and_a_tile(drawing: Drawing) -> None:
    mirror = Mirror(drawing)
    most, turns = 2 * TILE_BYTES, 0
    while not mirror.is_true:
        assert 0 < mirror.follow(most) < most + TILE_BYTES
        turns += 1
    assert turns >= 3


def test_only_what_changed_is_copied_again(drawing: Drawing) -> None:
    mirror = Mirror(drawing)
    mirror.follow()
    drawn(drawing, Tool(size=4), (10, 10), (40, 20))
    assert mirror.follow() == TILE_BYTES
    assert sheet_bytes(mirror.sheet()) == to_bytes(drawing)
    assert mirror.follow() == 0


def test_a_mirror_keeps_up_with_a_hand_that_draws_meanwhile(drawing: Drawing) -> None:
    mirror = Mirror(drawing)
    random = np.random.default_rng(1)
    stroke = drawing.begin(Tool(size=30), "paint", Point(5, 5))
    for x, y in random.uniform((0, 0), SIDES, (40, 2)):
        stroke.move([Point(x, y)])
        mirror.follow(TILE_BYTES)
    stroke.cancel()
    drawing.undo()
    drawing.set_visible("paint", False)
    mirror.follow()
    sheet = mirror.sheet()
    assert sheet_bytes(sheet) == to_bytes(drawing)
    # Until the next turn it stays as it is, whatever the hand does.
    before = to_bytes(drawing)
    drawn(drawing, Tool(), (100, 100), (300, 300))
    assert sheet_bytes(sheet) == before != to_bytes(drawing)


def test_a_mirror_takes_another_size(drawing: Drawing) -> None:
    mirror = Mirror(drawing)
    mirror.follow()
    other = Drawing(300, 810)
    other.write("background", 0, 0, noise(810, 300, seed=2))
    drawing.become(other.snapshot())
    assert not mirror.is_true
    mirror.follow()
    assert sheet_bytes(mirror.sheet()) == to_bytes(other)


def test_mirrors_are_filled_one_after_another_and_dropped(drawing: Drawing) -> None:
    other = Drawing(*SIDES)
    mirrors = Mirrors()
    assert not mirrors.follow([drawing, other], 9 * TILE_BYTES)
    assert sheet_bytes(mirrors.sheet(drawing)) == to_bytes(drawing)
    assert mirrors.follow([other])
    assert sheet_bytes(mirrors.sheet(other)) == to_bytes(other)
    with pytest.raises(KeyError):
        mirrors.sheet(drawing)
    mirrors.close()
    with pytest.raises(KeyError):
        mirrors.sheet(other)
