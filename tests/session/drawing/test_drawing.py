"""Layers, steps and undo of the drawing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.drawing_file import to_bytes
from sdstudio.session.drawing.fit import Fit
from sdstudio.session.drawing.layers import LAYERS
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point, Tool
from tests.session.drawing.hand import drawn, noise


def test_layers_lie_over_one_another_and_over_the_paper() -> None:
    drawing = Drawing(8, 8, (10, 20, 30))
    assert drawing.pick(3, 3) == (10, 20, 30)
    drawing.write("background", 0, 0, np.full((8, 8, 4), (100, 100, 100, 255), np.uint8))
    drawing.write("paint", 0, 0, np.full((8, 8, 4), (200, 0, 0, 51), np.uint8))
    assert drawing.pick(3, 3) == (120, 80, 80)
    drawing.set_opacity("paint", 0.5)
    assert drawing.pick(3, 3) == (110, 90, 90)
    drawing.set_visible("background", False)
    assert drawing.pick(3, 3) == (29, 18, 27)
    assert drawing.composite(layers=("background",))[0, 0].tolist() == [10, 20, 30]
    drawing.write("mask", 0, 0, np.full((8, 8), 255, np.uint8))
    assert drawing.pick(3, 3) == (29, 18, 27)
    drawing.set_paper((0, 0, 0))
    assert drawing.pick(3, 3) == (20, 0, 0)
    for _ in range(3):
        drawing.undo()
    assert drawing.pick(3, 3) == (110, 90, 90)


def test_a_part_of_the_composite_is_that_part_of_the_whole() -> None:
    drawing = Drawing(50, 40)
    drawing.write("background", 0, 0, noise(40, 50))
    drawing.write("paint", 0, 0, noise(40, 50, seed=1))
    whole = drawing.composite()
    assert np.array_equal(drawing.composite((7, 9, 20, 11)), whole[9:20, 7:27])
    assert np.array_equal(drawing.composite((40, 30, 99, 99)), whole[30:, 40:])
    assert drawing.composite((90, 90, 5, 5)).shape == (0, 0, 3)


def test_undo_and_redo_of_150_strokes_within_the_budget() -> None:
    budget = 24 << 20
    drawing = Drawing(512, 512, undo_budget=budget)
    drawing.write("background", 0, 0, noise(512, 512))
    drawing.forget_steps()
    random = np.random.default_rng(3)
    states = [to_bytes(drawing)]
    for number in range(150):
        ends = random.uniform(0, 512, (3, 2))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        layer = LAYERS[number % 3]
        drawn(drawing, Tool(size=20, colour=colour), *map(tuple, ends), layer=layer)
        states.append(to_bytes(drawing) if number % 10 == 9 else b"")
        assert drawing.undo_bytes <= budget
    for state in reversed(states[:-1]):
        assert drawing.undo()
        assert not state or to_bytes(drawing) == state
    assert not drawing.undo()
    for state in states[1:]:
        assert drawing.redo()
        assert not state or to_bytes(drawing) == state
    assert not drawing.redo()


def test_beyond_the_budget_the_oldest_steps_are_forgotten() -> None:
    drawing = Drawing(256, 256, undo_budget=1 << 20)
    for seed in range(10):
        drawing.write("background", 0, 0, noise(256, 256, seed=seed))
    assert drawing.undo_bytes <= 1 << 20
    undone = 0
    while drawing.undo():
        undone += 1
    assert 1 <= undone < 10
    assert np.array_equal(drawing.pixels("background"), noise(256, 256, seed=9 - undone))


def test_a_new_step_forgets_what_was_undone() -> None:
    drawing = drawn(Drawing(20, 20), Tool(), (3, 3))
    drawing.undo()
    assert drawing.can_redo
    drawn(drawing, Tool(), (9, 9))
    assert not drawing.can_redo


def test_undo_amid_a_stroke_takes_it_back_and_other_steps_end_it() -> None:
    drawing = Drawing(40, 40)
    stroke = drawing.begin(Tool(), "paint", Point(5, 5))
    assert drawing.can_undo
    assert not drawing.redo()
    assert drawing.undo()
    stroke.move([Point(30, 30)])
    assert not drawing.pixels("paint").any()
    stroke = drawing.begin(Tool(), "paint", Point(5, 5))
    drawing.set_opacity("paint", 0.3)
    assert not stroke.is_going
    drawing.undo()
    assert drawing.opacity["paint"] == 1
    assert drawing.pixels("paint").any()
    drawing.undo()
    assert not drawing.pixels("paint").any()


def test_a_group_is_one_step_even_with_another_size() -> None:
    drawing = drawn(Drawing(30, 20), Tool(), (9, 9))
    before = to_bytes(drawing)
    with drawing.one_step():
        drawing.resize_canvas(5, 0, 10, 40)
        with drawing.one_step():
            drawing.write("background", 0, 0, noise(60, 45))
            drawing.clear("paint")
        drawing.set_paper((1, 2, 3))
    after = to_bytes(drawing)
    drawing.undo()
    assert to_bytes(drawing) == before
    drawing.redo()
    assert to_bytes(drawing) == after
    drawing.undo()
    drawing.undo()
    assert not drawing.can_undo


def test_the_canvas_grows_and_shrinks_about_what_is_there() -> None:
    drawing = Drawing(20, 10)
    pixels = noise(10, 20)
    drawing.write("background", 0, 0, pixels)
    drawing.resize_canvas(4, 3, 2, 1)
    assert (drawing.width, drawing.height) == (26, 14)
    assert np.array_equal(drawing.pixels("background")[3:13, 4:24], pixels)
    assert drawing.pixels("background")[:, :4].sum() == 0
    drawing.resize_canvas(-6, -3, -7, -4)
    assert np.array_equal(drawing.pixels("background"), pixels[:7, 2:15])
    for wrong in ((-13, 0, 0, 0), (20_000, 0, 0, 0)):
        with pytest.raises(ValueError, match="drawing of"):
            drawing.resize_canvas(*wrong)
    assert (drawing.width, drawing.height) == (13, 7)


def test_fill_keeps_to_what_hangs_together_and_is_alike() -> None:
    drawing = Drawing(40, 30)
    drawn(drawing, Tool(kind="line", size=3, hardness=1), (20, -5), (20, 35))
    drawing.fill("paint", 3.7, 8.2, (0, 0, 255))
    seen = drawing.composite()
    assert (seen[:, :17] == (0, 0, 255)).all()
    assert (seen[:, 23:] == 255).all()
    drawing.undo()
    assert (drawing.composite()[:, :17] == 255).all()
    drawing.fill("paint", -1, 3, (9, 9, 9))
    drawing.fill("paint", 40, 3, (9, 9, 9))
    assert (drawing.composite()[:, :17] == 255).all()


def test_no_paper_shines_between_what_is_filled_and_the_edge_around_it() -> None:
    drawing = Drawing(60, 60)
    drawn(drawing, Tool(kind="ellipse", size=6, hardness=1), (10, 10), (50, 50))
    drawing.fill("paint", 30, 30, (200, 0, 0), 20)
    ys, xs = np.mgrid[:60, :60] + 0.5
    inner = drawing.composite()[np.hypot(xs - 30, ys - 30) < 20]
    assert inner[:, 1:].max() == 0
    outside = drawing.pixels("paint")[np.hypot(xs - 30, ys - 30) > 24.5]
    assert not outside.any()
    opaque = drawing.pixels("paint")[30, 10]
    assert opaque.tolist() == [0, 0, 0, 255]


def test_fill_obeys_its_tolerance_and_looks_where_it_is_told() -> None:
    ramp = np.zeros((4, 64, 4), np.uint8)
    ramp[..., 0] = np.arange(64)
    ramp[..., 3] = 255
    drawing = Drawing(64, 4)
    drawing.write("background", 0, 0, ramp)
    drawing.fill("paint", 20, 1, (255, 0, 0), tolerance=10)
    assert np.nonzero(drawing.pixels("paint")[1, :, 3])[0].tolist() == list(range(10, 31))
    drawing.clear("paint")
    drawing.fill("paint", 20, 1, (255, 0, 0), tolerance=0, of_layer=True)
    assert drawing.pixels("paint")[..., 3].min() == 255
    drawing.fill("mask", 20, 1, (0, 0, 0), tolerance=0)
    assert (drawing.pixels("mask") == 255).all()
    drawing.clear("paint")
    drawing.fill("paint", 0, 0, (0, 0, 0), tolerance=255, opacity=0.5)
    assert (drawing.pixels("paint")[..., 3] == 128).all()


def test_move_carries_a_rectangle_and_leaves_nothing() -> None:
    drawing = Drawing(40, 40)
    pixels = noise(40, 40)
    pixels[..., 3] = 255
    drawing.write("paint", 0, 0, pixels)
    drawing.move("paint", Rect(2, 3, 10, 8), 20, 25)
    moved = drawing.pixels("paint")
    assert np.array_equal(moved[28:36, 22:32], pixels[3:11, 2:12])
    assert not moved[3:11, 2:12].any()
    drawing.move("paint", Rect(22, 28, 10, 8), 15, 100)
    assert drawing.undo()
    assert drawing.undo()
    assert np.array_equal(drawing.pixels("paint"), pixels)


def test_a_moved_piece_lies_over_what_is_there() -> None:
    drawing = Drawing(30, 10)
    drawing.write("paint", 20, 0, np.full((10, 10, 4), (0, 0, 200, 255), np.uint8))
    half = np.full((10, 10, 4), (200, 0, 0, 255), np.uint8)
    half[:5, :, 3] = 0
    drawing.write("paint", 0, 0, half)
    drawing.move("paint", Rect(0, 0, 10, 10), 20, 0)
    assert drawing.pixels("paint")[2, 25].tolist() == [0, 0, 200, 255]
    assert drawing.pixels("paint")[7, 25].tolist() == [200, 0, 0, 255]


def test_every_change_is_told_and_counted_until_one_stops_to_listen() -> None:
    drawing = Drawing(32, 32)
    told: list[Rect] = []
    stop = drawing.observe(told.append)
    changes = (
        lambda: drawn(drawing, Tool(), (5, 5)),
        lambda: drawing.set_opacity("paint", 0.5),
        lambda: drawing.set_visible("mask", False),
        lambda: drawing.set_paper((3, 3, 3)),
        lambda: drawing.put(Picture.of(noise(8, 8, 3)), Fit.FITTED),
        lambda: drawing.resize_canvas(1, 1, 1, 1),
        drawing.undo,
        drawing.redo,
    )
    for change in changes:
        before, heard = drawing.version, len(told)
        change()
        assert drawing.version > before
        assert len(told) > heard
    before = drawing.version
    drawing.set_opacity("paint", 0.5)
    drawing.set_paper((3, 3, 3))
    drawing.clear("mask")
    assert drawing.version == before
    stop()
    stop()
    heard = len(told)
    drawing.clear("paint")
    assert len(told) == heard


def test_views_are_not_to_be_written_and_layers_are_three() -> None:
    drawing = Drawing(4, 4)
    with pytest.raises(ValueError, match="read-only"):
        drawing.pixels("paint")[0, 0] = 1
    with pytest.raises(TypeError):
        drawing.visible["paint"] = False  # type: ignore[index]
    for refuse in (drawing.pixels, drawing.clear, lambda name: drawing.set_visible(name, True)):
        with pytest.raises(ValueError, match="no layer 'sky'"):
            refuse("sky")
    for size in ((0, 4), (4, -1), (20_000, 4), (16_000, 16_000)):
        with pytest.raises(ValueError, match="drawing of"):
            Drawing(*size)


def test_a_copy_goes_its_own_way() -> None:
    drawing = drawn(Drawing(20, 20), Tool(), (5, 5))
    copy = drawing.copy()
    assert to_bytes(copy) == to_bytes(drawing)
    assert not copy.can_undo
    drawing.clear("paint")
    assert copy.pixels("paint").any()


def test_becoming_another_sheet_is_one_step() -> None:
    drawing = drawn(Drawing(20, 20), Tool(), (5, 5))
    before = to_bytes(drawing)
    other = drawn(Drawing(33, 12, (1, 2, 3)), Tool(), (9, 9))
    other.set_opacity("paint", 0.25)
    drawing.become(other.snapshot())
    assert to_bytes(drawing) == to_bytes(other)
    drawing.undo()
    assert to_bytes(drawing) == before
    drawing.redo()
    assert to_bytes(drawing) == to_bytes(other)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["brush", "eraser", "rectangle", "fill", "clear", "grow", "crop", "hide", "move"]
        ),
        st.sampled_from(LAYERS),
        st.integers(-10, 70),
        st.integers(-10, 70),
        st.integers(0, 255),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(STEPS)
def test_whatever_is_done_undo_leads_back_and_redo_forth(steps: list) -> None:
    drawing = Drawing(65, 50)
    states = [to_bytes(drawing)]
    for what, layer, x, y, shade in steps:
        colour = (shade, 255 - shade, shade // 2)
        if what in ("brush", "eraser", "rectangle"):
            tool = Tool(kind=what, size=1 + shade % 30, colour=colour, filled=shade > 99)
            drawn(drawing, tool, (x, y), (y, x), layer=layer)
        elif what == "fill":
            drawing.fill(layer, x, y, colour)
        elif what == "clear":
            drawing.clear(layer)
        elif what == "hide":
            with drawing.one_step():
                drawing.set_visible(layer, shade > 99)
                drawing.set_opacity(layer, shade / 255)
        elif what == "move":
            drawing.move(layer, Rect(x, y, 20, 30), y - x, shade % 20)
        elif what == "grow" or drawing.width > 20:
            by = shade % 9 if what == "grow" else -(shade % 9)
            drawing.resize_canvas(by, 0, 0, abs(by))
        states.append(to_bytes(drawing))
    end = states[-1]
    back = [end]
    while drawing.undo():
        back.append(to_bytes(drawing))
    assert back[-1] == states[0]
    # No step in between is one that never was.
    assert set(back) <= set(states)
    while drawing.redo():
        pass
    assert to_bytes(drawing) == end
