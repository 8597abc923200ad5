"""Noise put in before a step: as much as before, partly new, and replayed to the bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from sdstudio.engine import Edit, Model, Request, Run, denoise, replay
from sdstudio.engine.noise import with_fresh_noise
from sdstudio.engine.problems import RequestError
from sdstudio.engine.schedulers import NAMES
from sdstudio.engine.x0 import Level

STEPS = 5
SHARES = [0.0, 0.3, 0.7, 1.0]


def record(model: Model, request: Request, edits: list[Edit]) -> Run:
    run = Run(request, model.ref)
    for step in denoise(model, request, steer=replay(edits)):
        run.append(step)
    return run


@pytest.mark.parametrize("sigma", [0.1, 1.0, 14.6])
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("scaled", [False, True])
def test_the_level_is_kept(share: float, sigma: float, scaled: bool) -> None:
    generator = torch.Generator().manual_seed(1)
    x0, eps = (torch.randn((2, 4, 64, 64), generator=generator) for _ in range(2))
    level = Level.of_sigma(sigma)
    network_input = level.alpha * x0 + level.noise * eps
    sample = network_input / level.alpha if scaled else network_input
    edit = Edit(fresh_noise=share, noise_seed=5)
    changed = with_fresh_noise(sample, network_input, x0, level, edit)
    again = changed * level.alpha if scaled else changed
    noise = (again - level.alpha * x0) / level.noise
    assert float(noise.std()) == pytest.approx(1.0, abs=0.01)
    kept = float((noise * eps).mean())
    assert kept == pytest.approx((1 - share**2) ** 0.5, abs=0.03)
    # The same noise for each image of a batch.
    if share == 1.0:
        torch.testing.assert_close(noise[0], noise[1], atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", [0, 2])
def test_it_is_replayed_and_branched_to_the_bit(name: str, at: int, tiny: Model) -> None:
    request = Request(prompt="a frog", steps=STEPS, scheduler=name, seed=7)
    edits = [Edit(step=at, fresh_noise=0.5, noise_seed=3)]
    plain = record(tiny, request, [])
    parent = record(tiny, request, edits)
    assert parent.edits == edits
    same = [
        torch.equal(a.next_latents, b.next_latents)
        for a, b in zip(plain.steps, parent.steps, strict=True)
    ]
    assert same[:at] == [True] * at
    assert not any(same[at:])
    again = record(tiny, request, parent.edits)
    assert torch.equal(again.steps[-1].next_latents, parent.steps[-1].next_latents)
    for shared in (at, at + 1, STEPS - 1):
        child = list(denoise(tiny, request, steer=replay(edits), recorded=parent.steps[:shared]))
        for one, other in zip(parent.steps, child, strict=True):
            assert torch.equal(one.latents, other.latents)
            assert torch.equal(one.next_latents, other.next_latents)


def test_a_picture_stays_in_it_at_the_first_step(tiny: Model) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    request = Request(image=Image.fromarray(pixels), strength=0.4, steps=STEPS, seed=1)
    plain, noisy = (
        next(denoise(tiny, request, steer=replay(edits)))
        for edits in ([], [Edit(step=0, fresh_noise=1.0, noise_seed=9)])
    )
    other = next(denoise(tiny, Request(**{**vars(request), "seed": 2})))
    change = (noisy.latents - plain.latents) / plain.noise_level
    # Two unit noises apart, as another seed would be; the picture cancels out.
    assert float(change.std()) == pytest.approx(2**0.5, rel=0.2)
    assert float((noisy.latents - plain.latents).std()) == pytest.approx(
        float((other.latents - plain.latents).std()), rel=0.3
    )


def test_seeds_differ_and_zero_changes_nothing(tiny: Model) -> None:
    request = Request(prompt="a frog", steps=STEPS)
    results = [
        record(tiny, request, edits).steps[-1].next_latents
        for edits in (
            [],
            [Edit(step=2, fresh_noise=0.0, noise_seed=1)],
            [Edit(step=2, fresh_noise=0.5, noise_seed=1)],
            [Edit(step=2, fresh_noise=0.5, noise_seed=2)],
        )
    ]
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[1], results[2])
    assert not torch.equal(results[2], results[3])


def test_it_survives_json_and_merging() -> None:
    edit = Edit(step=2, mix=0.5, fresh_noise=0.25, noise_seed=2**40)
    assert Edit.from_dict(edit.to_dict()) == edit
    assert edit.changes == {"mix": 0.5}
    steer = replay([edit, Edit(step=2, mix=0.7), Edit(step=3, fresh_noise=1.0)])
    assert steer(2, Request()) == Edit(step=2, mix=0.7, fresh_noise=0.25, noise_seed=2**40)
    assert steer(3, Request()) == Edit(step=3, fresh_noise=1.0)
    newer = edit.followed_by(Edit(fresh_noise=0.5))
    assert (newer.fresh_noise, newer.noise_seed) == (0.5, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fresh_noise", 1.5),
        ("fresh_noise", float("nan")),
        ("fresh_noise", "much"),
        ("noise_seed", -1),
        ("noise_seed", 0.5),
        ("noise_seed", 2**63),
    ],
)
def test_what_cannot_be_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(RequestError) as caught:
        Edit.from_dict({"step": 1, field: value})
    assert [problem.field for problem in caught.value.problems] == [field]
