from __future__ import annotations

import json

import pytest

from sdstudio import paths
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import (
    ModelFailed,
    ModelLoading,
    ModelReady,
    RunFailed,
    RunStopped,
)
from sdstudio.session.mailbox import Mailbox, Verdict
from sdstudio.session.sitting import Effect, Sitting
from tests.session.stage import PICTURE, Stage
from tests.session.standins import HandClock, facts


def test_opens_on_frog_and_rabbit_and_takes_the_models_recommendation(clock: HandClock) -> None:
    stage = Stage(clock)
    request = stage.sitting.request
    assert (request.prompt, request.prompt_b, request.mix) == ("a frog", "a rabbit", 0.0)
    stage.ready()
    request = stage.sitting.request
    assert (request.steps, request.guidance_scale, request.scheduler) == (20, 5.0, "DPM++ 2M")
    assert not stage.sitting.can_undo


def test_a_touched_request_keeps_its_values_when_the_model_comes(clock: HandClock) -> None:
    stage = Stage(clock)
    stage.sitting.change(steps=33)
    stage.ready()
    assert stage.sitting.request.steps == 33
    assert stage.sitting.request.scheduler == "DDIM"


def test_a_run_asked_for_before_the_model_is_there_suits_it_too() -> None:
    sitting = Sitting(Mailbox())
    sitting.load("builtin")
    said = json.loads((paths.builtin_model() / "recommended.json").read_text())
    sitting.change(prompt="a swan")
    sitting.generate()
    request = sitting.request
    assert request.prompt == "a swan"
    assert (request.steps, request.guidance_scale) == (said["steps"], said["guidance_scale"])
    assert request.scheduler == said["scheduler"]


def test_of_a_model_elsewhere_nothing_is_foretold() -> None:
    sitting = Sitting(Mailbox())
    before = sitting.request
    sitting.load("owner/name")
    assert sitting.request == before


def test_idle_changes_only_the_request(stage: Stage) -> None:
    assert stage.sitting.change(guidance_scale=3.0) is Effect.CHANGED
    assert stage.sitting.change(guidance_scale=3.0) is Effect.UNCHANGED
    assert stage.mailbox.take_order() is None


