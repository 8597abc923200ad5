"""A large picture seen in tiles: what the network is asked, and what becomes of its answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from sdstudio.engine import Cancelled, Model, ModelError, Request, RequestError, denoise, tiles
from sdstudio.engine.anatomy.attention import attention_at
from sdstudio.engine.anatomy.features import features_at
from sdstudio.engine.anatomy.noising import guess
from sdstudio.engine.anatomy.update import rule_run
from tests.engine.pipelines import final
from tests.pictures import blob_mask, noise_picture, pixels_of

Models = Callable[..., Model]
SCALE = 2
"""Pixels to a latent of the tiny models."""


def request(width: int = 48, height: int = 32, tile: int = 16, **fields: Any) -> Request:
    return Request(prompt="a frog", steps=3, width=width, height=height, tile=tile, **fields)


class Asked:
    """Stands before a model's network and counts what it is asked.

    Attributes:
        shapes: Of the latents of each call.
    """

    def __init__(self, model: Model, monkeypatch: pytest.MonkeyPatch, answer: Any = None) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self._answer = answer or model.predict
        monkeypatch.setattr(model, "predict", self)

    def __call__(self, latents: torch.Tensor, *rest: Any) -> dict[str, torch.Tensor]:
        self.shapes.append(tuple(latents.shape))
        return self._answer(latents, *rest)


@pytest.mark.parametrize(
    ("width", "height", "tile", "count", "sides"),
    [
        (48, 32, 16, 5 * 3, (16, 16)),
        (40, 16, 16, 4, (16, 16)),
        (48, 16, 32, 2, (16, 32)),
        (16, 16, 16, 1, (16, 16)),
        (48, 32, 0, 1, (32, 48)),
        (48, 32, 64, 1, (32, 48)),
    ],
)
def test_the_network_is_asked_about_tiles_of_one_size(
    width: int,
    height: int,
    tile: int,
    count: int,
    sides: tuple[int, int],
    tiny: Model,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked(tiny, monkeypatch)
    next(denoise(tiny, request(width, height, tile)))
    shape = (1, 4, sides[0] // SCALE, sides[1] // SCALE)
    assert asked.shapes == [shape] * count


def test_a_tile_as_large_as_the_picture_changes_nothing(tiny: Model) -> None:
    assert torch.equal(final(tiny, request(tile=0)), final(tiny, request(tile=48)))
    assert not torch.equal(final(tiny, request(tile=0)), final(tiny, request(tile=32)))


@pytest.mark.parametrize(("width", "height"), [(48, 32), (40, 56), (24, 16)])
def test_where_tiles_agree_the_average_is_what_they_say(
    width: int, height: int, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def local(latents: torch.Tensor, *rest: Any) -> dict[str, torch.Tensor]:
        return {"cond": latents.sin(), "uncond": 2 * latents}

    Asked(tiny, monkeypatch, local)
    step = next(denoise(tiny, request(width, height)))
    torch.testing.assert_close(step.predictions["cond"], step.network_input.sin())
    torch.testing.assert_close(step.predictions["uncond"], 2 * step.network_input)


def test_where_they_differ_the_nearer_one_weighs_more(
    tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(100))

    def number(latents: torch.Tensor, *rest: Any) -> dict[str, torch.Tensor]:
        return {"cond": torch.full_like(latents, float(next(calls)))}

    Asked(tiny, monkeypatch, number)
    step = next(denoise(tiny, request(24, 16, guidance_scale=1.0)))
    # Two tiles of 8 latents, the second 4 further on: sin^2 and its neighbour sum to 1.
    weight = np.sin(np.pi * (np.arange(4) + 0.5) / 8) ** 2
    expected = np.concatenate([np.zeros(4), weight, np.ones(4)])
    for row in step.predictions["cond"][0, 0]:
        np.testing.assert_allclose(row.numpy(), expected, atol=1e-6)


@pytest.mark.parametrize("channels", [4, 9])
def test_tiles_and_masks_together(channels: int, tiny_models: Models) -> None:
    model = tiny_models(channels=channels)
    asked = request(48, 32, 16, image=noise_picture(48, 32), mask=blob_mask(48, 32), strength=1.0)
    result = model.decode_array(final(model, asked), asked)[0]
    outside = pixels_of(blob_mask(48, 32)) == 0
    original = pixels_of(noise_picture(48, 32))
    assert np.array_equal(result[outside], original[outside])
    assert not np.array_equal(result[~outside], original[~outside])


def test_a_run_ends_between_two_tiles(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def wave(latents: torch.Tensor, *rest: Any) -> dict[str, torch.Tensor]:
        return {"cond": latents}

    asked = Asked(tiny, monkeypatch, wave)
    with pytest.raises(Cancelled):
        list(denoise(tiny, request(), cancelled=lambda: len(asked.shapes) >= 2))
    assert len(asked.shapes) == 2


@pytest.mark.parametrize("name", ["DDIM", "Heun", "DPM++ 2M", "Euler a"])
def test_a_branch_of_a_run_in_tiles_is_its_parent(name: str, tiny: Model) -> None:
    asked = request(scheduler=name)
    parent = list(denoise(tiny, asked))
    for shared in range(1, len(parent)):
        *_, last = denoise(tiny, asked, recorded=parent[:shared])
        assert torch.equal(last.next_latents, parent[-1].next_latents)


@pytest.mark.parametrize(
    ("tile", "code"), [(20, "not_a_multiple"), (8, "out_of_range"), (10_000, "out_of_range")]
)
def test_tiles_the_model_cannot_see_are_refused(tile: int, code: str, tiny: Model) -> None:
    with pytest.raises(RequestError) as caught:
        tiny.check(request(tile=tile))
    assert [(p.field, p.code) for p in caught.value.problems] == [("tile", code)]


def test_panels_of_a_run_in_tiles(tiny_models: Models) -> None:
    model = tiny_models()
    steps = list(denoise(model, request()))
    for ask in (
        lambda: attention_at(model, steps[0]),
        lambda: features_at(model, steps[0], "mid_block"),
    ):
        with pytest.raises(ModelError) as caught:
            ask()
        assert [problem.code for problem in caught.value.problems] == ["seen_in_tiles"]
    assert guess(model, steps[-1], timestep=500, told=500).x0.shape == (32, 48, 3)
    assert rule_run(model, steps, rule="momentum").picture.shape == (32, 48, 3)


@pytest.mark.parametrize("channels", [4, 9])
def test_panels_of_a_run_with_a_mask(channels: int, tiny_models: Models) -> None:
    model = tiny_models(channels=channels)
    asked = Request(prompt="a frog", image=noise_picture(), mask=blob_mask(), steps=4, strength=1.0)
    steps = list(denoise(model, asked))
    assert attention_at(model, steps[0]).steps == 1
    assert features_at(model, steps[0], "mid_block").channels > 0
    assert guess(model, steps[-1], timestep=500, told=500).x0.shape == (16, 16, 3)
    # Without momentum the rule is DDIM's, so that all its estimates must be the run's own.
    assert rule_run(model, steps, rule="momentum").distances.max() < 1e-4


@pytest.mark.parametrize("vae", ["kl", "tiny"])
def test_a_large_picture_goes_through_the_autoencoder_in_tiles(
    vae: str, tiny_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_models(vae=vae)
    latents = torch.randn((1, *model.latent_shape_at(64, 48)))
    autoencoder = model.autoencoder.vae
    whole = model.decode_array(latents)
    monkeypatch.setattr(tiles, "WHOLE_PIXELS", 64 * 48 - 1)
    monkeypatch.setattr(autoencoder, "tile_sample_min_size", 32)
    monkeypatch.setattr(autoencoder, "tile_latent_min_size", 16)
    monkeypatch.setattr(autoencoder, "spatial_scale_factor", SCALE, raising=False)
    in_tiles = model.decode_array(latents)
    assert in_tiles.shape == whole.shape == (1, 48, 64, 3)
    assert not np.array_equal(in_tiles, whole)
    assert not autoencoder.use_tiling
    assert model.encode(noise_picture(64, 48), 64, 48).shape == latents.shape
    monkeypatch.setattr(tiles, "WHOLE_PIXELS", 64 * 48)
    assert np.array_equal(model.decode_array(latents), whole)
