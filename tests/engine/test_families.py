"""Final latents of each family equal to diffusers' own pipelines, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    AutoPipelineForImage2Image,
    DiffusionPipeline,
    LatentConsistencyModelPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLInpaintPipeline,
)
from PIL import Image

from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.engine.anatomy.features import features_at
from sdstudio.engine.anatomy.network import network_of
from sdstudio.engine.precision import error_of
from tests.engine.pipelines import SEED, final, generator, prepared
from tests.pictures import blob_mask, noise_picture
from tests.tiny_families import FAMILIES, save_family

SCHEDULERS = ("DDIM", "Euler", "Euler a", "DPM++ 2M Karras", "LCM")
INPAINTING = ("sd2-inpainting", "sdxl-inpainting")
NOT_FROM_TEXT = ("refiner", *INPAINTING)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    return cache(lambda name: save_family(name, tmp_path_factory.mktemp("families") / name))


@pytest.fixture(scope="module")
def models(folders: Callable[[str], Path]) -> Callable[[str], Model]:
    return cache(lambda name: load_model(folders(name), dtype=torch.float32, device="cpu"))


@pytest.fixture(scope="module")
def pipelines(folders: Callable[[str], Path]) -> Callable[[str], Any]:
    @cache
    def pipeline(name: str) -> Any:
        loaded = DiffusionPipeline.from_pretrained(folders(name))
        loaded.set_progress_bar_config(disable=True)
        return loaded

    return pipeline


def picture() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (24, 16, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("negative", ["", "blue"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in NOT_FROM_TEXT])
def test_text_to_image(
    name: str, scheduler: str, negative: str, models: Any, pipelines: Any
) -> None:
    model = models(name)
    pipeline = prepared(pipelines(name), scheduler, model.scheduler_config)
    expected = pipeline(
        "a frog",
        negative_prompt=negative or None,
        guidance_scale=7.5,
        guidance_rescale=0.7 if name == "sd2" else 0.0,
        num_inference_steps=4,
        width=16,
        height=24,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(
        prompt="a frog",
        negative_prompt=negative,
        guidance_rescale=0.7 if name == "sd2" else 0.0,
        steps=4,
        width=16,
        height=24,
        seed=SEED,
        scheduler=scheduler,
    )
    assert torch.equal(final(model, request), expected)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in INPAINTING])
def test_image_to_image(name: str, scheduler: str, models: Any, pipelines: Any) -> None:
    model = models(name)
    pipeline = AutoPipelineForImage2Image.from_pipe(pipelines(name))
    pipeline.set_progress_bar_config(disable=True)
    if name == "lcm":
        # LatentConsistencyModelImg2ImgPipeline would make its own timetable out of strength.
        from diffusers import StableDiffusionImg2ImgPipeline

        pipeline = StableDiffusionImg2ImgPipeline.from_pipe(pipelines(name))
        pipeline.set_progress_bar_config(disable=True)
    prepared(pipeline, scheduler, model.scheduler_config)
    expected = pipeline(
        "a frog",
        image=picture(),
        strength=0.6,
        guidance_scale=7.5,
        num_inference_steps=6,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(
        prompt="a frog",
        image=picture(),
        strength=0.6,
        steps=6,
        width=16,
        height=24,
        seed=SEED,
        scheduler=scheduler,
    )
    assert torch.equal(final(model, request), expected)


@pytest.mark.parametrize("strength", [0.6, 1.0])
@pytest.mark.parametrize("scheduler", ["DDIM", "Euler a", "LCM"])
@pytest.mark.parametrize("name", ["sd2", "lcm", "turbo", "sdxl", *INPAINTING])
def test_inpainting(
    name: str, scheduler: str, strength: float, models: Any, pipelines: Any
) -> None:
    model, base = models(name), pipelines(name)
    assert model.family.takes_mask == (name in INPAINTING)
    if "sdxl" in name:
        pipeline: Any = StableDiffusionXLInpaintPipeline(**base.components)
        # Passed on by none of its ways to be made out of another.
        pipeline.register_to_config(force_zeros_for_empty_prompt=True)
    else:
        pipeline = StableDiffusionInpaintPipeline(**base.components, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    expected = prepared(pipeline, scheduler, model.scheduler_config)(
        "a frog",
        image=noise_picture().image,
        mask_image=blob_mask().image,
        strength=strength,
        guidance_scale=7.5,
        num_inference_steps=5,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(
        prompt="a frog",
        image=noise_picture(),
        mask=blob_mask(),
        strength=strength,
        steps=5,
        seed=SEED,
        scheduler=scheduler,
    )
    assert torch.equal(final(model, request), expected)


@pytest.mark.parametrize("name", ["turbo", "sdxl-turbo"])
def test_one_step_without_guidance(name: str, models: Any, pipelines: Any) -> None:
    model = models(name)
    assert (model.recommended.steps, model.recommended.guidance_scale) == (1, 1.0)
    scheduler = model.recommended.scheduler
    pipeline = prepared(pipelines(name), scheduler, model.scheduler_config)
    expected = pipeline(
        "a frog",
        guidance_scale=0.0,
        num_inference_steps=1,
        generator=generator(),
        output_type="latent",
    ).images
    steps = list(
        denoise(
            model,
            Request(prompt="a frog", guidance_scale=0.0, steps=1, seed=SEED, scheduler=scheduler),
        )
    )
    assert len(steps) == 1
    assert "uncond" not in steps[0].predictions
    assert torch.equal(steps[0].next_latents, expected)


def test_lcm_as_its_own_pipeline_runs_it(models: Any, pipelines: Any) -> None:
    model = models("lcm")
    assert model.recommended.steps == 4
    assert model.recommended.scheduler == "LCM"
    parts = {k: v for k, v in pipelines("lcm").components.items() if k != "image_encoder"}
    pipeline = LatentConsistencyModelPipeline(**parts, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    prepared(pipeline, "LCM", model.scheduler_config)
    expected = pipeline(
        "a frog",
        num_inference_steps=4,
        guidance_scale=8.5,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(prompt="a frog", steps=4, guidance_scale=8.5, scheduler="LCM", seed=SEED)
    assert torch.equal(final(model, request), expected)
    other = Request(prompt="a frog", steps=4, guidance_scale=2.0, scheduler="LCM", seed=SEED)
    assert not torch.equal(final(model, other), expected)


def test_clip_skip_of_sdxl(models: Any, pipelines: Any) -> None:
    model = models("sdxl")
    pipeline = prepared(pipelines("sdxl"), "DDIM", model.scheduler_config)
    expected = pipeline(
        "a frog",
        clip_skip=1,
        num_inference_steps=3,
        guidance_scale=7.5,
        generator=generator(),
        output_type="latent",
    ).images
    request = Request(prompt="a frog", clip_skip=1, steps=3, seed=SEED)
    assert torch.equal(final(model, request), expected)


def test_a_batch_of_sdxl_is_its_members(models: Any) -> None:
    model = models("sdxl")
    requests = [
        Request(prompt=prompt, negative_prompt=negative, steps=3, seed=seed)
        for prompt, negative, seed in (("a frog", "", 1), ("a rabbit", "blue", 2))
    ]
    *_, both = denoise(model, requests)
    for index, request in enumerate(requests):
        alone = final(model, request)
        torch.testing.assert_close(both.next_latents[index : index + 1], alone, atol=1e-4, rtol=0)


def test_a_blend_of_sdxl_blends_the_pooled_vector_too(models: Any) -> None:
    model = models("sdxl")
    frog, rabbit, half = (
        model.condition([Request(prompt="a frog", prompt_b="a rabbit", mix=mix)])
        for mix in (0.0, 1.0, 0.5)
    )
    middle = (frog.added["text_embeds"][1] + rabbit.added["text_embeds"][1]) / 2
    torch.testing.assert_close(half.added["text_embeds"][1], middle)
    assert half.added["time_ids"].tolist() == [[16.0, 16.0, 0.0, 0.0, 16.0, 16.0]] * 2


def test_the_refiner_is_told_a_score(models: Any) -> None:
    model = models("refiner")
    told = model.condition([Request(prompt="a frog", width=16, height=24)])
    assert told.added["time_ids"].tolist() == [
        [24.0, 16.0, 0.0, 0.0, 2.5],
        [24.0, 16.0, 0.0, 0.0, 6.0],
    ]


@pytest.mark.parametrize(
    ("name", "family", "prediction"),
    [
        ("sd2", "SD-shaped", "v_prediction"),
        ("lcm", "SD-shaped", "epsilon"),
        ("sdxl", "SDXL", "epsilon"),
        ("refiner", "SDXL refiner", "epsilon"),
    ],
)
def test_what_a_family_is_called(name: str, family: str, prediction: str, models: Any) -> None:
    model = models(name)
    assert model.family.name == family
    assert model.prediction_type == prediction
    assert model.native_size == (16, 16)


@pytest.mark.parametrize("name", ["sdxl", "lcm", "refiner"])
def test_what_takes_a_network_apart_knows_the_family(name: str, models: Any) -> None:
    model = models(name)
    network = network_of(model)
    assert network.blocks[-1].gives == (4, 8, 8)
    *_, step = denoise(model, Request(prompt="a frog", steps=2))
    found = features_at(model, step, "conv_out")
    torch.testing.assert_close(
        torch.from_numpy(found.maps), step.predictions["cond"][0], atol=1e-4, rtol=1e-3
    )
    assert 0.0 < error_of(model.torch_network, torch.bfloat16) < 0.1


def test_half_precision_runs_every_family(folders: Any) -> None:
    for name in ("sdxl", "lcm"):
        model = load_model(folders(name), dtype=torch.bfloat16, device="cpu")
        exact = load_model(folders(name), dtype=torch.float32, device="cpu")
        request = Request(prompt="a frog", steps=2, seed=SEED)
        error = (final(model, request) - final(exact, request)).norm()
        assert error < 0.1 * final(exact, request).norm()
