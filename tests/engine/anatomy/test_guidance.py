"""The figures of the guidance panel against the engine's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.anatomy.guidance import angle, guidance_at, guided_at, x0_at
from sdstudio.engine.step import Step

SCHEDULERS = ("DDIM", "Euler a", "DPM++ 2M Karras", "PNDM")
CASES = [(kind, name) for kind in ("epsilon", "v_prediction") for name in SCHEDULERS]


def steps_of(model: Model, **changes: object) -> list[Step]:
    request = Request(prompt="a frog", steps=4, seed=2, guidance_scale=5.0, **changes)
    return list(denoise(model, request))


@pytest.mark.parametrize(("kind", "scheduler"), [*CASES, ("sample", "DDIM")])
def test_the_runs_own_scale_gives_the_runs_own_estimate(
    tiny_models: Callable[..., Model], kind: str, scheduler: str
) -> None:
    model = tiny_models(kind)
    for step in steps_of(model, scheduler=scheduler, guidance_rescale=0.3):
        guided = guided_at(model, step, scale=5.0)
        assert np.array_equal(guided.x0, step.x0[0].numpy())
        assert np.array_equal(guided.picture, model.decode_array(step.x0)[0])


def test_another_scale_gives_what_a_run_at_that_scale_begins_with(tiny: Model) -> None:
    first = steps_of(tiny)[0]
    other = next(denoise(tiny, Request(prompt="a frog", steps=4, seed=2, guidance_scale=12.0)))
    assert torch.equal(x0_at(first, 12.0), other.x0)
    assert not torch.equal(x0_at(first, 12.0), first.x0)


def test_scale_zero_is_without_the_text_and_one_with_it(tiny: Model) -> None:
    step = steps_of(tiny)[1]
    found = guidance_at(tiny, step)
    assert np.abs(_apart(guided_at(tiny, step, scale=0.0).picture, found.uncond)).max() <= 1
    assert np.abs(_apart(guided_at(tiny, step, scale=1.0).picture, found.cond)).max() <= 1
    assert np.abs(_apart(found.cond, found.uncond)).max() > 1


def test_sizes_and_difference_are_those_of_the_noise(tiny: Model) -> None:
    step = steps_of(tiny)[2]
    found = guidance_at(tiny, step)
    cond, uncond = step.noise_cond[0].numpy(), step.noise_uncond[0].numpy()
    assert found.cond_size == pytest.approx(np.sqrt((cond.astype(float) ** 2).mean()))
    assert found.guided_size == pytest.approx(np.sqrt((step.noise[0].numpy() ** 2).mean()), 1e-5)
    map_ = np.sqrt(((cond - uncond) ** 2).mean(0))
    assert found.difference.shape == map_.shape == cond.shape[1:]
    np.testing.assert_allclose(found.difference, map_, rtol=1e-5)
    assert found.difference_size == pytest.approx(np.sqrt((map_**2).mean()), 1e-5)
    cosine = (cond * uncond).sum() / np.linalg.norm(cond) / np.linalg.norm(uncond)
    assert found.angle == pytest.approx(np.degrees(np.arccos(cosine)), abs=0.05)
    assert found.scale == 5.0


def test_without_guidance_there_is_nothing_to_compare(tiny: Model) -> None:
    step = next(denoise(tiny, Request(prompt="a frog", steps=2, guidance_scale=1.0)))
    found = guidance_at(tiny, step)
    assert found.uncond is None
    assert found.difference is None
    assert found.difference_size == found.angle == 0.0
    assert np.array_equal(guided_at(tiny, step, scale=9.0).x0, step.x0[0].numpy())


def test_angles() -> None:
    one = torch.tensor([1.0, 0.0])
    assert angle(one, torch.tensor([0.0, 2.0])) == pytest.approx(90.0)
    assert angle(one, -3 * one) == pytest.approx(180.0)
    assert angle(one, torch.zeros(2)) == 0.0


def _apart(one: np.ndarray, other: np.ndarray | None) -> np.ndarray:
    assert other is not None
    return one.astype(int) - other.astype(int)
