"""What the sampler does between the steps of a run, and while it has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sdstudio.engine.request import Edit, Request
from sdstudio.session.errands import Errands
from sdstudio.session.events import (
    Compared,
    JobDone,
    JobFailed,
    Parent,
    PictureMade,
    Place,
    RunFinished,
    RunStarted,
    RunStopped,
    StepTaken,
)
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.jobs import CompareRuns, ForgetRun
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_store import RunStore
from tests.session.fake_engine import BLOCKS, FakeDenoise, FakeModel, Gate, Lab, Make, fake_step
from tests.session.standins import HandClock


@pytest.fixture
def lab(ready_lab: Make) -> Make:
    return ready_lab


def finish(here: Lab, *args: Any, **options: Any) -> int:
    run = here.mailbox.submit(*args, **options)
    family = options.get("family", ())
    here.until(RunFinished, len(here.of(RunFinished)) + 1 + len(family))
    return run


def test_a_branch_tells_and_records_its_own_steps_only(lab: Make) -> None:
    denoise = FakeDenoise()
    here = lab(denoise)
    request = Request(steps=5)
    parent = finish(here, request, edits=(Edit(step=1, mix=0.5),))
    here.events.clear()
    blocks = denoise.blocks
    edits = (Edit(step=1, mix=0.5), Edit(step=3, guidance_scale=3.0, fresh_noise=0.4))
    child = here.mailbox.submit(request, edits=edits, parent=Parent(parent, 3))
    finished = here.until(RunFinished)
    assert denoise.blocks - blocks == 2 * BLOCKS
    assert denoise.replayed == 3
    (started,) = here.of(RunStarted)
    assert (started.run, started.parent, started.edits, started.family) == (
        child,
        Parent(parent, 3),
        edits[:1],
        None,
    )
    assert [(step.run, step.index, step.edit) for step in here.of(StepTaken)] == [
        (child, 3, edits[1]),
        (child, 4, None),
    ]
    assert finished.edits == edits
    store = here.sampler.store
    assert [step.index for step in store.record(child).steps] == [3, 4]
    assert [step.index for step in store.steps(child)] == list(range(5))


def test_a_branch_of_a_run_that_is_gone_fails_by_name(lab: Make) -> None:
    from sdstudio.session.events import RunFailed

    here = lab()
    here.mailbox.submit(Request(), parent=Parent(99, 2))
    assert [p.code for p in here.until(RunFailed).problems] == ["record_missing"]
    parent = finish(here, Request(steps=2))
    here.mailbox.submit(Request(steps=4), parent=Parent(parent, 3))
    assert [p.code for p in here.until(RunFailed, 2).problems] == ["record_missing"]


def test_an_edit_on_the_way_to_a_branch_waits_for_its_first_own_step(lab: Make) -> None:
    gate = Gate(2)
    here = lab(FakeDenoise(gate))
    gate.open.set()
    parent = finish(here, Request(steps=4, guidance_scale=2.0))
    gate.reached.clear()
    gate.open.clear()
    here.mailbox.submit(Request(steps=4, guidance_scale=2.0), parent=Parent(parent, 2))
    assert gate.reached.wait(20)
    here.mailbox.steer(Edit(fresh_noise=0.5, noise_seed=3))
    here.mailbox.steer(Edit(guidance_scale=4.0))
    gate.open.set()
    assert here.until(RunFinished, 2).edits == (
        Edit(step=3, guidance_scale=4.0, fresh_noise=0.5, noise_seed=3),
    )


def test_a_stopped_branch_says_how_many_steps_there_are(lab: Make) -> None:
    gate = Gate(3)
    here = lab(FakeDenoise(gate))
    gate.open.set()
    parent = finish(here, Request(steps=6))
    gate.reached.clear()
    gate.open.clear()
    child = here.mailbox.submit(Request(steps=6), parent=Parent(parent, 2))
    assert gate.reached.wait(20)
    here.mailbox.stop()
    gate.open.set()
    stopped = here.until(RunStopped)
    assert (stopped.run, stopped.steps) == (child, 3)
    assert len(here.sampler.store.steps(child)) == 3


def test_a_family_is_one_batch_of_many_runs(lab: Make) -> None:
    denoise = FakeDenoise()
    here = lab(denoise)
    stops = [Request(steps=3, mix=mix) for mix in (0.0, 0.5, 1.0)]
    run = finish(here, stops[0], family=stops[1:])
    assert denoise.blocks == 3 * BLOCKS
    numbers = [run, run + 1, run + 2]
    assert [(e.run, e.family, e.request) for e in here.of(RunStarted)] == [
        (number, run, request) for number, request in zip(numbers, stops, strict=True)
    ]
    assert [(e.run, e.index) for e in here.of(StepTaken)] == [
        (number, index) for index in range(3) for number in numbers
    ]
    assert all(step.picture is not None for step in here.of(StepTaken))
    assert [e.run for e in here.of(RunFinished)] == numbers
    assert here.sampler.store.numbers == tuple(numbers)
    assert here.mailbox.submit(Request(steps=1)) == run + 3
    here.mailbox.ask(CompareRuns(run, run + 2))
    # With noise and signal alike, x0 is (x - eps / sqrt 2) * sqrt 2.
    apart = 0.2 * (2**0.5 - 1)
    assert here.until(Compared).distances == pytest.approx([apart] * 3, rel=1e-4)


def test_a_stopped_family_stops_together(lab: Make) -> None:
    gate = Gate(1)
    here = lab(FakeDenoise(gate))
    run = here.mailbox.submit(Request(steps=5), family=[Request(steps=5, mix=1.0)])
    assert gate.reached.wait(20)
    here.mailbox.stop()
    gate.open.set()
    here.until(RunStopped, 2)
    assert [(e.run, e.steps) for e in here.of(RunStopped)] == [(run, 1), (run + 1, 1)]
    assert here.sampler.store.numbers == (run, run + 1)


def test_wanted_pictures_come_when_idle_and_newer_wants_replace_older(lab: Make) -> None:
    here = lab()
    run = finish(here, Request(steps=3))
    views = ("x0", "latents", "next_latents", "noise", "noise_cond", "noise_uncond")
    here.mailbox.want([Place(run, 1, view) for view in (*views, "noise_difference")])
    here.until(PictureMade, 7)
    assert [event.place.view for event in here.of(PictureMade)] == [*views, "noise_difference"]
    for event in here.of(PictureMade):
        assert event.picture.shape == (16, 16, 3)
        assert (event.kind, event.problems) == ("vae", ())


def test_what_cannot_be_shown_says_why(lab: Make) -> None:
    here = lab()
    run = finish(here, Request(steps=2))
    model: Any = here.sampler._model
    here.mailbox.want([Place(run, 7), Place(99, 0)])
    here.until(PictureMade, 2)
    model.ref.hash = "another"
    here.mailbox.want([Place(run, 0)])
    here.until(PictureMade, 3)
    assert [event.picture for event in here.of(PictureMade)] == [None] * 3
    assert [event.problems[0].code for event in here.of(PictureMade)] == [
        "record_missing",
        "record_missing",
        "model_differs",
    ]


def test_runs_are_compared_and_forgotten_one_job_after_the_other(lab: Make) -> None:
    here = lab()
    one = finish(here, Request(steps=3))
    other = finish(here, Request(steps=5))
    here.mailbox.ask(CompareRuns(one, other))
    here.mailbox.ask(ForgetRun(one))
    last = here.mailbox.ask(CompareRuns(one, other))
    failed = here.until(JobFailed)
    assert here.of(Compared)[0].distances == (0.0, 0.0, 0.0)
    assert [event.job for event in here.of(JobDone)] == [1, 2]
    assert failed.job == last
    assert here.of(Compared)[1].problems == failed.problems
    assert failed.problems[0].code == "record_missing"
    assert here.sampler.store.numbers == (other,)


class Bench:
    """Errands with a clock: each decode takes what the test says."""

    def __init__(self, tmp_path: Path, decode_seconds: float) -> None:
        self.clock = HandClock()
        self.mailbox, self.outbox = Mailbox(), Outbox()
        self.store = RunStore(folder=tmp_path)
        model: Any = FakeModel()
        self.store.begin(1, Request(), model.ref.to_dict())
        for index in range(9):
            self.store.add(fake_step(index, 9))
        self.store.keep("finished")

        def decode(latents: torch.Tensor, *requests: Request) -> np.ndarray:
            self.clock.pass_(decode_seconds)
            return np.zeros((1, 16, 16, 3), np.uint8)

        model.decode_array = decode
        self.errands = Errands(
            self.mailbox,
            self.outbox,
            self.store,
            Any,
            clock=self.clock,  # type: ignore[arg-type]
        )
        self.errands.model = model

    def after_step(self, seconds: float) -> int:
        """Pictures made after a step that took so long."""
        self.errands.between_calls(seconds, lambda: False)
        return len(self.outbox.drain())


def test_a_going_run_gives_a_quarter_of_its_time(tmp_path: Path) -> None:
    bench = Bench(tmp_path, decode_seconds=0.09)
    bench.mailbox.want([Place(1, index % 9) for index in range(99)])
    assert [bench.after_step(0.4) for _ in range(4)] == [1, 1, 1, 1]
    # Where one step cannot pay for a picture, several do.
    made = [bench.after_step(0.2) for _ in range(40)]
    assert set(made) == {0, 1}
    assert 0.8 * 0.25 < sum(made) * 0.09 / (40 * 0.2) <= 0.25 + 0.09 / 8


def test_fast_steps_give_the_time_of_a_frame(tmp_path: Path) -> None:
    bench = Bench(tmp_path, decode_seconds=0.004)
    bench.mailbox.want([Place(1, index) for index in range(9)])
    assert bench.after_step(0.001) >= 3
    assert bench.clock.now - 1000.0 <= 1 / 60 + 0.004


@pytest.mark.parametrize(("which", "share"), [("guided", 0.05), ("schedule", 0.01)])
def test_a_going_run_gives_inquiries_their_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str, share: float
) -> None:
    bench = Bench(tmp_path, decode_seconds=0.0)
    monkeypatch.setattr(
        "sdstudio.session.errands.answer", lambda *args: bench.clock.pass_(0.012) or "told"
    )
    steps, told = 2000, 0
    for number in range(steps):
        bench.mailbox.inquire([Inquiry.of(which, 1, number)])
        told += bench.after_step(0.03)
    assert told * 0.012 / (steps * 0.03) == pytest.approx(share, rel=0.05)


def test_a_panel_takes_nothing_from_wanted_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, decode_seconds=0.09)
    monkeypatch.setattr("sdstudio.session.errands.answer", lambda *args: bench.clock.pass_(3.0))
    bench.mailbox.want([Place(1, index) for index in range(4)])
    bench.mailbox.inquire([Inquiry.of("schedule", 1, index) for index in range(4)])
    made = []
    for _ in range(4):
        bench.errands.between_calls(0.4, lambda: False)
        made.append([type(event) for event in bench.outbox.drain()])
    assert made == [[PictureMade, Answer], [PictureMade], [PictureMade], [PictureMade]]


def test_what_needs_the_network_waits_for_the_end_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, decode_seconds=0.0)
    monkeypatch.setattr("sdstudio.session.errands.answer", lambda *args: "told")
    bench.mailbox.inquire([Inquiry.of("network")])
    assert [bench.after_step(9.0) for _ in range(9)] == [0] * 9
    bench.errands.do_one()
    assert [event.value for event in bench.outbox.drain()] == ["told"]


def test_a_run_that_nobody_wants_makes_no_pictures(tmp_path: Path) -> None:
    bench = Bench(tmp_path, decode_seconds=0.001)
    bench.mailbox.want([Place(1, 0)])
    bench.errands.between_calls(1.0, lambda: True)
    assert len(bench.outbox) == 0


def test_views_decode_what_they_say() -> None:
    from sdstudio.engine.problems import StudioError
    from sdstudio.session.views import latents_of

    step = fake_step(2, 9)
    generator = torch.Generator().manual_seed(0)
    uncond, cond = torch.randn((2, 1, 4, 2, 2), generator=generator)
    step.predictions = {"cond": cond, "uncond": uncond}
    assert torch.equal(latents_of(step, "noise_cond"), cond)
    assert torch.equal(latents_of(step, "noise_uncond"), uncond)
    difference = latents_of(step, "noise_difference")
    assert float(difference.std()) == pytest.approx(1.0)
    torch.testing.assert_close(difference * (cond - uncond).std(), cond - uncond)
    scaled = replace(step, network_input=step.latents / 14, next_latents=12 * cond)
    assert torch.equal(latents_of(scaled, "latents"), step.latents / 14)
    assert float(latents_of(scaled, "next_latents").std()) == pytest.approx(1.0)
    alone = replace(step, predictions={"cond": cond})
    for view in ("noise_uncond", "noise_difference"):
        with pytest.raises(StudioError, match="view_missing"):
            latents_of(alone, view)
