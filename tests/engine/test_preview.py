"""Latents to RGB while a run goes on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from sdstudio.engine import Model
from sdstudio.engine.family import Family
from sdstudio.engine.preview import Previewer, fit_linear


def test_the_autoencoder_where_the_step_can_afford_it(
    tiny_models: Callable[..., Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_models(vae="tiny")
    x0 = torch.randn((2, *model.latent_shape))
    preview = Previewer(model)
    picture, kind = preview(x0, 10.0)
    assert kind == "vae"
    assert picture.shape == (16, 16, 3)
    assert np.array_equal(picture, model.decode_array(x0)[0])
    monkeypatch.setattr("sdstudio.engine.preview.FRAME", 0.0)
    picture, kind = preview(x0, 1e-9)
    assert kind == "linear"
    assert picture.shape == (16, 16, 3)


class LinearAutoencoder:
    """An autoencoder that is linear itself: the fit has to find its inverse."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.mix = torch.randn((4, 3), generator=torch.Generator().manual_seed(0))

    def encode_pixels(self, pixels: torch.Tensor) -> torch.Tensor:
        pooled = torch.nn.functional.avg_pool2d(pixels, self.family.scale_factor)
        return torch.einsum("brhw,cr->bchw", pooled, self.mix)


def test_the_linear_map_is_the_best_one_for_its_autoencoder(tiny: Model) -> None:
    linear = LinearAutoencoder(tiny.family)
    weight, bias = fit_linear(linear)  # type: ignore[arg-type]
    torch.testing.assert_close(linear.mix.T @ weight, torch.eye(3), rtol=0, atol=1e-3)
    torch.testing.assert_close(bias, torch.zeros(3), rtol=0, atol=1e-3)
