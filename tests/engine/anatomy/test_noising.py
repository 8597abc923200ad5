"""Closed-form noising is the schedulers' add_noise, and the guesses are held against the truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image

from sdstudio.engine import Cancelled, Model, Request, denoise
from sdstudio.engine.anatomy.noising import (
    POINTS,
    add_noise,
    clean_latents,
    errors_by_timestep,
    errors_by_told,
    guess,
    level_of,
    noise_like,
    noised,
)
from sdstudio.engine.picture import Picture
from sdstudio.engine.schedulers import make_scheduler
from sdstudio.engine.step import Step

Models = Callable[..., Model]


def last_step(model: Model, **request: object) -> Step:
    return list(denoise(model, Request(prompt="a frog", steps=3, **request)))[-1]  # type: ignore[arg-type]


def a_picture() -> Picture:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    return Picture.of(Image.fromarray(pixels))


@pytest.mark.parametrize("name", ["DDIM", "DDPM", "PNDM", "LCM"])
@pytest.mark.parametrize("timestep", [0, 1, 250, 999])
def test_noising_is_add_noise(name: str, timestep: int, tiny: Model) -> None:
    scheduler = make_scheduler(tiny.scheduler_config, Request(scheduler=name, steps=10), [0])
    clean, noise = torch.randn((2, 1, 4, 8, 8), generator=torch.Generator().manual_seed(3))
    theirs = scheduler.add_noise(clean, noise, torch.tensor([timestep]))
    ours = add_noise(clean, noise, level_of(tiny, timestep))
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-6)


def test_noising_is_add_noise_in_the_other_form(tiny: Model) -> None:
    scheduler = make_scheduler(tiny.scheduler_config, Request(scheduler="Euler", steps=10), [0])
    timestep = scheduler.timesteps[4:5]
    clean, noise = torch.randn((2, 1, 4, 8, 8), generator=torch.Generator().manual_seed(3))
    level = level_of(tiny, int(timestep))
    theirs = scheduler.add_noise(clean, noise, timestep) * level.alpha
    torch.testing.assert_close(add_noise(clean, noise, level), theirs, atol=1e-4, rtol=1e-4)


def test_the_pictures_are_the_latents_decoded(tiny: Model) -> None:
    step = last_step(tiny)
    found = noised(tiny, step, timestep=400, seed=5)
    level = level_of(tiny, 400)
    assert (found.signal, found.noise) == (level.alpha, level.noise)
    assert found.signal**2 + found.noise**2 == pytest.approx(1.0)
    noisy = level.alpha * step.next_latents + level.noise * noise_like(step.next_latents, 5)
    assert np.array_equal(found.clean, tiny.decode_array(step.next_latents)[0])
    assert np.abs(found.noisy.astype(int) - tiny.decode_array(noisy)[0]).max() <= 1


def test_a_picture_is_encoded_to_the_runs_size_and_remembered(
    tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = last_step(tiny, width=24, height=16)
    latents = clean_latents(tiny, step, a_picture())
    torch.testing.assert_close(latents, tiny.encode(a_picture(), 24, 16))
    monkeypatch.setattr(tiny, "encode", lambda *_: pytest.fail("encoded again"))
    assert clean_latents(tiny, step, a_picture()) is latents


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction", "sample"])
def test_a_network_that_knows_makes_no_error(
    kind: str, tiny_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_models("epsilon")
    monkeypatch.setattr(model, "scheduler_config", {**model.scheduler_config} | _predicts(kind))
    step = last_step(model)
    clean, noise = step.next_latents, noise_like(step.next_latents, 2)

    def knows(noisy: torch.Tensor, timestep: torch.Tensor, _: object) -> dict[str, torch.Tensor]:
        level = level_of(model, int(timestep))
        answers = {
            "epsilon": noise,
            "v_prediction": level.alpha * noise - level.noise * clean,
            "sample": clean,
        }
        return {"cond": answers[kind]}

    monkeypatch.setattr(model, "predict", knows)
    found = guess(model, step, timestep=600, told=600, seed=2)
    assert found.x0_error == pytest.approx(0.0, abs=1e-4)
    assert found.noise_error == pytest.approx(0.0, abs=1e-4)
    assert found.error.shape == tuple(clean.shape[-2:])
    # Told another timestep it still says the truth, but that is read at the wrong level.
    wrong = guess(model, step, timestep=600, told=200, seed=2)
    assert (wrong.x0_error > 0.1) == (kind != "sample")


def _predicts(kind: str) -> dict[str, str]:
    return {"prediction_type": kind}


def test_errors_are_those_of_the_guesses(tiny: Model) -> None:
    step = last_step(tiny)
    by_t = errors_by_timestep(tiny, step, seed=4)
    assert by_t.x0.shape == by_t.noise.shape == by_t.timesteps.shape == (POINTS,)
    assert by_t.timesteps.tolist() == by_t.told.tolist()
    at = int(by_t.timesteps[7])
    single = guess(tiny, step, timestep=at, told=at, seed=4)
    assert by_t.x0[7] == pytest.approx(single.x0_error, rel=1e-5)
    assert by_t.noise[7] == pytest.approx(single.noise_error, rel=1e-5)
    assert single.x0_error == pytest.approx(float(np.sqrt((single.error**2).mean())), rel=1e-5)
    assert by_t.spread == pytest.approx(float(step.next_latents.square().mean().sqrt()), rel=1e-5)
    told = errors_by_told(tiny, step, timestep=333, seed=4)
    assert set(told.timesteps.tolist()) == {333}
    assert 333 in told.told
    assert (np.diff(told.told) > 0).all()


def test_the_guess_is_the_networks_with_the_prompt_and_no_guidance(
    tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = last_step(tiny, guidance_scale=9.0)
    asked = []
    predict = tiny.predict

    def watched(noisy: torch.Tensor, timestep: torch.Tensor, text: object) -> object:
        asked.append((int(timestep), text.guided))  # type: ignore[attr-defined]
        return predict(noisy, timestep, text)  # type: ignore[arg-type]

    monkeypatch.setattr(tiny, "predict", watched)
    guess(tiny, step, timestep=500, told=420)
    assert asked == [(420, False)]


def test_it_gives_way(tiny: Model) -> None:
    with pytest.raises(Cancelled):
        errors_by_timestep(tiny, last_step(tiny), cancelled=lambda: True)
