"""What panels ask, from the window's side to the sampler's and back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdstudio.engine import denoise, load_model
from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Request
from sdstudio.session import inquiries
from sdstudio.session.answers import LEAST, Answers, nbytes_of
from sdstudio.session.events import ModelReady, PictureMade, Place, RunFinished
from sdstudio.session.inquiries import KINDS, Answer, Inquiry, Kind
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.mailbox import Mailbox
from tests.session.fake_engine import FakeDenoise, Gate, Lab, Make
from tests.session.stage import Stage
from tests.session.standins import HandClock
from tests.tiny_models import save_tiny

HERE = __name__


@dataclass(frozen=True, eq=False)
class Told:
    array: np.ndarray
    name: str = ""


def told_step(model: Any, step: Any, *, factor: int = 1) -> float:
    return float(step.index * factor)


def told_steps(model: Any, steps: list[Any]) -> list[int]:
    return [step.index for step in steps]


def told_model(model: Any, *, word: str) -> str:
    return word + model.ref.name


def refused(model: Any, step: Any) -> None:
    raise StudioError(Problem.of("view_missing", "view", step=step.index))


class Slow:
    """An inquiry that goes on until it is told to end or finds that it should wait."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.gave_way = 0

    def __call__(self, model: Any, *, cancelled: Callable[[], bool], word: str = "") -> str:
        self.begun.release()
        while not self.may_end.wait(0.001):
            if cancelled():
                self.gave_way += 1
                raise Cancelled
        return word


slow = Slow()


def told_slowly(model: Any, *, cancelled: Callable[[], bool], word: str = "") -> str:
    return slow(model, cancelled=cancelled, word=word)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    global slow
    slow = Slow()
    for name, kind in {
        "step": Kind(f"{HERE}:told_step"),
        "steps": Kind(f"{HERE}:told_steps", "steps"),
        "model": Kind(f"{HERE}:told_model", "model"),
        "refused": Kind(f"{HERE}:refused"),
        "slow": Kind(f"{HERE}:told_slowly", "model", "network"),
    }.items():
        monkeypatch.setitem(inquiries.KINDS, name, kind)


@pytest.fixture
def lab(ready_lab: Make) -> Iterator[Make]:
    yield ready_lab
    slow.may_end.set()


def test_options_by_name_in_any_order_are_one_inquiry() -> None:
    assert Inquiry.of("step", 1, 2, a=1, b=2) == Inquiry.of("step", 1, 2, b=2, a=1)
    assert Inquiry.of("step", 1, 2, a=1).by_name["a"] == 1
    with pytest.raises(ValueError, match="nonsense"):
        Inquiry("nonsense")


def test_every_kind_names_a_function() -> None:
    for kind in KINDS.values():
        assert callable(kind.function)


def test_what_is_asked_about_model_step_and_steps(lab: Callable[..., Lab]) -> None:
    here = lab()
    here.mailbox.submit(Request(steps=4))
    here.until(RunFinished)
    asked = [
        Inquiry.of("step", 1, 3, factor=7),
        Inquiry.of("steps", 1, 1, until=3),
        Inquiry.of("steps", 1),
        Inquiry.of("model", word="of "),
    ]
    here.mailbox.inquire(asked)
    here.until(Answer, 4)
    answers = here.of(Answer)
    assert [a.inquiry for a in answers] == asked
    assert [a.value for a in answers] == [21.0, [1, 2], [0, 1, 2, 3], "of builtin"]


def test_what_fails_is_an_answer_with_its_problems(lab: Callable[..., Lab]) -> None:
    here = lab()
    here.mailbox.submit(Request(steps=2))
    here.until(RunFinished)
    here.mailbox.inquire([Inquiry.of("refused", 1, 1), Inquiry.of("step", 9, 0)])
    here.until(Answer, 2)
    codes = [answer.problems[0].code for answer in here.of(Answer)]
    assert codes == ["view_missing", "record_missing"]
    assert all(answer.value is None for answer in here.of(Answer))


def test_another_models_run_is_not_explained_by_this_one(lab: Callable[..., Lab]) -> None:
    here = lab()
    here.mailbox.submit(Request(steps=2))
    here.until(RunFinished)
    here.sampler.store.record(1).model["hash"] = "cd" * 32
    here.mailbox.inquire([Inquiry.of("step", 1, 0)])
    assert here.until(Answer).problems[0].code == "model_differs"


def test_cheap_ones_are_answered_between_the_calls_of_a_run(lab: Callable[..., Lab]) -> None:
    gate = Gate(3)
    here = lab(FakeDenoise(gate))
    here.mailbox.submit(Request(steps=5))
    assert gate.reached.wait(10)
    here.mailbox.inquire([Inquiry.of("slow", word="later"), Inquiry.of("step", 1, 2)])
    gate.open.set()
    assert here.until(Answer).value == 2.0
    here.until(RunFinished)
    kinds = [type(event) for event in here.events]
    assert kinds.index(Answer) < kinds.index(RunFinished)
    # The dear one has waited for the end.
    assert slow.begun.acquire(timeout=10)
    assert slow.gave_way == 0


