from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdstudio import paths
from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session import local_sampler
from sdstudio.session.events import (
    ModelFailed,
    ModelLoading,
    ModelReady,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepTaken,
)
from tests.session.fake_engine import (
    BLOCKS,
    FakeDenoise,
    FakeModel,
    Gate,
    Make,
    fake_load,
)


def test_a_run_from_load_to_picture(lab: Make) -> None:
    here = lab()
    here.mailbox.load("builtin")
    run = here.mailbox.submit(Request(steps=3))
    finished = here.until(RunFinished)
    kinds = [type(event) for event in here.events]
    assert kinds == [ModelLoading] * 3 + [ModelReady, RunStarted] + [StepTaken] * 3 + [RunFinished]
    assert [event.stage for event in here.of(ModelLoading)] == ["imports", "weights", "check"]
    assert here.of(ModelReady)[0].facts.hash == "ab" * 5
    steps = here.of(StepTaken)
    assert [(step.run, step.index, step.count) for step in steps] == [
        (run, 0, 3),
        (run, 1, 3),
        (run, 2, 3),
    ]
    assert all(step.picture is not None and step.kind == "linear" for step in steps)
    assert finished.picture.shape == (16, 16, 3)
    assert here.sampler.store.numbers == (run,)
    assert len(here.sampler.store.steps(run)) == 3


def test_without_a_model_a_request_fails_by_name(lab: Make) -> None:
    here = lab()
    here.mailbox.submit(Request())
    assert here.until(RunFailed).problems == (Problem.of("no_model"),)


def test_newest_waiting_request_starts_when_the_model_is_ready(lab: Make) -> None:
    loading = Gate(0, 0)

    def load(*args: Any, **options: Any) -> Any:
        loading(0, 0)
        return fake_load(*args, **options)

    here = lab(load=load)
    here.mailbox.load("builtin")
    assert loading.reached.wait(20)
    here.mailbox.submit(Request(seed=1))
    last = here.mailbox.submit(Request(seed=2, steps=2))
    loading.open.set()
    here.until(RunFinished)
    assert [(event.run, event.request.seed) for event in here.of(RunStarted)] == [(last, 2)]


def test_a_failed_load_leaves_the_model_before(lab: Make) -> None:
    here = lab()
    here.mailbox.load("builtin")
    here.until(ModelReady)
    here.mailbox.load("missing")
    assert here.until(ModelFailed).problems == (Problem.of("model_missing", name="missing"),)
    here.mailbox.load("strange")
    (problem,) = here.until(ModelFailed, 2).problems
    assert problem.code == "unexpected"
    log = Path(problem.by_name["log"])
    assert log.parent == paths.log_dir()
    assert "nobody expected this" in log.read_text()
    here.mailbox.submit(Request(steps=1))
    here.until(RunFinished)


def test_steering_applies_from_the_next_step_and_is_recorded(lab: Make) -> None:
    gate = Gate(1)
    denoise = FakeDenoise(gate)
    here = lab(denoise)
    here.mailbox.load("builtin")
    here.mailbox.submit(Request(steps=4, guidance_scale=2.0))
    assert gate.reached.wait(20)
    here.mailbox.steer(Edit(guidance_scale=3.0, mix=0.0))
    here.mailbox.steer(Edit(guidance_scale=9.0))
    gate.open.set()
    finished = here.until(RunFinished)
    assert [request.guidance_scale for request in denoise.seen] == [2.0, 2.0, 9.0, 9.0]
    assert finished.edits == (Edit(step=2, guidance_scale=9.0),)
    assert [step.edit for step in here.of(StepTaken)] == [None, None, finished.edits[0], None]


def test_recorded_edits_are_made_again_and_can_be_overruled(lab: Make) -> None:
    gate = Gate(0)
    denoise = FakeDenoise(gate)
    here = lab(denoise)
    here.mailbox.load("builtin")
    recorded = (Edit(step=1, guidance_scale=3.0, mix=0.5), Edit(step=3, mix=1.0))
    here.mailbox.submit(Request(steps=4, guidance_scale=2.0), edits=recorded)
    assert gate.reached.wait(20)
    here.mailbox.steer(Edit(guidance_scale=9.0))
    gate.open.set()
    assert here.until(RunFinished).edits == (
        Edit(step=1, guidance_scale=9.0, mix=0.5),
        Edit(step=3, mix=1.0),
    )


def test_an_edit_that_changes_nothing_leaves_no_mark(lab: Make) -> None:
    gate = Gate(0)
    here = lab(FakeDenoise(gate))
    here.mailbox.load("builtin")
    here.mailbox.submit(Request(steps=2, guidance_scale=2.0))
    assert gate.reached.wait(20)
    here.mailbox.steer(Edit(guidance_scale=2.0))
    gate.open.set()
    assert here.until(RunFinished).edits == ()


