"""Fields that a drawing holds, and runs that are asked for beside the controls."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import RequestError
from sdstudio.engine.request import Request
from sdstudio.session.steering import Effect
from tests.session.stage import Stage

GREY, WHITE = (Picture.of(np.full((8, 8, 3), value, np.uint8)) for value in (90, 255))


def test_held_fields_outlast_undo_and_restored_runs(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.change(seed=3)
    sitting.hold(image=GREY)
    sitting.undo()
    assert (sitting.request.seed, sitting.request.image) == (0, GREY)
    sitting.restore(Request(prompt="a rabbit", image=WHITE))
    assert (sitting.request.prompt, sitting.request.image) == ("a rabbit", GREY)
    sitting.release()
    sitting.restore(Request(prompt="a rabbit", image=WHITE))
    assert sitting.request.image == WHITE


def test_holding_starts_nothing_even_in_live(stage: Stage) -> None:
    stage.generate()
    stage.sitting.set_live(True)
    stage.sitting.hold(image=GREY)
    assert stage.mailbox.take_order() is None
    assert stage.heard[-1] == "request"


def test_a_control_takes_a_held_field_back(stage: Stage) -> None:
    stage.sitting.hold(image=GREY)
    assert stage.sitting.change(image=WHITE) is Effect.CHANGED
    stage.sitting.undo()
    stage.sitting.redo()
    assert stage.sitting.request.image == WHITE


def test_a_commissioned_run_leaves_the_controls_alone(stage: Stage) -> None:
    before = stage.sitting.request
    number = stage.sitting.commission(Request(prompt="a castle", steps=4))
    order = stage.order()
    assert (order.run, order.request.prompt, order.live) == (number, "a castle", False)
    stage.play(order)
    assert stage.sitting.request == before
    assert stage.labels() == ["A"]


def test_a_passing_run_leaves_when_the_next_begins(stage: Stage) -> None:
    passing = stage.sitting.commission(Request(steps=2), live=True, passing=True)
    stage.play()
    assert passing in stage.sitting.tree
    stage.sitting.generate()
    assert passing in stage.sitting.tree
    stage.begin()
    assert passing not in stage.sitting.tree


def test_a_passing_run_stays_when_the_next_never_comes(stage: Stage) -> None:
    passing = stage.sitting.commission(Request(steps=2), live=True, passing=True)
    stage.play()
    stage.sitting.generate()
    stage.sitting.stop()
    assert passing in stage.sitting.tree


def test_what_cannot_be_made_is_refused(stage: Stage) -> None:
    with pytest.raises(RequestError, match="width"):
        stage.sitting.commission(Request(width=4096))
    assert stage.mailbox.take_order() is None
