"""Inpainting: the latents are those of diffusers' pipeline, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInpaintPipeline, StableDiffusionPipeline

from sdstudio.engine import Model, Picture, Request, RequestError, denoise, load_model
from sdstudio.engine.inpaint import seen_with_mask
from sdstudio.engine.schedulers import NAMES
from tests.engine.pipelines import SEED, final, generator, prepared
from tests.pictures import blob_mask, noise_picture, pixels_of

Pipelines = Callable[..., StableDiffusionPipeline]
Models = Callable[..., Model]


def inpainted(base: StableDiffusionPipeline, **arguments: Any) -> torch.Tensor:
    pipeline = StableDiffusionInpaintPipeline(**base.components, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline(output_type="latent", **arguments).images


SOME = ("DDIM", "PNDM", "Euler a", "Heun", "DPM++ SDE", "LCM")
"""Schedulers of each kind, for a network that the scheduler does not know from others."""


@pytest.mark.parametrize(
    ("channels", "name"), [*((4, name) for name in NAMES), *((9, name) for name in SOME)]
)
@pytest.mark.parametrize("strength", [0.6, 1.0])
def test_latents_equal_the_pipelines(
    channels: int, name: str, strength: float, tiny_models: Models, tiny_pipelines: Pipelines
) -> None:
    model, base = tiny_models(channels=channels), tiny_pipelines(channels=channels)
    expected = inpainted(
        prepared(base, name, model.scheduler_config),
        prompt="a frog",
        negative_prompt="blue",
        image=noise_picture().image,
        mask_image=blob_mask().image,
        strength=strength,
        num_inference_steps=4,
        generator=generator(),
    )
    request = Request(
        prompt="a frog",
        negative_prompt="blue",
        image=noise_picture(),
        mask=blob_mask(),
        strength=strength,
        steps=4,
        seed=SEED,
        scheduler=name,
    )
    assert torch.equal(final(model, request), expected)


@pytest.mark.parametrize("kinds", [{"prediction_type": "v_prediction"}, {"vae": "tiny"}])
@pytest.mark.parametrize("channels", [4, 9])
@pytest.mark.parametrize(
    ("fields", "mask"),
    [
        ({"guidance_scale": 1.0}, blob_mask()),
        ({"eta": 0.6}, blob_mask(40, 40)),
        ({"width": 40, "height": 24}, blob_mask(40, 24)),
        ({"width": 40, "height": 24}, blob_mask(80, 48)),
        ({}, blob_mask(40, 24)),
        ({}, Picture.of(blob_mask().image.convert("RGB"))),
    ],
)
def test_other_models_sizes_and_masks(
    fields: dict[str, Any],
    mask: Picture,
    channels: int,
    kinds: dict[str, Any],
    tiny_models: Models,
    tiny_pipelines: Pipelines,
) -> None:
    model = tiny_models(**kinds, channels=channels)
    base = prepared(tiny_pipelines(**kinds, channels=channels), "DDIM", model.scheduler_config)
    image = noise_picture(fields.get("width", 16), fields.get("height", 16))
    expected = inpainted(
        base,
        prompt="a frog",
        image=image.image,
        mask_image=mask.image,
        strength=0.7,
        num_inference_steps=5,
        generator=generator(),
        **fields,
    )
    request = Request(
        prompt="a frog", image=image, mask=mask, strength=0.7, steps=5, seed=SEED, **fields
    )
    assert torch.equal(final(model, request), expected)


@pytest.mark.parametrize("channels", [4, 9])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_batch(
    strength: float, channels: int, tiny_models: Models, tiny_pipelines: Pipelines
) -> None:
    model, base = tiny_models(channels=channels), tiny_pipelines(channels=channels)
    seeds = (3, 8)
    pictures = [noise_picture(seed=seed) for seed in seeds]
    masks = [blob_mask(), Picture.of(blob_mask(24, 24).image.crop((0, 4, 16, 20)))]
    expected = inpainted(
        prepared(base, "Euler a", model.scheduler_config),
        prompt=["a frog", "a toad"],
        image=[each.image for each in pictures],
        mask_image=[each.image for each in masks],
        strength=strength,
        num_inference_steps=4,
        generator=[torch.Generator().manual_seed(seed) for seed in seeds],
    )
    requests = [
        Request(
            prompt=prompt,
            image=image,
            mask=mask,
            strength=strength,
            steps=4,
            seed=seed,
            scheduler="Euler a",
        )
        for prompt, image, mask, seed in zip(
            ("a frog", "a toad"), pictures, masks, seeds, strict=True
        )
    ]
    *_, last = denoise(model, requests)
    assert torch.equal(last.next_latents, expected)


def test_what_a_nine_channel_network_saw_can_be_told_again(
    tiny_models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_models(channels=9)
    request = Request(
        prompt="a frog", image=noise_picture(), mask=blob_mask(), steps=3, strength=0.7, seed=5
    )
    seen: list[torch.Tensor] = []
    predict = model.predict

    def remember(network_input: torch.Tensor, *rest: Any) -> Any:
        seen.append(network_input)
        return predict(network_input, *rest)

    monkeypatch.setattr(model, "predict", remember)
    steps = list(denoise(model, request))
    for step, its in zip(steps, seen, strict=True):
        assert its.shape[1] == 9
        assert torch.equal(seen_with_mask(model, request, step.network_input), its)


@pytest.mark.parametrize("channels", [4, 9])
def test_the_default_mode_keeps_to_the_mask_and_agrees_with_the_exact_one(
    channels: int, tiny_models: Models, tiny_folders: Callable[..., Path]
) -> None:
    fast = load_model(tiny_folders(channels=channels), device="cpu")
    if fast.engine == "torch":
        pytest.skip("there is no faster engine here")
    request = Request(
        prompt="a frog",
        image=noise_picture(24, 24),
        mask=blob_mask(24, 24),
        width=24,
        height=24,
        steps=4,
        strength=1.0,
        tile=16,
    )
    latents, wanted = final(fast, request), final(tiny_models(channels=channels), request)
    assert (latents - wanted).norm() < 0.05 * wanted.norm()
    made, outside = fast.decode_array(latents, request)[0], pixels_of(blob_mask(24, 24)) == 0
    assert np.array_equal(made[outside], pixels_of(noise_picture(24, 24))[outside])


BLACK, GREY, WHITE = (Picture.of(np.full((16, 16), shade, np.uint8)) for shade in (0, 127, 255))


def thin() -> Picture:
    """White where no latent has its first pixel, at two pixels a latent."""
    mask = np.zeros((16, 16), np.uint8)
    mask[:, 5] = 255
    return Picture.of(mask)


@pytest.mark.parametrize(
    ("channels", "fields", "code"),
    [
        (4, {"mask": WHITE}, "mask_without_image"),
        (4, {"mask": BLACK, "image": noise_picture()}, "mask_empty"),
        (4, {"mask": GREY, "image": noise_picture()}, "mask_empty"),
        (4, {"mask": thin(), "image": noise_picture()}, "mask_too_thin"),
        (9, {}, "needs_mask"),
        (9, {"image": noise_picture()}, "needs_mask"),
        (9, {"mask": WHITE}, "needs_mask"),
        (9, {"mask": BLACK, "image": noise_picture()}, "mask_empty"),
    ],
)
def test_what_cannot_be_honoured_is_refused(
    channels: int, fields: dict[str, Any], code: str, tiny_models: Models
) -> None:
    with pytest.raises(RequestError) as caught:
        list(denoise(tiny_models(channels=channels), Request(prompt="a frog", **fields)))
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [("mask", code)]


def test_a_full_mask_is_worth_a_note(tiny: Model) -> None:
    def codes(mask: Picture) -> list[str]:
        request = Request(prompt="a frog", image=noise_picture(), mask=mask)
        tiny.check(request)
        return [note.code for note in tiny.notes(request)]

    assert codes(WHITE) == ["mask_full"]
    assert codes(blob_mask()) == []


def test_a_batch_has_masks_for_all_or_for_none(tiny: Model) -> None:
    requests = [Request(image=noise_picture(), mask=blob_mask()), Request(image=noise_picture())]
    with pytest.raises(RequestError) as caught:
        next(denoise(tiny, requests))
    assert [(p.field, p.code) for p in caught.value.problems] == [("mask", "batch_differs")]