def test_stop_ends_inside_the_network_and_decodes_nothing(lab: Make) -> None:
    gate = Gate(1, 2)
    denoise = FakeDenoise(gate)
    here = lab(denoise)
    here.mailbox.load("builtin")
    run = here.mailbox.submit(Request(steps=50))
    assert gate.reached.wait(20)
    here.mailbox.stop()
    gate.open.set()
    stopped = here.until(RunStopped)
    assert (stopped.run, stopped.steps, stopped.superseded) == (run, 1, False)
    # One whole step and the three blocks that had begun; not one more.
    assert denoise.blocks == BLOCKS + 3
    model: Any = here.sampler._model
    assert (model.previewed, model.decoded) == (1, 0)
    assert here.sampler.store.numbers == (run,)


def test_stop_before_the_start_begins_nothing(lab: Make) -> None:
    denoise = FakeDenoise()
    here = lab(denoise)
    here.mailbox.submit(Request())
    here.mailbox.stop()
    here.mailbox.load("builtin")
    here.until(ModelReady)
    here.mailbox.submit(Request(steps=1))
    here.until(RunFinished)
    assert denoise.blocks == BLOCKS


def test_a_superseded_live_run_is_not_kept_and_a_stopped_one_is(lab: Make) -> None:
    gate = Gate(1)
    here = lab(FakeDenoise(gate))
    here.mailbox.load("builtin")
    first = here.mailbox.submit(Request(steps=50), live=True)
    assert gate.reached.wait(20)
    second = here.mailbox.submit(Request(steps=2), live=True)
    gate.open.set()
    here.until(RunFinished)
    (stopped,) = here.of(RunStopped)
    assert (stopped.run, stopped.superseded) == (first, True)
    assert here.sampler.store.numbers == (second,)


def test_a_step_that_was_just_shown_is_not_followed_by_another(lab: Make) -> None:
    gate = Gate(1)
    denoise = FakeDenoise(gate)
    here = lab(denoise)
    here.mailbox.load("builtin")
    here.mailbox.submit(Request(steps=50), live=True)
    assert gate.reached.wait(20)
    second = here.mailbox.submit(Request(steps=1), live=True)
    gate.open.set()
    here.until(RunFinished)
    assert [(step.run == second, step.index) for step in here.of(StepTaken)] == [
        (False, 0),
        (True, 0),
    ]


def test_an_overdue_step_is_published_before_the_next_run(lab: Make, clock: Any) -> None:
    gate = Gate(1)

    def at_block(step: int, block: int) -> None:
        clock.pass_(0.01)
        gate(step, block)

    here = lab(FakeDenoise(at_block), clock=clock)
    here.mailbox.load("builtin")
    first = here.mailbox.submit(Request(steps=50), live=True)
    assert gate.reached.wait(20)
    clock.pass_(0.3)
    second = here.mailbox.submit(Request(steps=1), live=True)
    gate.open.set()
    here.until(RunFinished)
    taken = [(step.run, step.index, step.picture is not None) for step in here.of(StepTaken)]
    assert taken == [(first, 0, True), (first, 1, True), (second, 0, True)]


def test_a_slow_overdue_step_is_not_waited_for(lab: Make, clock: Any) -> None:
    gate = Gate(1)

    def at_block(step: int, block: int) -> None:
        clock.pass_(1.0)
        gate(step, block)

    here = lab(FakeDenoise(at_block), clock=clock)
    here.mailbox.load("builtin")
    first = here.mailbox.submit(Request(steps=50), live=True)
    assert gate.reached.wait(20)
    second = here.mailbox.submit(Request(steps=1), live=True)
    gate.open.set()
    here.until(RunFinished)
    assert [(step.run, step.index) for step in here.of(StepTaken)] == [(first, 0), (second, 0)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelError(Problem.of("not_finite", step=2, count=4)), "not_finite"),
        (MemoryError(), "out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"), "out_of_memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "out_of_memory"),
        (KeyError("surprise"), "unexpected"),
    ],
)
def test_failures_are_told_and_the_next_run_works(lab: Make, error: Exception, code: str) -> None:
    failing = [True]

    def at_block(step: int, block: int) -> None:
        if step == 2 and failing.pop():
            raise error

    denoise = FakeDenoise(lambda step, block: at_block(step, block) if failing else None)
    here = lab(denoise)
    here.mailbox.load("builtin")
    run = here.mailbox.submit(Request(steps=4))
    failed = here.until(RunFailed)
    assert failed.run == run
    assert [problem.code for problem in failed.problems] == [code]
    assert bool(failed.log) is (code == "unexpected")
    if failed.log:
        assert "surprise" in Path(failed.log).read_text()
    here.mailbox.submit(Request(steps=1))
    here.until(RunFinished)
    assert here.sampler.store.numbers == (run + 1,)


