"""Recorded steps, branches and families with the real engine, on a tiny random model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from sdstudio.engine import Model, denoise, load_model, replay
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.schedulers import NAMES
from sdstudio.session.events import (
    Compared,
    JobDone,
    ModelReady,
    Parent,
    PictureMade,
    Place,
    RunFinished,
    RunOpened,
    StepTaken,
)
from sdstudio.session.jobs import CompareRuns, ForgetRun, OpenRun, SaveRun
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.run_store import RunStore
from tests.session.fake_engine import Lab

EDITS = (Edit(step=1, guidance_scale=3.0), Edit(step=3, fresh_noise=0.5, noise_seed=2))


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    return load_model(folder, dtype=torch.float32, device="cpu")


@pytest.fixture(params=[1, 1 << 30], ids=["on disk", "in memory"])
def lab(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(LocalSampler(store=RunStore(budget=request.param, folder=tmp_path / "runs")))
    lab.mailbox.load(str(folder), "float32")
    lab.until(ModelReady, seconds=120)
    yield lab
    lab.close()


@pytest.mark.parametrize("budget", [1, 1 << 30], ids=["on disk", "in memory"])
@pytest.mark.parametrize("name", NAMES)
def test_a_record_makes_the_very_steps_again(
    name: str, budget: int, model: Model, tmp_path: Path
) -> None:
    request = Request(prompt="a frog", steps=5, seed=4, scheduler=name)
    store = RunStore(budget=budget, folder=tmp_path)
    store.begin(1, request, model.ref.to_dict())
    steps = []
    for step in denoise(model, request, steer=replay(EDITS)):
        store.add(step)
        steps.append(step)
    store.keep("finished")
    assert store.record(1).edits == list(EDITS)
    for made, again in zip(steps, store.record(1).full_steps(store.steps(1)), strict=True):
        for name in ("index", "count", "timestep", "level", "requests", "edit", "seconds"):
            assert getattr(made, name) == getattr(again, name), name
        for name in ("latents", "network_input", "prediction", "x0", "noise", "next_latents"):
            assert torch.equal(getattr(made, name), getattr(again, name)), name
        one = store.step(1, made.index)
        assert torch.equal(one.next_latents, made.next_latents)
        assert torch.equal(one.x0, made.x0)


def finish(lab: Lab, request: Request, **options: object) -> int:
    before = len(lab.of(RunFinished))
    run = lab.mailbox.submit(request, **options)  # type: ignore[arg-type]
    lab.until(RunFinished, before + 1 + len(options.get("family", ())))  # type: ignore[arg-type]
    return run


def test_an_unchanged_branch_is_the_same_picture(lab: Lab) -> None:
    request = Request(prompt="a frog", steps=5, seed=4, scheduler="DPM++ 2M")
    parent = finish(lab, request, edits=EDITS)
    child = finish(lab, request, edits=EDITS, parent=Parent(parent, 2))
    grandchild = finish(lab, request, edits=EDITS, parent=Parent(child, 4))
    lab.mailbox.ask(ForgetRun(child))
    lab.mailbox.ask(CompareRuns(parent, grandchild))
    assert lab.until(Compared).distances == (0.0,) * 5
    pictures = [event.picture for event in lab.of(RunFinished)]
    assert np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[0], pictures[2])
    taken = lab.of(StepTaken)
    assert [e.index for e in taken if e.run == grandchild] == [4]
    lab.mailbox.want([Place(grandchild, 1), Place(parent, 1)])
    lab.until(PictureMade, 2)
    first, second = (event.picture for event in lab.of(PictureMade))
    assert np.array_equal(first, second)


def test_a_changed_branch_parts_from_its_parent(lab: Lab) -> None:
    request = Request(prompt="a frog", steps=5, seed=4, scheduler="Euler a")
    parent = finish(lab, request)
    edit = Edit(step=3, prompt="a rabbit", guidance_scale=15.0)
    child = finish(lab, request, edits=(edit,), parent=Parent(parent, 3))
    lab.mailbox.ask(CompareRuns(parent, child))
    distances = lab.until(Compared).distances
    assert distances[:3] == (0.0,) * 3
    assert all(distance > 0 for distance in distances[3:])


def test_a_family_agrees_with_runs_made_alone(lab: Lab) -> None:
    stops = [
        Request(prompt="a frog", prompt_b="a rabbit", mix=mix, steps=4, seed=5, scheduler="DDPM")
        for mix in (0.0, 0.5, 1.0)
    ]
    run = finish(lab, stops[0], family=stops[1:])
    store = lab.sampler.store
    for row, request in enumerate(stops):
        alone = store.steps(finish(lab, request))
        together = store.steps(run + row)
        assert torch.equal(alone[0].latents, together[0].latents)
        for one, other in zip(alone, together, strict=True):
            torch.testing.assert_close(one.latents, other.latents, atol=1e-4, rtol=1e-4)
    child = finish(lab, stops[1], parent=Parent(run + 1, 2), edits=(Edit(step=2, mix=0.9),))
    assert len(store.steps(child)) == 4


def test_a_saved_branch_is_opened_and_branched(lab: Lab, tmp_path: Path) -> None:
    request = Request(prompt="a frog", steps=4, seed=4, scheduler="Euler a")
    parent = finish(lab, request)
    edits = (Edit(step=2, guidance_scale=12.0, fresh_noise=0.3, noise_seed=9),)
    child = finish(lab, request, edits=edits, parent=Parent(parent, 2))
    path = tmp_path / "run.sdrun"
    lab.mailbox.ask(SaveRun(child, path, "mine"))
    assert lab.until(JobDone).path == str(path)
    lab.mailbox.ask(OpenRun(path))
    opened = lab.until(RunOpened)
    assert (opened.request, opened.edits, opened.foreign) == (request, edits, False)
    again = finish(lab, request, edits=edits, parent=Parent(opened.run, 3))
    lab.mailbox.ask(CompareRuns(child, again))
    assert lab.until(Compared).distances == (0.0,) * 4
    finished = {event.run: event.picture for event in lab.of(RunFinished)}
    assert np.array_equal(finished[child], finished[again])
