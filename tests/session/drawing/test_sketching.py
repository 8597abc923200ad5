"""A drawing is what the request starts from, and Live follows the pen with few runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.sketch import Covers
from sdstudio.session.drawing.sketching import Sketching
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.steering import Effect
from tests.session.stage import Stage
from tests.session.standins import HandClock

PEN = Tool("brush", size=6, colour=(200, 0, 0))


class Hand:
    """A hand that draws on a sheet of 64 x 64 pixels, and a timer that ticks for it."""

    def __init__(self, stage: Stage, clock: HandClock) -> None:
        self.stage = stage
        self.clock = clock
        self.drawing = Drawing(64, 64)
        self.sketching = Sketching(stage.sitting, clock)
        self.sketching.show(self.drawing)
        stage.sitting.change(strength=0.5, steps=40, prompt="a frog")

    def stroke(self, y: float, layer: str = "paint") -> None:
        """Draw a line across and lift the pen."""
        stroke = self.drawing.begin(PEN, layer, Point(8, y))
        stroke.move([Point(56, y)])
        stroke.end()
        self.sketching.stroke_ended()

    def wait(self, seconds: float) -> None:
        """Let time pass, and tick as a timer of whole milliseconds would."""
        while (due := self.sketching.due) is not None and due <= seconds:
            due = math.ceil(due * 1000) / 1000
            seconds -= due
            self.clock.pass_(due)
            self.sketching.tick()
        self.clock.pass_(seconds)

    def ordered(self):
        """The order that waits, None when there is none."""
        return self.stage.mailbox.take_order()

    def shown(self) -> np.ndarray:
        """The pixels that the request starts from."""
        return np.asarray(self.stage.sitting.request.image.image)


@pytest.fixture
def hand(stage: Stage, clock: HandClock) -> Hand:
    return Hand(stage, clock)


def test_the_request_starts_from_what_is_drawn(hand: Hand) -> None:
    assert hand.stage.sitting.request.image is None
    hand.sketching.begin()
    assert (hand.shown() == 255).all()
    assert hand.stage.sitting.request.width == 64
    hand.stroke(20)
    assert (hand.shown() == hand.drawing.composite()).all()
    assert hand.shown()[20, 30].tolist() == [200, 0, 0]
    assert hand.stage.sitting.request.mask is None


def test_coming_in_starts_nothing_and_is_no_step_of_undo(hand: Hand) -> None:
    sitting = hand.stage.sitting
    sitting.undo()
    could = sitting.can_undo
    hand.sketching.begin()
    hand.wait(2.0)
    assert hand.ordered() is None
    assert sitting.can_undo == could


def test_a_finished_stroke_is_tried_in_few_steps_and_refined_when_the_hand_rests(
    hand: Hand,
) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    order = hand.stage.order()
    # 16 steps at strength 0.5: eight network calls.
    assert (order.request.steps, order.live) == (16, True)
    assert order.request.image == hand.stage.sitting.request.image
    assert hand.stage.sitting.request.steps == 40
    assert hand.sketching.busy == "coarse"
    coarse = hand.stage.play(order)
    assert hand.sketching.busy == ""
    hand.wait(0.3)
    assert hand.ordered() is None
    hand.wait(0.11)
    fine = hand.stage.order()
    assert fine.request == hand.stage.sitting.request
    assert hand.sketching.busy == "fine"
    hand.stage.play(fine)
    hand.wait(5.0)
    assert hand.ordered() is None
    assert [node.number for node in hand.stage.sitting.tree.nodes] == [fine.run]
    assert coarse not in hand.stage.sitting.tree


def test_a_slow_coarse_run_is_waited_for(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    run = hand.stage.begin()
    hand.wait(10.0)
    assert hand.ordered() is None
    hand.stage.finish(run)
    hand.wait(0.0)
    assert hand.stage.order().request.steps == 40


def test_a_stopped_or_failed_trial_is_not_refined(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    run = hand.stage.begin()
    hand.stage.stopped(run, 2)
    hand.wait(10.0)
    assert hand.ordered() is None


def test_a_pause_inside_a_long_stroke_is_tried(hand: Hand) -> None:
    hand.sketching.begin()
    stroke = hand.drawing.begin(PEN, "paint", Point(8, 8))
    for step in range(10):
        hand.wait(0.05)
        stroke.move([Point(8 + step, 8)])
    assert hand.ordered() is None
    hand.wait(0.14)
    assert hand.ordered() is None
    hand.wait(0.02)
    assert hand.stage.order().request.steps == 16
    stroke.move([Point(50, 50)])
    stroke.end()
    hand.sketching.stroke_ended()
    assert hand.ordered() is not None


def test_the_latest_wins_and_strokes_leave_one_run_behind(hand: Hand) -> None:
    hand.sketching.begin()
    before = None
    for y in range(4, 60, 4):
        hand.stroke(y)
        order = hand.stage.order()
        if before is not None:
            hand.stage.stopped(before, 1, superseded=True)
        before = hand.stage.begin(order)
        hand.stage.step(before, 0)
        hand.wait(0.05)
    hand.stage.finish(before)
    hand.wait(0.5)
    hand.stage.play()
    assert len(hand.stage.sitting.tree.nodes) == 1


def test_each_rest_leaves_its_refined_run(hand: Hand) -> None:
    hand.sketching.begin()
    for y in (10, 20, 30):
        hand.stroke(y)
        hand.stage.play()
        hand.wait(0.5)
        hand.stage.play()
        hand.wait(0.0)
    nodes = hand.stage.sitting.tree.nodes
    assert [node.request.steps for node in nodes] == [40, 40, 40]
    assert len({node.request.image.sha256 for node in nodes}) == 3


def test_undoing_a_stroke_is_tried_too(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    hand.stage.play()
    hand.drawing.undo()
    hand.wait(0.2)
    order = hand.stage.order()
    assert (np.asarray(order.request.image.image) == 255).all()


def test_without_live_only_the_request_follows(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stage.sitting.set_live(False)
    hand.stroke(20)
    hand.wait(2.0)
    assert hand.ordered() is None
    assert (hand.shown() == hand.drawing.composite()).all()
    hand.drawing.undo()
    hand.wait(2.0)
    assert (hand.shown() == 255).all()


def test_generate_takes_the_drawing_of_this_moment_and_is_not_superseded(hand: Hand) -> None:
    hand.sketching.begin()
    hand.drawing.fill("paint", 5, 5, (0, 0, 255))
    hand.sketching.flush()
    hand.stage.sitting.generate()
    order = hand.stage.order()
    assert order.request.steps == 40
    assert not order.live
    assert np.asarray(order.request.image.image)[5, 5].tolist() == [0, 0, 255]
    hand.stage.begin(order)
    hand.wait(5.0)
    assert hand.ordered() is None


def test_a_coarse_run_leaves_for_generate(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    coarse = hand.stage.play()
    run = hand.stage.generate()
    assert [node.number for node in hand.stage.sitting.tree.nodes] == [run]
    assert coarse not in hand.stage.sitting.tree


def test_leaving_leaves_the_picture_and_gives_live_back(hand: Hand) -> None:
    sitting = hand.stage.sitting
    hand.sketching.begin()
    assert sitting.live
    hand.stroke(20)
    image = sitting.request.image
    hand.sketching.end()
    assert sitting.request.image == image
    assert not sitting.live
    # Now the picture is the controls' again.
    sitting.change(image=None)
    assert sitting.request.image is None
    hand.stroke(40)
    hand.wait(2.0)
    assert sitting.request.image is None


def test_live_turned_off_here_stays_off_here(hand: Hand) -> None:
    sitting = hand.stage.sitting
    hand.sketching.begin()
    sitting.set_live(False)
    hand.sketching.end()
    sitting.set_live(True)
    hand.sketching.begin()
    assert not sitting.live
    hand.sketching.end()
    assert sitting.live


def test_undo_and_selected_runs_leave_the_drawing_alone(hand: Hand) -> None:
    sitting = hand.stage.sitting
    run = hand.stage.generate()
    hand.sketching.begin()
    hand.stroke(20)
    image = sitting.request.image
    sitting.change(prompt="a rabbit")
    sitting.undo()
    assert (sitting.request.prompt, sitting.request.image) == ("a frog", image)
    sitting.change(prompt="a rabbit")
    sitting.select(run)
    assert (sitting.request.prompt, sitting.request.image) == ("a frog", image)


def test_a_moved_slider_is_made_from_the_drawing(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    hand.stage.play()
    assert hand.stage.sitting.change(guidance_scale=9.0) is Effect.RESTARTED
    order = hand.stage.order()
    assert order.request.steps == 40
    assert (np.asarray(order.request.image.image) == hand.drawing.composite()).all()


def test_no_control_says_next_run_while_a_coarse_run_goes(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    hand.stage.begin()
    assert hand.stage.sitting.pending == frozenset()


def test_a_picture_opened_beside_comes_onto_the_pad(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    blue = Picture.of(np.full((32, 64, 3), (0, 0, 250), np.uint8))
    hand.stage.sitting.change(image=blue)
    assert (hand.drawing.composite() == (0, 0, 250)).all()
    assert (hand.shown() == (0, 0, 250)).all()
    hand.drawing.undo()
    assert hand.drawing.composite()[20, 30].tolist() == [200, 0, 0]


def test_a_picture_taken_away_beside_comes_back(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stroke(20)
    hand.stage.sitting.change(image=None)
    assert (hand.shown() == hand.drawing.composite()).all()


def test_a_painted_mask_goes_with_the_request(hand: Hand) -> None:
    hand.sketching.begin()
    assert hand.sketching.covers is Covers.UNUSED
    hand.stroke(30, layer="mask")
    assert hand.sketching.covers is Covers.PART
    mask = np.asarray(hand.stage.sitting.request.mask.image)
    assert (mask == hand.drawing.pixels("mask")).all()
    hand.sketching.set_mask_use(invert=True)
    hand.wait(0.2)
    mask = np.asarray(hand.stage.sitting.request.mask.image)
    assert (mask == 255 - hand.drawing.pixels("mask")).all()


def test_a_mask_that_lets_nothing_change_is_not_used(hand: Hand) -> None:
    hand.sketching.begin()
    hand.drawing.write("mask", 0, 0, np.full((64, 64), 255, np.uint8))
    assert hand.sketching.covers is Covers.ALL
    hand.sketching.set_mask_use(invert=True)
    assert hand.sketching.covers is Covers.NOTHING
    hand.wait(0.2)
    assert hand.stage.sitting.request.mask is None


def test_a_size_chosen_beside_stays_until_the_drawing_gets_another(hand: Hand) -> None:
    hand.sketching.begin()
    hand.stage.sitting.change(width=128)
    hand.stroke(20)
    assert hand.stage.sitting.request.width == 128
    hand.drawing.resize_canvas(0, 0, 32, 0)
    hand.wait(0.2)
    assert hand.stage.sitting.request.width == 96


def test_a_drawing_of_an_odd_size_asks_for_one_that_can_be_made(hand: Hand) -> None:
    hand.sketching.show(Drawing(1, 400))
    hand.sketching.begin()
    request = hand.stage.sitting.request
    assert (request.width, request.height) == (32, 256)
    assert hand.stage.sitting.problems == ()


def test_too_weak_a_strength_tries_nothing_and_is_said(hand: Hand) -> None:
    hand.stage.sitting.change(strength=0.0)
    hand.sketching.begin()
    hand.stroke(20)
    hand.wait(2.0)
    assert hand.ordered() is None
    assert [problem.code for problem in hand.sketching.problems] == ["strength_too_low"]


def test_a_sketch_made_beside_is_used_only_while_it_is_shown(
    stage: Stage, clock: HandClock
) -> None:
    waiting = []
    sketching = Sketching(stage.sitting, clock, lambda make, done: waiting.append((make, done)))
    drawing = Drawing(64, 64)
    sketching.show(drawing)
    sketching.begin()
    drawing.fill("paint", 5, 5, (0, 0, 255))
    sketching.stroke_ended()
    assert stage.mailbox.take_order() is None
    make, done = waiting.pop()
    done(make())
    assert stage.order().request.steps < stage.sitting.request.steps
    drawing.fill("paint", 5, 5, (0, 255, 0))
    sketching.stroke_ended()
    sketching.end()
    make, done = waiting.pop()
    done(make())
    assert stage.mailbox.take_order() is None


def test_a_sketch_under_way_does_not_overtake_generate(stage: Stage, clock: HandClock) -> None:
    waiting = []
    sketching = Sketching(stage.sitting, clock, lambda make, done: waiting.append((make, done)))
    drawing = Drawing(64, 64)
    sketching.show(drawing)
    sketching.begin()
    drawing.fill("paint", 5, 5, (0, 0, 255))
    sketching.stroke_ended()
    assert sketching.preparing
    sketching.flush()
    assert not sketching.preparing
    stage.sitting.generate()
    order = stage.order()
    make, done = waiting.pop()
    done(make())
    assert stage.mailbox.take_order() is None
    assert order.request == stage.sitting.request
