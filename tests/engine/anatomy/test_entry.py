"""What is shown of a run's beginning is what the run begins with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.anatomy.entry import start_of
from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import RequestError

Models = Callable[..., Model]
DRAWING = Picture.of(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))


@pytest.mark.parametrize("scheduler", ["DDIM", "Euler", "DPM++ 2M Karras"])
def test_it_is_the_first_step_s_latents(tiny_models: Models, scheduler: str) -> None:
    model = tiny_models()
    request = Request(
        prompt="a frog", image=DRAWING, strength=0.6, steps=10, scheduler=scheduler, seed=3
    )
    found = start_of(model, request=request)
    first = next(iter(denoise(model, request)))
    assert (found.noisy == model.decode_array(first.network_input)[0]).all()
    assert found.noise == pytest.approx(first.noise_level)
    assert found.signal**2 + found.noise**2 == pytest.approx(1.0, abs=1e-4)
    assert (found.calls, found.steps, found.timestep) == (6, 10, first.timestep)


def test_more_strength_is_more_noise(tiny_models: Models) -> None:
    shares = [
        start_of(tiny_models(), request=Request(image=DRAWING, strength=s, steps=20)).noise
        for s in (0.2, 0.5, 0.8, 1.0)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > 0.99


def test_the_picture_is_what_the_autoencoder_makes_of_it(tiny_models: Models) -> None:
    model = tiny_models()
    request = Request(image=DRAWING, strength=0.5, steps=4)
    latents = model.encode(DRAWING, *model.size_of(request))
    found = start_of(model, request=request)
    assert (found.picture == model.decode_array(torch.cat([latents, latents]))[0]).all()


def test_what_cannot_run_cannot_start(tiny_models: Models) -> None:
    with pytest.raises(RequestError, match="strength_too_low"):
        start_of(tiny_models(), request=Request(image=DRAWING, strength=0.01, steps=10))
