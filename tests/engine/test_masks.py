"""The picture's own pixels where a mask is black, blended ones where it is grey."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from sdstudio.engine import Model, Picture, Request, denoise
from tests.engine.pipelines import final
from tests.pictures import blob_mask, noise_picture, pixels_of

Models = Callable[..., Model]


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