def test_going_run_is_steered_or_the_next_run_changes(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.begin()
    stage.step(run, 0)
    assert sitting.change(guidance_scale=3.0, prompt="a rabbit") is Effect.STEERED
    assert stage.mailbox.take_edit(run) == Edit(guidance_scale=3.0, prompt="a rabbit")
    assert sitting.pending == frozenset()
    assert sitting.change(seed=9) is Effect.NEXT_RUN
    assert sitting.change(steps=30, mix=0.5) is Effect.STEERED
    assert stage.mailbox.take_edit(run) == Edit(mix=0.5)
    assert sitting.pending == {"seed", "steps"}
    assert stage.mailbox.take_order() is None
    assert stage.mailbox.verdict(run) is Verdict.GO_ON
    stage.finish(run)
    assert sitting.pending == frozenset()
    assert not sitting.running


def test_live_restarts_going_and_done_runs(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.set_live(True)
    first = stage.begin()
    assert sitting.change(guidance_scale=3.0) is Effect.RESTARTED
    assert stage.mailbox.verdict(first) is Verdict.SUPERSEDED
    stage.sitting.handle(RunStopped(first, 1, (), superseded=True))
    assert sitting.running
    second = stage.begin()
    stage.finish(second)
    assert not sitting.running
    assert sitting.change(steps=11) is Effect.RESTARTED
    assert sitting.undo() is Effect.RESTARTED
    order = stage.mailbox.take_order()
    assert order is not None
    assert order.live
    assert order.request.steps == 20


def test_turning_live_on_shows_the_request_once(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    stage.finish(stage.begin())
    sitting.set_live(True)
    assert stage.mailbox.take_order() is None
    sitting.set_live(False)
    sitting.change(seed=5)
    assert stage.mailbox.take_order() is None
    sitting.set_live(True)
    assert stage.mailbox.take_order() is not None
    assert stage.heard.count("live") == 3


def test_a_run_that_waits_for_its_model_takes_any_change(clock: HandClock) -> None:
    stage = Stage(clock)
    stage.sitting.load("builtin")
    stage.sitting.generate()
    assert stage.sitting.waiting
    assert stage.sitting.change(seed=77) is Effect.RESTARTED
    assert stage.sitting.pending == frozenset()
    order = stage.mailbox.take_order()
    assert order is not None
    assert order.request.seed == 77
    assert not order.live


def test_stopping_a_waiting_run_ends_it_at_once(clock: HandClock) -> None:
    stage = Stage(clock)
    run = stage.sitting.generate()
    stage.sitting.stop()
    assert not stage.sitting.running
    assert stage.mailbox.verdict(run) is Verdict.STOPPED


def test_errors_leave_everything_unchanged(stage: Stage) -> None:
    sitting = stage.sitting
    before = sitting.request
    stage.heard.clear()
    for changes, field in (
        ({"guidance_scale": float("nan")}, "guidance_scale"),
        ({"steps": 0}, "steps"),
        ({"width": 100}, "width"),
        ({"height": 4096}, "height"),
        ({"scheduler": "Magic"}, "scheduler"),
        ({"image": b"no picture"}, "image"),
    ):
        with pytest.raises(RequestError) as caught:
            sitting.change(**changes)
        assert [problem.field for problem in caught.value.problems] == [field]
        assert sitting.request is before
    assert not sitting.can_undo
    assert stage.heard == []


def test_what_the_model_refuses_is_refused_by_generate_alone(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.restore(Request(prompt="a frog", width=1024, height=1024))
    assert {problem.field for problem in sitting.problems} == {"width", "height"}
    with pytest.raises(RequestError):
        sitting.generate()
    assert not sitting.running
    assert sitting.change(width=64) is Effect.CHANGED
    assert sitting.change(height=64) is Effect.CHANGED
    sitting.generate()
    assert sitting.running


def test_a_drag_is_one_undo_and_a_pause_makes_two(stage: Stage) -> None:
    sitting = stage.sitting
    for value in (1.0, 2.0, 3.0):
        stage.clock.pass_(0.1)
        sitting.change(guidance_scale=value)
    stage.clock.pass_(5)
    sitting.change(guidance_scale=4.0)
    sitting.change(seed=3)
    sitting.undo()
    assert (sitting.request.guidance_scale, sitting.request.seed) == (4.0, 0)
    sitting.undo()
    assert sitting.request.guidance_scale == 3.0
    sitting.undo()
    assert sitting.request.guidance_scale == 5.0
    assert not sitting.can_undo
    assert sitting.undo() is Effect.UNCHANGED
    sitting.redo()
    sitting.redo()
    assert sitting.request.guidance_scale == 4.0
    sitting.change(seed=8)
    assert not sitting.can_redo


def test_restore_is_one_undo_step_even_amid_a_drag(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.change(prompt="a")
    sitting.restore(Request(prompt="b", seed=4))
    sitting.change(prompt="c")
    sitting.undo()
    assert (sitting.request.prompt, sitting.request.seed) == ("b", 4)
    sitting.undo()
    assert (sitting.request.prompt, sitting.request.seed) == ("a", 0)


def test_a_restored_run_is_made_again_with_its_edits(stage: Stage) -> None:
    sitting = stage.sitting
    edits = (Edit(step=2, mix=0.5),)
    sitting.restore(Request(prompt="a swan"), edits)
    assert sitting.recorded_edits == edits
    sitting.generate()
    order = stage.mailbox.take_order()
    assert order is not None
    assert order.edits == edits
    sitting.handle(RunStopped(order.run, 0, (), superseded=False))
    sitting.change(seed=5)
    assert sitting.recorded_edits == ()
    sitting.generate()
    order = stage.mailbox.take_order()
    assert order is not None
    assert order.edits == ()


def test_undo_steers_back_and_the_record_stays(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.begin()
    sitting.change(guidance_scale=3.0)
    edit = stage.mailbox.take_edit(run)
    assert edit is not None
    stage.step(run, 0, edit)
    assert sitting.undo() is Effect.STEERED
    assert stage.mailbox.take_edit(run) == Edit(guidance_scale=5.0)
    assert sitting.run is not None
    assert sitting.run.edits == (edit,)
    assert sitting.run.request_now.guidance_scale == 3.0


def test_run_view_follows_the_events(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.generate()
    run = stage.begin()
    assert sitting.run is not None
    assert sitting.run.seconds_left is None
    for index, seconds in enumerate((9.0, 0.5, 0.5)):
        stage.step(run, index, seconds=seconds)
    view = sitting.run
    assert (view.index, view.count, view.kind, view.noise_level) == (2, 4, "linear", 0.9)
    assert view.steps_per_second == pytest.approx(2.0)
    assert view.seconds_left == pytest.approx(0.5)
    assert view.progress == pytest.approx(0.75)
    stage.finish(run)
    view = sitting.run
    assert view.finished
    assert (view.kind, view.progress, view.seconds) == ("vae", 1.0, 2.0)
    assert view.seconds_left is None


def test_the_last_picture_stays_until_the_next_run_has_one(stage: Stage) -> None:
    stage.sitting.generate()
    stage.finish(stage.begin())
    stage.sitting.generate()
    stage.begin()
    assert stage.sitting.run is not None
    assert stage.sitting.run.picture is PICTURE


def test_failures_are_held_until_the_next_wish(stage: Stage) -> None:
    sitting = stage.sitting
    run = sitting.generate()
    stage.mailbox.take_order()
    failure = RunFailed(run, (Problem.of("out_of_memory"),))
    sitting.handle(failure)
    assert not sitting.running
    assert sitting.failure is failure
    sitting.generate()
    assert sitting.failure is None


def test_a_failed_model_keeps_the_one_before(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.load("elsewhere")
    sitting.handle(ModelLoading("elsewhere", "weights", 0.5))
    assert sitting.model.loading == ModelLoading("elsewhere", "weights", 0.5)
    sitting.handle(ModelFailed("elsewhere", (Problem.of("model_missing"),)))
    assert sitting.model.loading is None
    assert sitting.facts is not None
    assert sitting.facts.source == "builtin"
    assert sitting.model.problems == (Problem.of("model_missing"),)


def test_live_shows_the_request_on_another_model_but_not_on_a_faster_engine(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.set_live(True)
    stage.finish(stage.begin())
    sitting.handle(ModelReady(facts(engine="openvino")))
    assert stage.mailbox.take_order() is None
    sitting.handle(ModelReady(facts(hash="another")))
    assert stage.mailbox.take_order() is not None


def test_observing_can_end(stage: Stage) -> None:
    heard: list[str] = []
    end = stage.sitting.observe(heard.append)
    stage.sitting.change(seed=1)
    assert heard == ["request", "history"]
    end()
    stage.sitting.change(seed=2)
    assert heard == ["request", "history"]
