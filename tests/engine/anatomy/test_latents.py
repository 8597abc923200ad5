"""Channels of a step, and the way through the autoencoder and back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdstudio import paths
from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.engine.anatomy.latents import LIMIT, latents_at, psnr, round_trip_at, round_trip_of
from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.picture import Picture


def never() -> bool:
    return False


@pytest.mark.parametrize("which", ["x0", "latents", "noise"])
def test_channels_and_their_statistics(tiny: Model, which: str) -> None:
    step = list(denoise(tiny, Request(prompt="a frog", steps=3, seed=1)))[1]
    tensor = {"x0": step.x0, "latents": step.network_input, "noise": step.noise}[which]
    found = latents_at(None, step, which=which)
    assert np.array_equal(found.channels, tensor[0].numpy())
    for channel in range(4):
        values = tensor[0, channel].double().numpy()
        assert found.mean[channel] == pytest.approx(values.mean())
        assert found.deviation[channel] == pytest.approx(values.std())
        assert (found.low[channel], found.high[channel]) == (values.min(), values.max())
    width = found.centres[1] - found.centres[0]
    np.testing.assert_allclose(found.density.sum(1) * width, 1.0)
    assert found.centres[0] > -LIMIT


def test_what_the_autoencoder_loses(tiny: Model) -> None:
    step = next(denoise(tiny, Request(prompt="a frog", steps=2)))
    trip = round_trip_at(tiny, step, cancelled=never)
    assert np.array_equal(trip.before, tiny.decode_array(step.x0)[0])
    apart = np.abs(trip.before.astype(float) - trip.after.astype(float))
    np.testing.assert_allclose(trip.error, apart.mean(-1), rtol=1e-5)
    assert trip.psnr == pytest.approx(10 * math.log10(255**2 / (apart**2).mean()))
    assert trip.pixels == trip.before.size
    assert trip.latents == step.x0.numel()


def test_the_built_in_models_latents_are_48_times_fewer_numbers_and_lose_little() -> None:
    model = load_model(paths.builtin_model())
    width, height = model.native_size
    across = np.linspace(0, 255, width, dtype=np.uint8)
    pixels = np.stack([np.tile(across, (height, 1))] * 3, -1)
    pixels[height // 4 : height // 2, width // 4 : width // 2] = (200, 60, 20)
    trip = round_trip_of(
        model, picture=Picture.of(pixels), width=width, height=height, cancelled=never
    )
    assert np.array_equal(trip.before, pixels)
    assert trip.ratio == 48
    assert trip.psnr > 20
    assert trip.error.mean() < 12


def test_it_gives_way(tiny: Model) -> None:
    step = next(denoise(tiny, Request(prompt="a frog", steps=2)))
    with pytest.raises(Cancelled):
        round_trip_at(tiny, step, cancelled=lambda: True)


def test_likeness_of_equal_pictures_has_no_end() -> None:
    grey = np.full((4, 4, 3), 100, np.uint8)
    assert psnr(grey, grey) == math.inf
    assert psnr(grey, grey + np.uint8(10)) == pytest.approx(28.13, abs=0.01)
