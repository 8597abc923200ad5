"""A run that failed for want of memory, asked for again with a setting that needs less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import (
    JobDone,
    JobFailed,
    ModelReady,
    Parent,
    RunFailed,
    RunFinished,
    StepTaken,
)
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.jobs import SpareMemory
from sdstudio.session.mailbox import Order
from tests.session.fake_engine import FakeDenoise, Lab, Make
from tests.session.stage import Stage
from tests.session.standins import facts

SHORT = (Problem.of("out_of_memory"),)


def short(stage: Stage, after: int = 2) -> Order:
    """The run that waits fails after so many steps."""
    order = stage.order()
    run = stage.begin(order)
    edits = {edit.step: edit for edit in order.edits}
    for index in range(order.parent.shared if order.parent else 0, after):
        stage.step(run, index, edits.get(index))
    stage.sitting.handle(RunFailed(run, SHORT))
    return order


def spare(stage: Stage) -> None:
    """The sampler does the job it was asked for, its first."""
    assert stage.jobs() == [SpareMemory()]
    stage.sitting.handle(JobDone(1))


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.sitting.handle(ModelReady(facts(thriftier="rows"), swapped=True))
    return stage


def test_the_same_request_is_asked_for_again(stage: Stage) -> None:
    stage.sitting.change(prompt="a castle", seed=5)
    stage.sitting.generate()
    assert stage.sitting.thriftier == ""
    order = short(stage)
    assert stage.sitting.thriftier == "rows"
    # What the controls say meanwhile is the next run's.
    stage.sitting.change(prompt="a cat")
    stage.sitting.retry_with_less_memory()
    stage.sitting.retry_with_less_memory()
    assert stage.mailbox.take_order() is None
    spare(stage)
    again = stage.order()
    assert again == replace(order, run=order.run + 1)
    assert stage.sitting.running
    assert stage.sitting.failure is None
    stage.play(again)
    assert stage.sitting.run is not None
    assert stage.sitting.run.finished
    assert stage.sitting.request.prompt == "a cat"


def test_nothing_is_asked_for_where_nothing_takes_less(stage: Stage) -> None:
    stage.sitting.generate()
    short(stage)
    stage.sitting.retry_with_less_memory()
    assert stage.jobs() == [SpareMemory()]
    stage.sitting.handle(JobFailed(1, (Problem.of("memory_spared_all"),)))
    assert stage.mailbox.take_order() is None
    stage.sitting.handle(ModelReady(facts(thriftier=""), swapped=True))
    stage.sitting.retry_with_less_memory()
    assert stage.jobs() == []


def test_another_failure_offers_nothing(stage: Stage) -> None:
    stage.sitting.generate()
    stage.sitting.handle(RunFailed(stage.begin(), (Problem.of("not_finite", step=1, count=4),)))
    stage.sitting.retry_with_less_memory()
    assert (stage.sitting.thriftier, stage.jobs()) == ("", [])


def test_what_was_asked_for_meanwhile_is_wanted_instead(stage: Stage) -> None:
    stage.sitting.generate()
    short(stage)
    stage.sitting.retry_with_less_memory()
    stage.sitting.change(prompt="a cat")
    stage.sitting.generate()
    newer = stage.order()
    spare(stage)
    assert stage.mailbox.take_order() is None
    assert newer.request.prompt == "a cat"


def test_a_branch_is_tried_again_from_where_it_grew(stage: Stage) -> None:
    parent = stage.generate()
    stage.sitting.park(parent, 1)
    stage.sitting.change(guidance_scale=3.0)
    order = short(stage, after=3)
    assert order.parent == Parent(parent, 1)
    stage.sitting.retry_with_less_memory()
    spare(stage)
    again = stage.order()
    assert again == replace(order, run=order.run + 1)
    stage.play(again)
    node = stage.sitting.tree.node(again.run)
    assert node is not None
    assert [step.index for step in node.steps] == [0, 1, 2, 3]


def test_what_was_steered_is_steered_again(stage: Stage) -> None:
    stage.sitting.generate()
    order = stage.order()
    run = stage.begin(order)
    edit = Edit(step=1, guidance_scale=3.0)
    stage.step(run, 0)
    stage.step(run, 1, edit)
    stage.sitting.handle(RunFailed(run, SHORT))
    stage.sitting.retry_with_less_memory()
    spare(stage)
    assert stage.order() == replace(order, run=run + 1, edits=(edit,))


def test_a_family_is_tried_again_whole(stage: Stage) -> None:
    stage.sitting.explore_mix(3)
    order = stage.order()
    stage.begin(order)
    for row in range(3):
        stage.sitting.handle(RunFailed(order.run + row, SHORT))
    stage.sitting.retry_with_less_memory()
    spare(stage)
    again = stage.order()
    assert again == replace(order, run=order.run + 3)
    assert stage.sitting.running


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes")]
)
def test_the_sampler_goes_down_rung_by_rung(ready_lab: Make, error: Exception) -> None:
    short_of = [True, True, True]

    def at_block(step: int, block: int) -> None:
        if step == 1 and short_of:
            short_of.pop()
            raise error

    here = ready_lab(FakeDenoise(at_block))
    told: list[Any] = []
    for number, rung in enumerate(("autoencoder", "rows", ""), start=1):
        here.mailbox.submit(Request(steps=2))
        assert here.until(RunFailed, number).problems == SHORT
        assert _facts(here).thriftier == rung
        here.mailbox.ask(SpareMemory())
        if rung:
            here.until(JobDone, number)
            told.append(here.until(ModelReady, 1 + number))
    (problem,) = here.until(JobFailed).problems
    assert problem.code == "memory_spared_all"
    assert all(event.swapped for event in told)
    assert [remark.by_name["reason"] for remark in _facts(here).remarks] == ["autoencoder", "rows"]
    here.mailbox.submit(Request(steps=2))
    here.until(RunFinished)
    assert [step.index for step in here.of(StepTaken)] == [0, 0, 0, 0, 1]


def _facts(here: Lab) -> Any:
    return here.of(ModelReady)[-1].facts


def test_what_a_panel_could_not_be_told_is_asked_again(stage: Stage) -> None:
    run = stage.generate()
    asked = [Inquiry.of("latents", run, 1), Inquiry.of("guidance", run, 1)]
    stage.sitting.inquire("panel", asked)
    other = (Problem.of("record_missing", number=run),)
    stage.sitting.handle(Answer(asked[0], None, SHORT))
    stage.sitting.handle(Answer(asked[1], None, other))
    assert stage.sitting.thriftier_for(SHORT) == "rows"
    assert stage.sitting.thriftier_for(other) == ""
    stage.sitting.answer_with_less_memory()
    stage.sitting.answer_with_less_memory()
    assert list(stage.mailbox._inquiries) != asked[:1]
    spare(stage)
    assert list(stage.mailbox._inquiries) == asked[:1]
    assert stage.sitting.answers.get(asked[1]) is not None


def test_a_panel_has_no_run_tried_again(stage: Stage) -> None:
    stage.sitting.generate()
    order = short(stage)
    stage.sitting.answer_with_less_memory()
    spare(stage)
    assert not stage.sitting.running
    assert stage.sitting.newest == order.run