def test_a_request_the_model_refuses_never_starts(lab: Make) -> None:
    here = lab()
    here.mailbox.load("builtin")
    here.mailbox.submit(Request(width=100))
    (problem,) = here.until(RunFailed).problems
    assert (problem.code, problem.field) == ("not_a_multiple", "width")
    assert here.of(RunStarted) == []


def test_another_model_stops_the_run_and_the_newest_load_wins(lab: Make) -> None:
    gate = Gate(1)
    here = lab(FakeDenoise(gate))
    here.mailbox.load("first")
    here.mailbox.submit(Request(steps=50))
    assert gate.reached.wait(20)
    here.mailbox.load("second")
    here.mailbox.load("third", "float32")
    gate.open.set()
    here.until(ModelReady, 2)
    assert here.of(RunStopped)[0].superseded is False
    facts = [event.facts for event in here.of(ModelReady)]
    assert [(each.source, each.dtype) for each in facts] == [
        ("first", "bfloat16"),
        ("third", "float32"),
    ]


def test_closing_mid_run_and_mid_load(lab: Make) -> None:
    gate = Gate(0)
    denoise = FakeDenoise(gate)
    here = lab(denoise)
    here.mailbox.load("builtin")
    here.mailbox.submit(Request(steps=50))
    assert gate.reached.wait(20)
    here.mailbox.close()
    gate.open.set()
    here.close()
    assert denoise.blocks == 3

    loading = Gate(0, 0)

    def load(source: str, dtype: Any = None, *, progress: Any) -> Any:
        loading(0, 0)
        progress("weights", None)
        raise AssertionError("went on loading")

    other = lab(load=load)
    other.mailbox.load("builtin")
    assert loading.reached.wait(20)
    other.mailbox.close()
    loading.open.set()
    other.close()
    assert other.of(ModelFailed) == []


@pytest.fixture
def quick_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_sampler, "IDLE_SECONDS", 0.02)


@pytest.mark.usefixtures("quick_idle")
def test_optimises_when_idle_and_swaps_between_runs(lab: Make) -> None:
    gate = Gate(1)
    gate.open.set()
    here = lab(FakeDenoise(gate), optimise=True)
    here.mailbox.load("builtin")
    here.until(ModelReady)
    model: Any = here.sampler._model
    assert model.optimising.wait(20)
    gate.open.clear()
    here.mailbox.submit(Request(steps=3))
    assert gate.reached.wait(20)
    model.may_finish_optimising.set()
    time.sleep(0.05)
    assert model.engine == "torch"
    gate.open.set()
    ready = here.until(ModelReady, 2)
    assert ready.facts.engine == "openvino"
    kinds = [type(event) for event in here.events if not isinstance(event, ModelLoading)]
    assert kinds.index(RunFinished) < len(kinds) - 1 - kinds[::-1].index(ModelReady)


@pytest.mark.usefixtures("quick_idle")
def test_an_optimisation_that_brings_nothing_is_told_as_well(lab: Make) -> None:
    here = lab()
    here.mailbox.load("builtin")
    here.until(ModelReady)
    model: Any = here.sampler._model
    model.optimises_to = False
    model.may_finish_optimising.set()
    here.mailbox.optimise()
    assert here.until(ModelReady, 2).facts.engine == "torch"


@pytest.mark.usefixtures("quick_idle")
def test_the_exact_mode_is_never_optimised(lab: Make) -> None:
    here = lab(optimise=True)
    here.mailbox.load("builtin", "float32")
    here.until(ModelReady)
    model: Any = here.sampler._model
    assert not model.optimising.wait(0.2)


@pytest.mark.usefixtures("quick_idle")
def test_closing_does_not_wait_for_an_optimisation(lab: Make) -> None:
    class Stubborn(FakeModel):
        def optimise(self, progress: Callable[..., None]) -> bool:
            self.optimising.set()
            return self.may_finish_optimising.wait(60)

    models: list[Stubborn] = []

    def load(source: str, dtype: Any = None, *, progress: Any) -> Any:
        models.append(Stubborn(source, dtype))
        return models[-1]

    here = lab(load=load, optimise=True)
    here.mailbox.load("builtin")
    here.until(ModelReady)
    assert models[0].optimising.wait(20)
    here.close(seconds=20)
    models[0].may_finish_optimising.set()
