"""The same request gives the same bytes: watched or not, and replayed from its edits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdstudio.engine import Edit, Model, Request, Run, denoise, record_attention, replay
from sdstudio.engine.schedulers import NAMES

STEPS = 4
WORDS = st.sampled_from(["a frog", "a rabbit", "", "blue sky"])
EDITS = st.builds(
    Edit,
    prompt=st.none() | WORDS,
    prompt_b=st.none() | WORDS,
    mix=st.none() | st.sampled_from([0.0, 0.3, 1.0]),
    blend=st.none() | st.sampled_from(["linear", "spherical"]),
    negative_prompt=st.none() | WORDS,
    guidance_scale=st.none() | st.sampled_from([0.0, 1.0, 3.0, 12.0]),
    guidance_rescale=st.none() | st.sampled_from([0.0, 0.5]),
    eta=st.none() | st.sampled_from([0.0, 0.7]),
)


def record(
    model: Model, request: Request, steer: Callable[[int, Request], Edit | None] | None = None
) -> Run:
    run = Run(request, model.ref)
    for step in denoise(model, request, steer=steer):
        run.append(step)
    return run


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=st.dictionaries(st.integers(0, STEPS), EDITS, max_size=3))
def test_replay_from_request_and_edits(name: str, edits: dict[int, Edit], tiny: Model) -> None:
    request = Request(prompt="a frog", prompt_b="a rabbit", steps=STEPS, scheduler=name, seed=7)
    steered = record(tiny, request, steer=lambda index, now: edits.get(index))
    again = record(tiny, request, steer=replay(steered.edits))
    assert [edit.step for edit in steered.edits] == sorted(
        index for index in edits if index < len(steered.steps)
    )
    for one, other in zip(steered.steps, again.steps, strict=True):
        assert torch.equal(one.next_latents, other.next_latents)
        assert torch.equal(one.x0, other.x0)
    assert again.edits == steered.edits


def test_edits_survive_json(tiny: Model) -> None:
    edit = Edit(step=2, mix=0.5, prompt="a toad")
    assert Edit.from_dict(edit.to_dict()) == edit


def test_an_edit_changes_the_next_step_and_no_earlier_one(tiny: Model) -> None:
    request = Request(prompt="a frog", steps=STEPS)
    plain = record(tiny, request)
    seen: list[Request] = []

    def steer(index: int, now: Request) -> Edit | None:
        seen.append(now)
        return Edit(guidance_scale=15.0) if index == 2 else None

    steered = record(tiny, request, steer)
    same = [
        torch.equal(a.next_latents, b.next_latents)
        for a, b in zip(plain.steps, steered.steps, strict=True)
    ]
    assert same == [True, True, False, False]
    assert [now.guidance_scale for now in seen] == [7.5, 7.5, 7.5, 15.0]
    assert steered.edits == [Edit(step=2, guidance_scale=15.0)]
    assert steered.steps[2].request.guidance_scale == 15.0


def test_guidance_switched_off_midway_runs_the_network_once(tiny: Model) -> None:
    request = Request(prompt="a frog", steps=3)
    steps = record(tiny, request, replay([Edit(step=1, guidance_scale=1.0)])).steps
    assert [set(step.predictions) for step in steps] == [{"cond", "uncond"}, {"cond"}, {"cond"}]
    assert steps[1].noise_uncond is None
    assert torch.equal(steps[1].noise, steps[1].noise_cond)


@pytest.mark.parametrize("name", ["DDIM", "Euler a", "DPM++ SDE", "Heun"])
def test_watching_changes_nothing(name: str, tiny: Model) -> None:
    request = Request(prompt="a frog", steps=STEPS, scheduler=name, seed=2)
    plain = record(tiny, request)
    watched = Run(request, tiny.ref)
    before = dict(tiny.network.attn_processors)
    with record_attention(tiny) as attention:
        for step in denoise(tiny, request):
            tiny.preview(step.x0, step.seconds)
            tiny.preview(step.x0, 0.0)
            torch.randn(3)
            watched.append(step)
            for layer in attention.maps.values():
                assert layer.shape[0] == 2
                assert layer.shape[2] == tiny.max_tokens
                torch.testing.assert_close(layer.sum(-1), torch.ones(layer.shape[:2]))
    assert attention.maps
    assert dict(tiny.network.attn_processors) == before
    assert torch.equal(plain.steps[-1].next_latents, watched.steps[-1].next_latents)


def test_bytes_of_a_run_are_counted_once(tiny: Model) -> None:
    run = record(tiny, Request(prompt="a frog", steps=3))
    one = run.steps[0].latents.nbytes
    # x_t, both predictions, the guided one, and the last latents; DDIM scales no input.
    assert run.nbytes == 3 * 4 * one + one
