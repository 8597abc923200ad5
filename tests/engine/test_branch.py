"""A branch shares its parent's first steps, and unchanged it is the parent to the bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch

from sdstudio.engine import Edit, Model, Request, denoise, replay
from sdstudio.engine.problems import RequestError
from sdstudio.engine.schedulers import NAMES
from sdstudio.engine.step import Step
from sdstudio.engine.text import Conditioning
from tests.pictures import blob_mask, noise_picture

STEPS = 30
Models = Callable[..., Model]


class Memory:
    """Stands before a model's network: what it was asked to the bit, it answers at once.

    Attributes:
        asked: Timesteps of the calls, answered from memory or by the network.
    """

    def __init__(self, model: Model) -> None:
        self._predict = model.predict
        self._answers: dict[tuple[bytes, ...], dict[str, torch.Tensor]] = {}
        self.asked: list[float] = []

    def __call__(
        self, network_input: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> dict[str, torch.Tensor]:
        self.asked.append(float(timestep))
        key = tuple(each.numpy().tobytes() for each in (network_input, timestep, conditioning.text))
        if key not in self._answers:
            self._answers[key] = self._predict(network_input, timestep, conditioning)
        return self._answers[key]


def assert_same(one: Step, other: Step) -> None:
    assert (one.index, one.count, one.level) == (other.index, other.count, other.level)
    assert one.timestep == other.timestep
    assert one.requests == other.requests
    assert one.edit == other.edit
    assert one.predictions.keys() == other.predictions.keys()
    for name in one.predictions:
        assert torch.equal(one.predictions[name], other.predictions[name])
    for name in ("latents", "network_input", "prediction", "x0", "next_latents"):
        assert torch.equal(getattr(one, name), getattr(other, name)), name


Branch = Callable[..., None]


@pytest.fixture
def branch(monkeypatch: pytest.MonkeyPatch) -> Branch:
    """Runs a request, then branches from its every step and finds no difference."""

    def every_step(model: Model, request: Request, edits: Sequence[Edit] = ()) -> None:
        memory = Memory(model)
        monkeypatch.setattr(model, "predict", memory)
        parent = list(denoise(model, request, steer=replay(edits)))
        kept = [(step.latents.clone(), step.next_latents.clone()) for step in parent]
        for shared in range(len(parent)):
            memory.asked.clear()
            child = list(denoise(model, request, steer=replay(edits), recorded=parent[:shared]))
            assert memory.asked == [step.timestep for step in parent[shared:]]
            for one, other in zip(parent, child, strict=True):
                assert_same(one, other)
        for step, (latents, next_latents) in zip(parent, kept, strict=True):
            assert torch.equal(step.latents, latents)
            assert torch.equal(step.next_latents, next_latents)

    return every_step


@pytest.mark.parametrize("name", NAMES)
def test_an_unchanged_branch_is_its_parent(name: str, tiny: Model, branch: Branch) -> None:
    branch(tiny, Request(prompt="a frog", steps=STEPS, seed=7, scheduler=name, eta=0.5))


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", NAMES)
def test_of_a_picture_as_well(
    name: str, prediction_type: str, tiny_models: Models, branch: Branch
) -> None:
    branch(
        tiny_models(prediction_type),
        Request(
            prompt="a frog",
            image=noise_picture(),
            strength=0.6,
            steps=12,
            seed=7,
            scheduler=name,
            eta=0.5,
        ),
    )


@pytest.mark.parametrize("channels", [4, 9])
@pytest.mark.parametrize("strength", [0.6, 1.0])
@pytest.mark.parametrize(
    "name", ["DDIM", "Euler a", "Heun", "DPM2 a", "DPM++ 2M", "DPM++ SDE", "LCM"]
)
def test_with_a_mask_as_well(
    name: str, strength: float, channels: int, tiny_models: Models, branch: Branch
) -> None:
    branch(
        tiny_models(channels=channels),
        Request(
            prompt="a frog",
            image=noise_picture(),
            mask=blob_mask(),
            strength=strength,
            steps=8,
            seed=7,
            scheduler=name,
            eta=0.5,
        ),
        [Edit(step=3, guidance_scale=2.0)],
    )


@pytest.mark.parametrize("name", NAMES)
def test_with_edits_on_the_way(name: str, tiny: Model, branch: Branch) -> None:
    edits = [
        Edit(step=1, prompt="a rabbit", guidance_rescale=0.4),
        Edit(step=3, guidance_scale=1.0),
        Edit(step=5, guidance_scale=9.0, eta=0.7),
    ]
    branch(tiny, Request(prompt="a frog", steps=8, seed=3, scheduler=name), edits)


def test_the_text_is_not_read_before_it_is_needed(
    tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(prompt="a frog", steps=4)
    edits = [Edit(step=1, prompt="a rabbit")]
    parent = list(denoise(tiny, request, steer=replay(edits)))
    read: list[str] = []
    condition = tiny.condition

    def reading(requests: Sequence[Request]) -> object:
        read.append(requests[0].prompt)
        return condition(requests)

    monkeypatch.setattr(tiny, "condition", reading)
    steps = denoise(tiny, request, steer=replay(edits), recorded=parent[:3])
    for _ in range(3):
        next(steps)
    assert read == []
    list(steps)
    assert read == ["a rabbit"]


def test_a_changed_branch_parts_at_its_step(tiny: Model) -> None:
    request = Request(prompt="a frog", steps=6, scheduler="Euler a")
    parent = list(denoise(tiny, request))
    edit = Edit(step=3, guidance_scale=15.0)
    child = list(denoise(tiny, request, steer=replay([edit]), recorded=parent[:3]))
    whole = list(denoise(tiny, request, steer=replay([edit])))
    same = [torch.equal(a.next_latents, b.next_latents) for a, b in zip(parent, child, strict=True)]
    assert same == [True] * 3 + [False] * 3
    for one, other in zip(whole, child, strict=True):
        assert_same(one, other)


def test_a_branch_of_one_of_a_batch(tiny: Model) -> None:
    requests = [Request(prompt=p, steps=5, scheduler="DPM++ SDE") for p in ("a frog", "a toad")]
    parent = list(denoise(tiny, requests))
    child = list(denoise(tiny, requests, recorded=parent[:2]))
    assert torch.equal(child[-1].next_latents, parent[-1].next_latents)


def test_recorded_steps_of_another_size_are_refused(tiny: Model) -> None:
    parent = list(denoise(tiny, Request(prompt="a frog", steps=3)))
    other = Request(prompt="a frog", steps=3, width=24, height=16)
    with pytest.raises(RequestError) as caught:
        list(denoise(tiny, other, recorded=parent[:1]))
    assert [problem.code for problem in caught.value.problems] == ["latents_shape"]
