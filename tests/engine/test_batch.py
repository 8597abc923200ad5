"""Several requests made as one batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from sdstudio.engine import Model, Request, RequestError, denoise
from sdstudio.engine.schedulers import NAMES

FROG = Request(prompt="a frog", steps=4, seed=1)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_makes_the_pictures_of_its_requests(name: str, tiny: Model) -> None:
    requests = [
        replace(FROG, scheduler=name),
        replace(FROG, scheduler=name, seed=2, prompt="a rabbit", guidance_scale=3.0),
        replace(FROG, scheduler=name, seed=3, guidance_scale=1.0),
        replace(FROG, scheduler=name, seed=4, guidance_rescale=0.5, negative_prompt="blue"),
    ]
    first, *_, last = denoise(tiny, requests)
    for index, request in enumerate(requests):
        own_first, *_, own_last = denoise(tiny, request)
        assert torch.equal(first.latents[index], own_first.latents[0])
        torch.testing.assert_close(
            last.next_latents[index], own_last.next_latents[0], rtol=1e-4, atol=1e-4
        )
    images = tiny.decode(last.next_latents)
    assert isinstance(images, list)
    assert len(images) == 4


def test_pictures_in_a_batch(tiny: Model) -> None:
    import numpy as np

    pictures = [np.full((16, 16, 3), shade, dtype=np.uint8) for shade in (0, 255)]
    requests = [replace(FROG, image=picture, strength=0.5) for picture in pictures]
    *_, last = denoise(tiny, requests)
    for index, request in enumerate(requests):
        *_, own = denoise(tiny, request)
        torch.testing.assert_close(last.next_latents[index], own.next_latents[0], rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        {"steps": 5},
        {"width": 24},
        {"scheduler": "Euler"},
        {"eta": 0.5},
        {"strength": 0.3},
    ],
)
def test_a_batch_must_agree(other: dict[str, object], tiny: Model) -> None:
    with pytest.raises(RequestError) as caught:
        next(denoise(tiny, [FROG, replace(FROG, **other)]))  # type: ignore[arg-type]
    assert [problem.code for problem in caught.value.problems] == ["batch_differs"]
    assert caught.value.problems[0].field in other


def test_an_empty_batch_is_refused(tiny: Model) -> None:
    with pytest.raises(RequestError, match="empty_batch"):
        next(denoise(tiny, []))
