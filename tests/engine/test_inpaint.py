"""Inpainting: the latents of diffusers' pipeline, and the picture's own pixels elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInpaintPipeline, StableDiffusionPipeline
from PIL import Image

from sdstudio.engine import Model, Picture, Request, RequestError, denoise
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


@pytest.mark.parametrize("channels", [4, 9])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_latents_equal_the_pipelines(
    name: str, strength: float, channels: int, tiny_models: Models, tiny_pipelines: Pipelines
) -> None:
    model, base = tiny_models(channels=channels), tiny_pipelines(channels=channels)
    expected = inpainted(
        prepared(base, name, model.scheduler_config),
        prompt="a frog",
        negative_prompt="blue",
        image=noise_picture().image,
        mask_image=blob_mask().image,
        strength=strength,
        num_inference_steps=6,
        generator=generator(),
    )
    request = Request(
        prompt="a frog",
        negative_prompt="blue",
        image=noise_picture(),
        mask=blob_mask(),
        strength=strength,
        steps=6,
        seed=SEED,
        scheduler=name,
    )
    assert torch.equal(final(model, request), expected)
    assert model.entry(request).count == len(list(denoise(model, request)))


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


@pytest.mark.parametrize("channels", [4, 9])
def test_outside_the_mask_the_picture_is_kept_to_the_pixel(
    channels: int, tiny_models: Models
) -> None:
    model = tiny_models(channels=channels)
    request = Request(
        prompt="a frog", image=noise_picture(), mask=blob_mask(), steps=4, strength=1.0
    )
    original, outside = pixels_of(noise_picture()), pixels_of(blob_mask()) == 0
    inside = pixels_of(blob_mask()) == 255
    assert outside.any()
    assert inside.any()
    for step in denoise(model, request):
        for seconds in (0.0, 100.0):
            preview, _ = model.preview(step.x0, seconds, request)
            assert np.array_equal(preview[outside], original[outside])
    raw = model.decode_array(step.next_latents)[0]
    result = np.asarray(model.decode(step.next_latents, request))
    assert np.array_equal(result[outside], original[outside])
    assert np.array_equal(result[inside], raw[inside])
    assert not np.array_equal(raw[outside], original[outside])
    assert not np.array_equal(result[inside], original[inside])


def test_where_the_mask_is_grey_the_two_are_blended(tiny: Model) -> None:
    request = Request(prompt="a frog", image=noise_picture(), mask=blob_mask(), steps=2)
    latents = final(tiny, request)
    raw = tiny.decode_array(latents)[0].astype(float)
    share = pixels_of(blob_mask())[..., None] / 255.0
    expected = share * raw + (1 - share) * pixels_of(noise_picture())
    found = tiny.decode_array(latents, request)[0]
    assert ((share > 0) & (share < 1)).any()
    assert np.abs(found - expected).max() <= 0.5 + 1e-9


def test_each_of_a_batch_keeps_its_own_picture(tiny: Model) -> None:
    requests = [
        Request(prompt="a frog", image=noise_picture(seed=seed), mask=blob_mask(), steps=2)
        for seed in (1, 2)
    ]
    *_, last = denoise(tiny, requests)
    outside = pixels_of(blob_mask()) == 0
    for seed, made in zip((1, 2), tiny.decode_array(last.next_latents, *requests), strict=True):
        assert np.array_equal(made[outside], pixels_of(noise_picture(seed=seed))[outside])


def test_mask_and_picture_of_another_shape_are_cropped_alike(tiny: Model) -> None:
    wide = noise_picture(48, 16)
    mask = Image.new("L", (96, 32))
    # The middle third, left half: what remains of it is the left half of the square.
    mask.paste(255, (32, 0, 48, 32))
    ringing = 3
    request = Request(prompt="a frog", image=wide, mask=Picture.of(mask), steps=2, strength=1.0)
    result = np.asarray(tiny.decode(final(tiny, request), request)).astype(int)
    original = pixels_of(wide)[:, 16:32].astype(int)
    changed = np.abs(result - original).max(axis=(0, 2)) > 0
    assert changed[:8].all()
    assert not changed[8 + ringing :].any()


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
