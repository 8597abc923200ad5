"""Frames: their order, what shines through, and what moves from one to the next."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames
from sdstudio.session.drawing.frames_file import frames_from_bytes, frames_to_bytes
from sdstudio.session.drawing.onion import onion
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Tool
from sdstudio.session.drawing.tween import Motion, carried
from tests.session.drawing.hand import drawn, noise

WHOLE = Rect(0, 0, 200, 160)


def marked(shade: int) -> Drawing:
    drawing = Drawing(20, 20)
    drawing.write("paint", shade, 0, np.full((20, 1, 4), (shade, 0, 0, 255), np.uint8))
    return drawing


def order(frames: Frames, row: int = 0) -> list[int]:
    return [int(np.nonzero(frame.pixels("paint")[row, :, 3])[0][0]) for frame in frames]


def square(pixels: np.ndarray) -> tuple[float, float, float]:
    """Middle and area of what is opaque."""
    alpha = pixels[..., 3] / 255.0
    ys, xs = np.mgrid[: alpha.shape[0], : alpha.shape[1]] + 0.5
    return (xs * alpha).sum() / alpha.sum(), (ys * alpha).sum() / alpha.sum(), alpha.sum()


def test_frames_are_added_copied_moved_and_removed() -> None:
    frames = Frames([marked(1), marked(2), marked(3)])
    frames.select(1)
    copy = frames.duplicate()
    assert (order(frames), frames.index) == ([1, 2, 2, 3], 2)
    assert frames.current is copy
    copy.clear("paint")
    assert frames[1].pixels("paint").any()
    frames.remove()
    assert (order(frames), frames.index) == ([1, 2, 3], 2)
    frames.move(2, 0)
    assert (order(frames), frames.index) == ([3, 1, 2], 0)
    frames.move(2, 0)
    assert (order(frames), frames.index) == ([2, 3, 1], 1)
    frames.move(0, 99)
    assert (order(frames), frames.index) == ([3, 1, 2], 0)
    frames.select(99)
    frames.remove(0)
    assert (order(frames), frames.index) == ([1, 2], 1)
    frames.remove()
    frames.remove()
    assert order(frames) == [1]
    blank = frames.add()
    assert not blank.pixels("paint").any()
    assert frames.index == 1


def test_removing_an_earlier_frame_keeps_the_current_one() -> None:
    frames = Frames([marked(1), marked(2), marked(3)])
    frames.select(1)
    current = frames.current
    frames.remove(0)
    assert frames.current is current


def test_there_is_a_frame_and_not_too_many() -> None:
    for wrong in ([], [Drawing(1, 1)] * (MAX_FRAMES + 1)):
        with pytest.raises(ValueError, match="frames"):
            Frames(wrong)
    frames = Frames([Drawing(1, 1) for _ in range(MAX_FRAMES)])
    for more in (frames.add, frames.duplicate):
        with pytest.raises(ValueError, match="more than"):
            more()
    with pytest.raises(ValueError, match="more than"):
        frames.tween("paint", Rect(0, 0, 1, 1), Motion(), 1)
    assert len(frames) == MAX_FRAMES


def test_all_frames_grow_together() -> None:
    frames = Frames([marked(1), marked(2)])
    frames.resize_canvas(3, 0, 1, 2)
    assert {(frame.width, frame.height) for frame in frames} == {(24, 22)}
    assert order(frames) == [4, 5]


def test_where_one_frame_grows_the_others_grow_at_the_same_edges() -> None:
    frames = Frames([marked(1), marked(2), marked(3)])
    frames.select(1)
    with frames.current.one_step():
        frames.current.resize_canvas(5, 4, 3, 2)
        # Amid the step they are not of one size yet.
        assert onion(frames, 1, 1).shape == (26, 28, 3)
    assert {(frame.width, frame.height) for frame in frames} == {(28, 26)}
    assert order(frames, 9) == [6, 7, 8]
    # What shines through lies where it lay: 2 to the left, 2 to the right of the frame's own.
    assert np.flatnonzero(onion(frames, 1, 1)[9, :, 1] < 255).tolist() == [6, 7, 8]
    again = frames_from_bytes(frames_to_bytes(frames))
    assert order(again, 9) == [6, 7, 8]
    assert frames.undo()
    assert {frame.place for frame in frames} == {Rect(0, 0, 20, 20)}
    assert order(frames) == [1, 2, 3]
    assert frames.redo()
    assert {frame.place for frame in frames} == {Rect(-5, -4, 28, 26)}
    blank = frames.add()
    frames.current.resize_canvas(0, 0, 2, 0)
    assert {frame.place for frame in frames} == {Rect(-5, -4, 30, 26)}
    assert blank.place == frames[0].place
    assert order(again, 9) == [6, 7, 8]


def test_growing_keeps_no_pixels_for_undo() -> None:
    frames = Frames([marked(1), marked(2)])
    before = [frame.undo_bytes for frame in frames]
    frames[0].resize_canvas(400, 0, 0, 0)
    grown = [frame.undo_bytes for frame in frames]
    assert all(now - then < 1024 for now, then in zip(grown, before, strict=True))
    cut = frames[0]
    pixels = cut.pixels("paint").copy()
    assert frames.undo()
    assert frames.redo()
    assert np.array_equal(cut.pixels("paint"), pixels)


def test_files_of_uneven_frames_open_with_the_smaller_ones_grown() -> None:
    small, large = marked(1), marked(2)
    large.resize_canvas(0, 0, 8, 6)
    frames = Frames([small, large])
    assert {(frame.width, frame.height) for frame in frames} == {(28, 26)}
    assert order(frames) == [1, 2]


def test_neighbours_shine_through_below_the_paint() -> None:
    frames = Frames([marked(number) for number in (1, 2, 3, 4)])
    frames.select(2)
    plain = frames.current.composite()
    assert np.array_equal(onion(frames, 0, 0), plain)
    seen = onion(frames, 2, 1, strength=0.4)
    assert seen[5, 3].tolist() == [3, 0, 0]
    # Of a neighbour's dark red on white, its share; of the one beyond, half as much.
    assert seen[5, 2].tolist() == pytest.approx([154, 153, 153], abs=1)
    assert seen[5, 4].tolist() == pytest.approx([155, 153, 153], abs=1)
    assert seen[5, 1].tolist() == pytest.approx([204, 204, 204], abs=1)
    assert seen[5, 9].tolist() == [255, 255, 255]
    assert np.array_equal(
        onion(frames, 2, 1, rect=Rect(1, 2, 9, 9), strength=0.4), seen[2:11, 1:10]
    )


def test_tints_tell_before_from_after() -> None:
    frames = Frames([marked(number) for number in (1, 2, 3)])
    frames.select(1)
    seen = onion(frames, 1, 1, strength=1.0, tints=((255, 0, 0), (0, 0, 255)))
    assert seen[5, 1].tolist() == [128, 0, 0]
    assert seen[5, 3].tolist() == [1, 0, 127]
    assert frames[0].pixels("paint")[5, 1].tolist() == [1, 0, 0, 255]


def test_a_common_background_does_not_hide_what_shines_through() -> None:
    frames = Frames([marked(1), marked(2)])
    photo = noise(20, 20)
    photo[..., 3] = 255
    for frame in frames:
        frame.write("background", 0, 0, photo)
    frames.select(1)
    seen = onion(frames, 1, 0, strength=0.5)
    assert np.array_equal(seen[:, 3:], photo[:, 3:, :3])
    expected = photo[:, 1, :3] * 0.5 + np.array([1, 0, 0]) * 0.5
    assert np.abs(seen[:, 1] - expected).max() <= 1


def test_between_whole_pixels_nothing_is_resampled() -> None:
    frames = Frames([Drawing(200, 160)])
    piece = noise(30, 40)
    piece[piece[..., 3] == 0] = 0
    frames.current.write("paint", 10, 10, piece)
    frames.tween("paint", Rect(10, 10, 40, 30), Motion(dx=60, dy=-6), 3)
    assert (len(frames), frames.index) == (4, 3)
    for number in range(4):
        pixels = frames[number].pixels("paint")
        x, y = 10 + 20 * number, 10 - 2 * number
        assert np.array_equal(pixels[y : y + 30, x : x + 40], piece)
        assert pixels.astype(bool).sum() == piece.astype(bool).sum()
        assert frames[number].can_undo == (number == 0)


def test_what_moves_keeps_an_even_pace_grows_and_turns() -> None:
    frames = Frames([Drawing(200, 160)])
    tool = Tool(kind="rectangle", filled=True, colour=(0, 90, 0))
    drawn(frames.current, tool, (30, 50), (70, 70))
    motion = Motion(dx=70.5, dy=33.25, scale=2.25, angle=90)
    frames.tween("paint", Rect(25, 45, 50, 30), motion, 4)
    found = [square(frame.pixels("paint")) for frame in frames]
    for number, (x, y, area) in enumerate(found):
        share = number / 4
        assert x == pytest.approx(50 + 70.5 * share, abs=0.2)
        assert y == pytest.approx(60 + 33.25 * share, abs=0.2)
        assert area == pytest.approx(800 * 2.25 ** (2 * share), rel=0.02)
    last = frames[4].pixels("paint")[..., 3]
    rows, columns = last.max(1) > 127, last.max(0) > 127
    assert rows.sum() == pytest.approx(90, abs=1)
    assert columns.sum() == pytest.approx(45, abs=1)
    opaque = frames[2].pixels("paint")[frames[2].pixels("paint")[..., 3] == 255]
    assert (np.abs(opaque[:, :3].astype(int) - (0, 90, 0)) <= 1).all()


def test_what_shrinks_is_averaged_not_picked_from() -> None:
    checks = np.zeros((64, 64, 4), np.uint8)
    checks[..., 3] = 255
    checks[::2, ::2] = checks[1::2, 1::2] = 255
    place, pixels = carried(checks, Rect(20, 20, 64, 64), Motion(scale=0.25), WHOLE)
    assert pixels[..., 3].sum() / 255 == pytest.approx(256, rel=0.02)
    inner = pixels[4:-4, 4:-4, :3].astype(int)
    assert np.abs(inner - 128).max() <= 3
    assert place.x + place.width / 2 == 52


def test_a_turn_is_clockwise_and_about_the_middle() -> None:
    piece = np.zeros((21, 21, 4), np.uint8)
    piece[0:5, 8:13] = 255
    place, pixels = carried(piece, Rect(50, 50, 21, 21), Motion(angle=90), WHOLE)
    page = np.zeros((160, 200, 4), np.uint8)
    page[place.slices] = pixels
    x, y, _ = square(page)
    assert (x, y) == (pytest.approx(68.5, abs=0.3), pytest.approx(60.5, abs=0.3))


def test_masks_and_what_leaves_the_drawing() -> None:
    mask = np.full((20, 20), 255, np.uint8)
    place, pixels = carried(mask, Rect(10, 10, 20, 20), Motion(dx=3.5, angle=10), WHOLE)
    assert pixels.sum() / 255 == pytest.approx(400, rel=0.02)
    assert pixels.shape == (place.height, place.width)
    for motion in (Motion(dx=-500), Motion(dx=-500.5), Motion(dx=9999.5, scale=0.3)):
        place, pixels = carried(mask, Rect(10, 10, 20, 20), motion, WHOLE)
        assert place.is_empty
        assert pixels.size == 0
    frames = Frames([Drawing(60, 40)])
    frames.current.write("mask", 30, 10, mask)
    frames.tween("mask", Rect(30, 10, 20, 20), Motion(dx=20), 2)
    assert [int(frame.pixels("mask").sum() / 255) for frame in frames] == [400, 400, 200]
