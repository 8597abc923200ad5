"""Final latents equal to diffusers' own pipelines, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline
from PIL import Image

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.schedulers import NAMES
from tests.engine.pipelines import SEED, final, generator, prepared

Pipelines = Callable[..., StableDiffusionPipeline]
Models = Callable[..., Model]


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [2, 5])
def test_text_to_image(
    name: str,
    steps: int,
    prediction_type: str,
    tiny_models: Models,
    tiny_pipelines: Pipelines,
) -> None:
    model, pipeline = tiny_models(prediction_type), tiny_pipelines(prediction_type)
    expected = prepared(pipeline, name, model.scheduler_config)(
        "a frog",
        negative_prompt="blue",
        num_inference_steps=steps,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(
        prompt="a frog", negative_prompt="blue", steps=steps, seed=SEED, scheduler=name
    )
    assert torch.equal(final(model, request), expected)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strength", [0.3, 0.75, 1.0])
def test_image_to_image(
    name: str,
    strength: float,
    prediction_type: str,
    tiny_models: Models,
    tiny_pipelines: Pipelines,
) -> None:
    model, base = tiny_models(prediction_type), tiny_pipelines(prediction_type)
    pipeline = StableDiffusionImg2ImgPipeline(**base.components, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    expected = prepared(pipeline, name, model.scheduler_config)(
        "a frog",
        image=picture,
        strength=strength,
        num_inference_steps=7,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(
        prompt="a frog", image=picture, strength=strength, steps=7, seed=SEED, scheduler=name
    )
    assert torch.equal(final(model, request), expected)
    assert model.entry(request).count == len(list(denoise(model, request)))


def test_tiny_autoencoder(tiny_models: Models, tiny_pipelines: Pipelines) -> None:
    model, pipeline = tiny_models(vae="tiny"), tiny_pipelines(vae="tiny")
    images = prepared(pipeline, "DDIM", model.scheduler_config)(
        "a frog", num_inference_steps=3, generator=generator()
    ).images
    latents = final(model, Request(prompt="a frog", steps=3, seed=SEED))
    assert np.array_equal(np.asarray(model.decode(latents)), np.asarray(images[0]))


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [
        ({"guidance_scale": 1.0}, {"guidance_scale": 1.0}),
        ({"guidance_scale": 0.5}, {"guidance_scale": 0.5}),
        ({"guidance_rescale": 0.7}, {"guidance_rescale": 0.7}),
        ({"eta": 0.6}, {"eta": 0.6}),
        ({"width": 24, "height": 16}, {"width": 24, "height": 16}),
        ({"width": 40, "height": 24}, {"width": 40, "height": 24}),
        ({"prompt": ""}, {"prompt": ""}),
        ({"prompt": "a frog " * 500}, {"prompt": "a frog " * 500}),
    ],
)
def test_fields(
    fields: dict[str, Any], arguments: dict[str, Any], tiny: Model, tiny_pipelines: Pipelines
) -> None:
    pipeline = prepared(tiny_pipelines(), "DDIM", tiny.scheduler_config)
    called = {"prompt": "a frog", "num_inference_steps": 5, **arguments}
    expected = pipeline(**called, generator=generator(), output_type="latent").images
    request = Request(**{"prompt": "a frog", "steps": 5, "seed": SEED, **fields})
    assert torch.equal(final(tiny, request), expected)


def test_custom_starting_latents(tiny: Model, tiny_pipelines: Pipelines) -> None:
    pipeline = prepared(tiny_pipelines(), "Euler", tiny.scheduler_config)
    noise = torch.randn((1, *tiny.latent_shape), generator=torch.Generator().manual_seed(9))
    expected = pipeline(
        "a frog", num_inference_steps=4, latents=noise.clone(), output_type="latent"
    ).images
    request = Request(prompt="a frog", steps=4, scheduler="Euler")
    *_, last = denoise(tiny, request, latents=noise)
    assert torch.equal(last.next_latents, expected)


def test_zero_terminal_snr_with_rescaled_guidance(
    tmp_path: Any,
) -> None:
    from sdstudio.engine import load_model
    from tests.tiny_models import save_tiny

    folder = save_tiny(
        tmp_path / "zero",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )
    config_file = folder / "scheduler" / "scheduler_config.json"
    config_file.write_text(
        config_file.read_text().replace("{", '{\n  "rescale_betas_zero_snr": true,', 1)
    )
    model = load_model(folder, dtype=torch.float32)
    pipeline = StableDiffusionPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    prepared(pipeline, "DDIM", model.scheduler_config)
    expected = pipeline(
        "a frog",
        num_inference_steps=5,
        guidance_rescale=0.7,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(prompt="a frog", steps=5, seed=SEED, guidance_rescale=0.7)
    steps = list(denoise(model, request))
    assert torch.equal(steps[-1].next_latents, expected)
    assert steps[0].noise_level == 1.0
    assert all(torch.isfinite(step.x0).all() for step in steps)
