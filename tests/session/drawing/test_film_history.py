"""Undo over a film: strokes and changes of the frames in the order in which they were done."""

from __future__ import annotations

import random

import numpy as np
import pytest

from sdstudio.session.drawing import film_history
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.drawing.tween import Motion


def painted(frame: Drawing, shade: int) -> None:
    frame.write("paint", 0, 0, np.full((2, 2, 4), (shade, 0, 0, 255), np.uint8))


def shades(frames: Frames) -> list[int]:
    return [int(frame.composite()[0, 0, 0]) for frame in frames]


def film(count: int = 3) -> Frames:
    frames = Frames([Drawing(8, 8) for _ in range(count)])
    for number, frame in enumerate(frames):
        painted(frame, number + 1)
        frame.forget_steps()
    return frames


def test_what_was_done_last_goes_first_whichever_frame_it_was_on() -> None:
    frames = film()
    painted(frames[0], 10)
    frames.select(2)
    painted(frames[2], 30)
    frames.duplicate()
    painted(frames[0], 11)
    frames.select(1)
    frames.move(0, 3)
    states = [(shades(frames), frames.index)]
    while frames.undo():
        states.append((shades(frames), frames.index))
    assert states == [
        ([2, 30, 30, 11], 0),
        # The frame that an undone step concerns is the current one.
        ([11, 2, 30, 30], 1),
        ([10, 2, 30, 30], 0),
        ([10, 2, 30], 2),
        ([10, 2, 3], 2),
        ([1, 2, 3], 0),
    ]
    assert not frames.can_undo
    again = []
    while frames.redo():
        again.append(shades(frames))
    assert again == [state for state, _ in reversed(states[:-1])]
    assert not frames.can_redo


def test_a_removed_frame_comes_back_with_its_steps() -> None:
    frames = film()
    frames.select(1)
    painted(frames.current, 20)
    gone = frames.current
    frames.remove()
    assert shades(frames) == [1, 3]
    frames.undo()
    assert frames.current is gone
    frames.undo()
    assert shades(frames) == [1, 2, 3]
    frames.redo()
    frames.redo()
    assert shades(frames) == [1, 3]


def test_a_new_step_leaves_nothing_to_do_again_on_any_frame() -> None:
    frames = film()
    painted(frames[0], 10)
    frames.add()
    painted(frames[2], 30)
    for _ in range(3):
        frames.undo()
    painted(frames[1], 20)
    assert not frames.can_redo
    assert not any(frame.can_redo for frame in frames)
    frames.undo()
    frames.redo()
    assert (shades(frames), frames.can_redo) == ([1, 20, 3], False)
    # The same where the new step is one of the order.
    frames.undo()
    frames.move(0, 2)
    assert not any(frame.can_redo for frame in frames)
    frames.undo()
    frames.redo()
    assert shades(frames) == [2, 3, 1]


def test_a_tween_is_one_step_and_what_changes_nothing_is_none() -> None:
    frames = film()
    frames.tween("paint", Rect(0, 0, 2, 2), Motion(dx=4), 5)
    assert len(frames) == 8
    frames.undo()
    assert (shades(frames), frames.can_undo) == ([1, 2, 3], False)
    frames.move(1, 1)
    assert not frames.can_undo
    assert frames.can_redo


def test_undo_amid_a_stroke_takes_that_stroke_back() -> None:
    frames = film()
    frames.add()
    frames.current.begin(Tool(size=4), "paint", Point(4, 4))
    assert frames.can_undo
    assert not frames.can_redo
    frames.undo()
    assert (len(frames), frames.current.is_being_drawn) == (4, False)
    frames.undo()
    assert len(frames) == 3


def test_all_frames_grow_and_shrink_in_one_step() -> None:
    frames = film()
    painted(frames[2], 30)
    frames[1].resize_canvas(4, 0, 0, 0)
    painted(frames[0], 10)
    frames.resize_canvas(0, 2, 0, 0)
    frames.undo()
    assert {frame.place for frame in frames} == {Rect(-4, 0, 12, 8)}
    frames.undo()
    frames.undo()
    assert {frame.place for frame in frames} == {Rect(0, 0, 8, 8)}
    assert shades(frames) == [1, 2, 30]
    for _ in range(3):
        assert frames.redo()
    assert {frame.place for frame in frames} == {Rect(-4, -2, 12, 10)}


def test_a_frame_taken_out_before_the_others_grew_comes_back_as_they_are() -> None:
    frames = film()
    gone = frames[1]
    frames.remove(1)
    frames[0].resize_canvas(4, 0, 0, 2)
    frames.insert(1, gone)
    assert {frame.place for frame in frames} == {Rect(-4, 0, 12, 10)}
    assert frames[1] is not gone
    assert frames[1].composite()[0, 4].tolist() == [2, 0, 0]
    for _ in range(3):
        frames.undo()
    assert frames[1] is gone
    assert {frame.place for frame in frames} == {Rect(0, 0, 8, 8)}


def test_frames_taken_out_keep_within_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    nbytes = 9 * 8 * 8
    monkeypatch.setattr(film_history.FilmHistory.__init__, "__defaults__", (3 * nbytes,))
    frames = film(9)
    for _ in range(6):
        frames.remove(0)
    while frames.undo():
        pass
    assert shades(frames) == [4, 5, 6, 7, 8, 9]


def test_whatever_is_done_to_a_film_undo_leads_back_and_redo_forth() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        frames = film()
        states = [shades(frames)]
        for number in range(30):
            index = rng.randrange(len(frames))
            frames.select(index)
            match rng.randrange(7):
                case 0:
                    frames.duplicate()
                case 1 if len(frames) > 1:
                    frames.remove()
                case 2 if len(frames) > 1:
                    frames.move(index, (index + 1) % len(frames))
                case 3:
                    frames.current.resize_canvas(0, 0, 1 + number % 2, 0)
                case _:
                    painted(frames.current, 50 + number)
            states.append(shades(frames))
            if rng.random() < 0.2:
                frames.undo()
                del states[-1]
                assert shades(frames) == states[-1]
        for state in reversed(states[:-1]):
            assert frames.undo()
            assert shades(frames) == state
        assert not frames.can_undo
        for state in states[1:]:
            assert frames.redo()
            assert shades(frames) == state
