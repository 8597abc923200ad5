"""What brushes and shapes leave on a layer, in figures."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.rect import EMPTY, Rect
from sdstudio.session.drawing.tools import KINDS, Point, Symmetry, Tool, Transform
from tests.session.drawing.hand import drawn

RED = (255, 0, 0)


def alpha(drawing: Drawing) -> np.ndarray:
    return drawing.pixels("paint")[..., 3].astype(int)


def distances(width: int, height: int, x: float, y: float) -> np.ndarray:
    ys, xs = np.mgrid[:height, :width] + 0.5
    return np.hypot(xs - x, ys - y)


def test_a_hard_dab_is_a_disc_of_its_size() -> None:
    drawing = drawn(Drawing(64, 64), Tool(size=40, hardness=1, colour=RED), (32, 32))
    far = distances(64, 64, 32, 32)
    assert (alpha(drawing)[far < 19.4] == 255).all()
    assert (alpha(drawing)[far > 20.6] == 0).all()
    assert alpha(drawing).sum() / 255 == pytest.approx(np.pi * 20**2, rel=0.005)
    assert (drawing.pixels("paint")[far < 19][:, :3] == RED).all()


def test_a_soft_dab_falls_off_beyond_its_hard_part() -> None:
    drawing = drawn(Drawing(64, 64), Tool(size=60, hardness=0.5), (32, 32))
    far, seen = distances(64, 64, 32, 32), alpha(drawing)
    assert (seen[far < 15] == 255).all()
    assert (seen[far > 31] == 0).all()
    half = seen[(far > 22.5) & (far < 23.5)]
    assert 100 < half.mean() < 155
    row = seen[32, 32:]
    assert (np.diff(row) <= 0).all()


def test_a_brush_of_one_pixel_fills_one_pixel() -> None:
    drawing = drawn(Drawing(9, 9), Tool(size=1, hardness=1), (4.5, 4.5))
    assert alpha(drawing)[4, 4] == 255
    assert alpha(drawing).sum() == 255


@pytest.mark.parametrize("speed", [1, 8, 100])
def test_the_way_is_covered_alike_however_fast_the_hand_is(speed: int) -> None:
    points = [(20 + x, 30 + x / 4) for x in range(0, 201, speed)]
    drawing = drawn(Drawing(240, 120), Tool(size=24, hardness=0.3), *points)
    slow = drawn(Drawing(240, 120), Tool(size=24, hardness=0.3), (20, 30), (220, 80))
    assert np.abs(alpha(drawing) - alpha(slow)).max() <= 1


def test_a_stroke_gets_no_denser_where_it_crosses_itself_but_two_strokes_do() -> None:
    tool = Tool(size=10, hardness=1, opacity=0.5, colour=RED)
    once = drawn(Drawing(50, 50), tool, (10, 25), (40, 25), (25, 10), (25, 40), (25, 10))
    assert set(np.unique(alpha(once)[20:30, 20:30])) == {128}
    twice = drawn(drawn(Drawing(50, 50), tool, (10, 25), (40, 25)), tool, (25, 10), (25, 40))
    assert alpha(twice)[25, 25] == pytest.approx(192, abs=1)
    assert alpha(twice)[25, 12] == 128


def test_pressure_thins_and_fades_only_where_asked() -> None:
    points = ((10, 20, 0.2), (90, 20, 1.0))
    plain = alpha(drawn(Drawing(100, 40), Tool(size=20, hardness=1), *points))
    thin = alpha(drawn(Drawing(100, 40), Tool(size=20, hardness=1, pressure_size=True), *points))
    faint = alpha(
        drawn(Drawing(100, 40), Tool(size=20, hardness=1, pressure_opacity=True), *points)
    )
    widths = [(image > 127).sum(0) for image in (plain, thin, faint)]
    assert widths[0][15] == widths[0][85] == 20
    assert widths[1][15] == pytest.approx(20 * 0.25, abs=1)
    assert widths[1][85] == pytest.approx(20 * 0.95, abs=1)
    assert faint[20, 50] == pytest.approx(255 * 0.6, abs=3)


def test_the_eraser_takes_alpha_and_leaves_the_colour() -> None:
    drawing = Drawing(60, 60)
    drawing.write("paint", 0, 0, np.full((60, 60, 4), (9, 99, 199, 255), np.uint8))
    drawn(drawing, Tool(kind="eraser", size=20, hardness=1, opacity=0.4), (30, 30))
    assert drawing.pixels("paint")[30, 30].tolist() == [9, 99, 199, 153]
    assert drawing.pixels("paint")[5, 5].tolist() == [9, 99, 199, 255]
    drawn(drawing, Tool(kind="eraser", size=20, hardness=1), (30, 30))
    assert drawing.composite()[30, 30].tolist() == [255, 255, 255]


def test_on_the_mask_a_brush_adds_and_an_eraser_takes_away_whatever_the_colour() -> None:
    drawing = Drawing(60, 60)
    drawn(drawing, Tool(size=30, hardness=1, colour=RED), (30, 30), layer="mask")
    assert drawing.pixels("mask")[30, 30] == 255
    assert drawing.pixels("mask").sum() / 255 == pytest.approx(np.pi * 15**2, rel=0.01)
    drawn(drawing, Tool(kind="eraser", size=10, hardness=1), (30, 30), layer="mask")
    assert drawing.pixels("mask")[30, 30] == 0
    assert drawing.pixels("mask")[30, 42] == 255
    assert (drawing.composite() == 255).all()


def test_shapes_follow_the_hand_and_leave_no_trace_of_where_they_were() -> None:
    drawing = Drawing(100, 100)
    before = drawing.composite()
    stroke = drawing.begin(Tool(kind="rectangle", size=4, hardness=1), "paint", Point(10, 10))
    stroke.move([Point(90, 90)])
    stroke.move([Point(50, 30)])
    stroke.end()
    seen = alpha(drawing)
    assert (seen[10, 10:50] == 255).all()
    assert (seen[30, 10:50] == 255).all()
    assert (seen[13:27, 13:47] == 0).all()
    assert (seen[34:] == 0).all()
    assert (seen[:, 54:] == 0).all()
    assert drawing.undo()
    assert np.array_equal(drawing.composite(), before)


def test_a_filled_rectangle_and_ellipse_have_their_areas() -> None:
    square = drawn(Drawing(100, 100), Tool(kind="rectangle", filled=True), (80, 70), (20, 30))
    assert (alpha(square)[30:70, 20:80] == 255).all()
    assert alpha(square).sum() == 255 * 40 * 60
    ellipse = drawn(Drawing(100, 100), Tool(kind="ellipse", filled=True), (10, 30), (90, 70))
    assert alpha(ellipse).sum() / 255 == pytest.approx(np.pi * 40 * 20, rel=0.01)
    assert alpha(ellipse)[32, 14] == 0


def test_an_outlined_ellipse_keeps_its_distance_from_the_middle() -> None:
    tool = Tool(kind="ellipse", size=6, hardness=1)
    seen = alpha(drawn(Drawing(200, 200), tool, (20, 20), (180, 180)))
    far = distances(200, 200, 100, 100)
    assert (seen[np.abs(far - 80) < 2.2] == 255).all()
    assert (seen[np.abs(far - 80) > 3.8] == 0).all()


def test_a_line_is_straight_from_the_first_point_to_the_last() -> None:
    tool = Tool(kind="line", size=5, hardness=1)
    bent = drawn(Drawing(80, 80), tool, (10, 10), (70, 12), (40, 75), (70, 40))
    straight = drawn(Drawing(80, 80), tool, (10, 10), (70, 40))
    assert np.array_equal(alpha(bent), alpha(straight))


@pytest.mark.parametrize(
    ("symmetry", "turned"),
    [
        (Symmetry.VERTICAL, [lambda a: a[:, ::-1]]),
        (Symmetry.HORIZONTAL, [lambda a: a[::-1]]),
        (Symmetry.BOTH, [lambda a: a[::-1], lambda a: a[:, ::-1], lambda a: a[::-1, ::-1]]),
        (Symmetry.rotational(4), [np.rot90, lambda a: np.rot90(a, 2)]),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_symmetries_look_the_same_from_each_side(
    symmetry: Symmetry, turned: list, kind: str
) -> None:
    tool = Tool(kind=kind, size=7, symmetry=symmetry)
    drawing = Drawing(90, 90)
    if kind == "eraser":
        drawing.write("paint", 0, 0, np.full((90, 90, 4), 255, np.uint8))
    drawn(drawing, tool, (20, 30), (31, 42), (12, 60))
    assert len(np.unique(alpha(drawing))) > 1
    for turn in turned:
        assert np.abs(turn(alpha(drawing)) - alpha(drawing)).max() <= 1


def test_five_folds_repeat_five_times() -> None:
    tool = Tool(size=8, hardness=1, symmetry=Symmetry.rotational(5))
    one = alpha(drawn(Drawing(120, 120), Tool(size=8, hardness=1), (60, 15))).sum()
    five = alpha(drawn(Drawing(120, 120), tool, (60, 15)))
    assert five.sum() == pytest.approx(5 * one, rel=0.01)
    for turn in range(5):
        place = Transform.turn(2 * np.pi * turn / 5, 60, 60)(Point(60, 15))
        assert five[int(place.y), int(place.x)] == 255


def test_strokes_outside_and_far_away_change_nothing_and_end() -> None:
    drawing = Drawing(40, 40)
    drawn(drawing, Tool(size=10), (-100, -100), (-1e9, 5e8))
    assert not drawing.can_undo
    drawn(drawing, Tool(size=10, hardness=1), (20, -1e5), (20, 1e5))
    assert (alpha(drawing)[:, 20] == 255).all()


def test_only_the_rectangle_that_is_told_changes() -> None:
    drawing = Drawing(256, 256)
    told: list[Rect] = []
    drawing.observe(told.append)
    stroke = drawing.begin(Tool(size=16), "paint", Point(50, 50))
    before = drawing.composite()
    told.clear()
    stroke.move([Point(60, 54), Point(70, 60)])
    changed = EMPTY
    for rect in told:
        changed = changed.joined(rect)
    after = drawing.composite()
    outside = np.ones((256, 256), bool)
    outside[changed.slices] = False
    assert np.array_equal(after[outside], before[outside])
    assert changed.width * changed.height < 60 * 60
    stroke.cancel()
    assert (alpha(drawing) == 0).all()
    assert not drawing.can_undo


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "spray"},
        {"size": 0},
        {"size": float("nan")},
        {"hardness": 1.1},
        {"opacity": -0.1},
        {"colour": (0, 0, 256)},
        {"colour": (0, 0)},
    ],
)
def test_tools_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Tool(**wrong)
    with pytest.raises(ValueError, match="folds"):
        Symmetry.rotational(1)