def test_dear_ones_wait_for_the_run_and_give_way_to_pictures(lab: Callable[..., Lab]) -> None:
    here = lab()
    here.mailbox.submit(Request(steps=3))
    here.until(RunFinished)
    dear = Inquiry.of("slow", word="told")
    here.mailbox.inquire([dear])
    assert slow.begun.acquire(timeout=10)
    here.mailbox.want([Place(1, 2)])
    here.until(PictureMade)
    assert slow.gave_way == 1
    # It is begun again by itself.
    assert slow.begun.acquire(timeout=10)
    slow.may_end.set()
    assert here.until(Answer).value == "told"


def test_a_newer_run_and_a_newer_wish_end_a_dear_one(lab: Callable[..., Lab]) -> None:
    here = lab()
    here.mailbox.inquire([Inquiry.of("slow", word="old")])
    assert slow.begun.acquire(timeout=10)
    here.mailbox.submit(Request(steps=2))
    here.until(RunFinished)
    assert slow.begun.acquire(timeout=10)
    here.mailbox.inquire([Inquiry.of("slow", word="new")])
    assert slow.begun.acquire(timeout=10)
    slow.may_end.set()
    here.until(Answer)
    time.sleep(0.05)
    here.events += here.outbox.drain()
    assert [answer.value for answer in here.of(Answer)] == ["new"]


def test_asking_the_same_again_does_not_begin_it_anew(lab: Callable[..., Lab]) -> None:
    here = lab()
    dear = Inquiry.of("slow", word="once")
    here.mailbox.inquire([dear])
    assert slow.begun.acquire(timeout=10)
    for _ in range(20):
        here.mailbox.inquire([dear])
    slow.may_end.set()
    here.until(Answer)
    assert slow.gave_way == 0
    assert not slow.begun.acquire(timeout=0.05)


def test_a_sitting_keeps_answers_and_asks_once() -> None:
    stage = Stage(HandClock())
    stage.ready()
    asked = [Inquiry.of("step", 1, at) for at in range(3)]
    stage.sitting.inquire("panel", asked)
    assert stage.mailbox.take_inquiry() == asked[0]
    stage.mailbox.settle(answered=True)
    stage.heard.clear()
    stage.sitting.handle(Answer(asked[0], 5.0))
    assert stage.heard == ["answers"]
    assert stage.sitting.answers.value(asked[0]) == 5.0
    stage.sitting.inquire("panel", asked[:2])
    assert stage.mailbox.take_inquiry() == asked[1]
    stage.mailbox.settle(answered=True)
    assert stage.mailbox.take_inquiry() is None


def test_another_model_has_other_answers() -> None:
    stage = Stage(HandClock())
    stage.ready()
    asked = Inquiry.of("step", 1, 0)
    stage.sitting.inquire("panel", [asked])
    stage.mailbox.take_inquiry()
    stage.mailbox.settle(answered=True)
    stage.sitting.handle(Answer(asked, 5.0))
    stage.ready()
    assert stage.sitting.answers.get(asked) is None
    assert stage.mailbox.take_inquiry() == asked


def test_a_run_that_goes_takes_its_answers_along() -> None:
    stage = Stage(HandClock())
    stage.ready()
    first, second = stage.generate(), stage.generate()
    for run in (first, second):
        stage.sitting.handle(Answer(Inquiry.of("step", run, 0), float(run)))
    stage.sitting.forget(first)
    assert stage.sitting.answers.get(Inquiry.of("step", first, 0)) is None
    assert stage.sitting.answers.value(Inquiry.of("step", second, 0)) == second


def test_answers_stay_within_their_budget() -> None:
    array = np.zeros(1000, np.uint8)
    weight = nbytes_of(Told(array))
    assert weight == LEAST + 1000 + 8
    answers = Answers(Mailbox(), budget=3 * weight)
    asked = [Inquiry.of("step", 1, at) for at in range(5)]
    for inquiry in asked[:3]:
        answers.handle(Answer(inquiry, Told(array)))
    answers.get(asked[0])
    answers.handle(Answer(asked[3], Told(array)))
    assert [answers.get(each) is not None for each in asked] == [True, False, True, True, False]
    assert answers.nbytes == 3 * weight
    answers.handle(Answer(asked[3], Told(array)))
    assert answers.nbytes == 3 * weight


def test_with_the_real_engine_the_panels_estimate_is_the_runs(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "tiny")
    here = Lab(LocalSampler())
    try:
        here.mailbox.load(str(folder), "float32")
        here.until(ModelReady, seconds=120)
        request = Request(prompt="a frog", steps=4, seed=3, guidance_scale=4.0)
        here.mailbox.submit(request)
        here.until(RunFinished)
        here.mailbox.inquire(
            [Inquiry.of("guided", 1, 2, scale=4.0), Inquiry.of("numbers", 1, 0, until=4)]
        )
        here.until(Answer, 2)
    finally:
        here.close()
    guided, numbers = (answer.value for answer in here.of(Answer))
    model = load_model(folder, dtype=torch.float32, device="cpu")
    steps = list(denoise(model, request))
    assert np.array_equal(guided.x0, steps[2].x0[0].numpy())
    assert list(numbers.timestep) == [step.timestep for step in steps]
    assert (numbers.network > 0).all()
