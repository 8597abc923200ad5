from __future__ import annotations

import pytest

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.session.events import ModelCancelled, ModelFailed, ModelLoading, ModelReady
from sdstudio.session.model_watch import ModelWatch
from sdstudio.session.suggestion import suggestion
from tests.session.stage import Stage
from tests.session.standins import HandClock, facts

MISSING = (Problem.of("model_missing", name="x"),)


@pytest.fixture
def watch(clock: HandClock) -> ModelWatch:
    watch = ModelWatch(clock)
    watch.ask("builtin")
    watch.handle(ModelReady(facts()))
    return watch


def test_seconds_count_from_the_wish(watch: ModelWatch, clock: HandClock) -> None:
    assert not watch.is_loading
    assert watch.seconds == 0
    watch.ask("other")
    clock.pass_(2)
    watch.handle(ModelLoading("other", "weights", 0.5))
    clock.pass_(1)
    assert watch.is_loading
    assert watch.seconds == 3
    watch.handle(ModelReady(facts(source="other")))
    assert not watch.is_loading
    assert watch.seconds == 0


def test_a_faster_engine_ends_no_other_models_way(watch: ModelWatch) -> None:
    watch.ask("other")
    watch.handle(ModelLoading("builtin", "optimising", 0.9))
    assert watch.loading == ModelLoading("other", "imports")
    watch.handle(ModelReady(facts(engine="openvino"), swapped=True))
    assert watch.is_loading
    assert watch.facts is not None
    assert watch.facts.engine == "openvino"


def test_what_was_overtaken_says_nothing_more(watch: ModelWatch) -> None:
    watch.ask("slow")
    watch.ask("better")
    watch.handle(ModelLoading("slow", "weights"))
    watch.handle(ModelFailed("slow", MISSING))
    assert watch.asked == "better"
    assert watch.problems == ()
    watch.handle(ModelFailed("better", MISSING))
    assert (watch.failed, watch.problems) == ("better", MISSING)
    watch.ask("again")
    assert (watch.failed, watch.problems) == ("", ())


def test_a_faster_engine_takes_no_problem_back(watch: ModelWatch) -> None:
    watch.ask("other")
    watch.handle(ModelFailed("other", MISSING))
    watch.handle(ModelReady(facts(engine="openvino"), swapped=True))
    assert watch.problems == MISSING


def test_cancelling_lasts_until_the_sampler_has_heard(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.change(prompt="a castle")
    before, facts_before = sitting.request, sitting.facts
    sitting.load("other")
    sitting.cancel_load()
    assert sitting.model.cancelling
    assert stage.mailbox.take_model() is None
    sitting.handle(ModelCancelled())
    assert not sitting.model.cancelling
    assert sitting.model.given_up is not None
    assert sitting.model.given_up.source == "other"
    assert not sitting.model.is_loading
    assert sitting.model.problems == ()
    assert (sitting.request, sitting.facts) == (before, facts_before)
    sitting.undo()
    assert sitting.request.prompt == "a frog"


def test_cancelling_nothing_does_nothing(stage: Stage) -> None:
    stage.sitting.cancel_load()
    assert not stage.mailbox.take_cancelled_load()


def test_what_a_model_suggests_is_where_the_request_differs() -> None:
    best = facts()
    fitting = Request(steps=20, guidance_scale=5.0, scheduler="DPM++ 2M")
    assert suggestion(fitting, best) == {}
    assert suggestion(fitting, None) == {}
    other = Request(steps=20, guidance_scale=7.5, scheduler="DDIM", width=128, height=64)
    assert suggestion(other, best) == {
        "guidance_scale": 5.0,
        "scheduler": "DPM++ 2M",
        "width": None,
        "height": None,
    }
    same = Request(steps=20, guidance_scale=5.0, scheduler="DPM++ 2M", width=64, height=64)
    assert suggestion(same, best) == {}


def test_a_suggestion_is_made_by_another_model_and_used_in_one_step(stage: Stage) -> None:
    sitting = stage.sitting
    sitting.change(prompt="a castle", steps=33)
    assert sitting.suggestion == {}
    sitting.handle(ModelReady(facts(engine="openvino"), swapped=True))
    assert sitting.suggestion == {}
    turbo = facts(hash="turbo", steps=1, guidance_scale=1.0, scheduler="Euler a")
    sitting.handle(ModelReady(turbo))
    assert sitting.request.steps == 33
    assert sitting.suggestion == {"steps": 1, "guidance_scale": 1.0, "scheduler": "Euler a"}
    before = sitting.request
    sitting.use_suggestion()
    now = sitting.request
    assert (now.prompt, now.steps, now.guidance_scale) == ("a castle", 1, 1.0)
    assert sitting.suggestion == {}
    sitting.undo()
    assert sitting.request == before
