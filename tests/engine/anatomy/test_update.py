"""The rules against steps computed by hand, and against the schedulers that follow them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler

from sdstudio.engine import Cancelled, Edit, Model, Request, denoise, replay
from sdstudio.engine.anatomy.update import along, as_sum, by_mean, by_share, rule_run, update_at
from sdstudio.engine.x0 import Level

Models = Callable[..., Model]

HERE = Level.of_alpha_bar(0.36)  # alpha 0.6, noise 0.8
THERE = Level.of_alpha_bar(0.64)  # alpha 0.8, noise 0.6


def number(value: float) -> torch.Tensor:
    return torch.full((1, 1, 1, 1), value, dtype=torch.float64)


def test_a_share_by_hand() -> None:
    # x0 = 1, eps = 0.5: x / alpha = 1 + (0.8 / 0.6) * 0.5; a quarter of the noise goes.
    moved = by_share(number(1.0), number(0.5), HERE, THERE, 0.25)
    assert float(moved) == pytest.approx(0.8 * (1 + 0.75 * (4 / 3) * 0.5))
    assert float(by_share(number(1.0), number(0.5), HERE, THERE, 1.0)) == pytest.approx(0.8)


def test_no_noise_added_back_by_hand() -> None:
    # Ho et al. 2020, eq. 7, with alpha_bar 0.36 after 0.64: alpha_t = 0.5625.
    x0, x = 2.0, 1.5
    mean = 0.8 * (1 - 0.5625) / 0.64 * x0 + 0.75 * 0.36 / 0.64 * x
    assert float(by_mean(number(x), number(x0), HERE, THERE)) == pytest.approx(mean)
    last = Level(1.0, 0.0, 0.0)
    assert float(by_mean(number(x), number(x0), HERE, last)) == pytest.approx(x0)


def test_a_direction_by_hand() -> None:
    x0, eps = number(1.0), number(0.5)
    ddim = along(x0, eps, eps, HERE, THERE)
    assert float(ddim) == pytest.approx(0.8 * 1.0 + 0.6 * 0.5)
    other = along(x0, eps, number(0.2), HERE, THERE)
    # x / alpha = 1 + 4/3 * 0.5, and sigma falls by 4/3 - 3/4 along 0.2.
    assert float(other) == pytest.approx(0.8 * (1 + 2 / 3 - (4 / 3 - 3 / 4) * 0.2))


def test_the_mean_is_ddpm_without_its_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = DDPMScheduler(clip_sample=False)
    scheduler.set_timesteps(10)
    monkeypatch.setattr(scheduler, "_get_variance", lambda *_, **__: torch.tensor(0.0))
    x, eps = torch.randn((2, 1, 4, 8, 8), generator=torch.Generator().manual_seed(1))
    t, following = scheduler.timesteps[4], scheduler.timesteps[5]
    here, there = (Level.of_alpha_bar(float(scheduler.alphas_cumprod[n])) for n in (t, following))
    theirs = scheduler.step(eps, t, x).prev_sample
    x0 = (x - here.noise * eps) / here.alpha
    torch.testing.assert_close(by_mean(x, x0, here, there), theirs, atol=1e-4, rtol=1e-4)


def test_a_sum_is_taken_apart() -> None:
    x0, noise, new = torch.randn((3, 1, 4, 16, 16), generator=torch.Generator().manual_seed(1))
    flat = torch.stack([x0.flatten(), noise.flatten()], dim=1)
    # A rest that has nothing of the two in it.
    new = new.flatten() - flat @ torch.linalg.lstsq(flat, new.flatten()).solution
    a, b, rest = as_sum(0.8 * x0 + 0.55 * noise + 0.2 * new.view(x0.shape), x0, noise)
    assert (a, b) == (pytest.approx(0.8, abs=1e-5), pytest.approx(0.55, abs=1e-5))
    torch.testing.assert_close(rest.flatten(), 0.2 * new, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
def test_ddim_is_x0_and_noise_at_the_next_level(kind: str, tiny_models: Models) -> None:
    model = tiny_models(kind)
    first, second, *_ = denoise(model, Request(steps=6, guidance_scale=3.0))
    found = update_at(model, first)
    assert found.x0_weight == pytest.approx(second.level.alpha, abs=1e-3)
    assert found.noise_weight == pytest.approx(second.level.noise, abs=1e-3)
    assert found.sigma_left == pytest.approx(second.sigma, rel=1e-2)
    assert found.removed == pytest.approx(1 - second.sigma / first.sigma, abs=1e-2)
    assert found.rest is None
    assert found.rest_weight == 0.0
    assert np.array_equal(found.x0, model.decode_array(first.x0)[0])


def test_euler_keeps_the_signal_whole(tiny: Model) -> None:
    first, second, *_ = denoise(tiny, Request(steps=6, scheduler="Euler"))
    found = update_at(tiny, first)
    assert found.x0_weight == pytest.approx(1.0, abs=1e-3)
    assert found.noise_weight == pytest.approx(second.sigma, rel=1e-3)


def test_fresh_noise_is_neither(tiny: Model) -> None:
    first, *_ = denoise(tiny, Request(steps=6, scheduler="DDPM", seed=2))
    found = update_at(tiny, first)
    assert found.rest is not None
    assert found.rest_weight > 0.2


def test_nothing_is_left_after_the_last_step(tiny: Model) -> None:
    *_, last = denoise(tiny, Request(steps=3, scheduler="Euler"))
    assert update_at(tiny, last).removed == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("scheduler", ["Euler", "DDIM"])
def test_without_momentum_it_is_the_scheduler(
    kind: str, scheduler: str, tiny_models: Models
) -> None:
    model = tiny_models(kind)
    request = Request(prompt="a frog", steps=8, scheduler=scheduler, seed=5)
    steps = list(denoise(model, request, steer=replay([Edit(step=3, guidance_scale=2.0)])))
    found = rule_run(model, steps, rule="momentum", amount=0.0)
    assert found.distances.max() < 1e-3
    # DDIM's table ends a hair above no noise at all.
    assert found.final_distance < (1e-3 if scheduler == "Euler" else 0.05)
    sigmas = [step.sigma for step in steps] + [0.0]
    expected = [1 - b / a for a, b in pairwise(sigmas)]
    np.testing.assert_allclose(found.removed, expected, rtol=1e-5)
    assert found.film.shape == found.own_film.shape
    assert found.film.shape[0] == len(steps)


@pytest.mark.parametrize(("rule", "amount"), [("share", 0.3), ("mean", 0.0), ("momentum", 0.8)])
def test_other_rules_part_after_the_first_step(rule: str, amount: float, tiny: Model) -> None:
    steps = list(denoise(tiny, Request(prompt="a frog", steps=6, scheduler="Euler", seed=5)))
    found = rule_run(tiny, steps, rule=rule, amount=amount)  # type: ignore[arg-type]
    assert found.distances[0] < 1e-5
    assert found.distances[-1] > 1e-3
    assert found.final_distance > 1e-3
    assert found.picture.dtype == np.uint8
    with pytest.raises(Cancelled):
        rule_run(tiny, steps, rule="mean", cancelled=lambda: True)
