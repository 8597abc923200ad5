"""What the second pass at twice the size asks for."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import RequestError
from sdstudio.engine.request import Request
from sdstudio.session.drawing.enlarging import enlarged, upscaled
from tests.session.standins import facts

FACTS = facts()  # 64 x 64 pixels, sides to 256
MASK = Picture.of(np.full((64, 64), 255, np.uint8))


def test_it_starts_from_the_result_at_twice_the_size() -> None:
    rng = np.random.default_rng(0)
    result = rng.integers(0, 256, (64, 48, 3), np.uint8)
    first = Request(prompt="a frog", seed=3, steps=20, mask=MASK, image=MASK, strength=0.9)
    second = enlarged(first, result, FACTS, 0.3)
    assert (second.width, second.height, second.strength) == (96, 128, 0.3)
    assert (second.prompt, second.seed, second.steps) == ("a frog", 3, 20)
    assert second.mask is None
    assert second.image is not None
    assert (np.asarray(second.image.image) == np.asarray(upscaled(result, 96, 128))).all()


def test_what_is_larger_than_the_model_s_own_size_is_seen_in_tiles_and_not_amplified() -> None:
    small = enlarged(Request(guidance_scale=7), np.zeros((32, 32, 3), np.uint8), FACTS)
    assert (small.tile, small.guidance_scale) == (0, 7)
    large = enlarged(Request(guidance_scale=7), np.zeros((64, 64, 3), np.uint8), FACTS)
    assert (large.tile, large.guidance_scale) == (64, 1.0)
    unguided = enlarged(Request(guidance_scale=0.5), np.zeros((64, 64, 3), np.uint8), FACTS)
    assert unguided.guidance_scale == 0.5


def test_the_upscaled_picture_is_the_picture() -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:, 16:] = 200
    large = np.asarray(upscaled(picture, 64, 64))
    assert (large[:, :26] == 0).all()
    assert (large[:, 38:] == 200).all()


def test_more_than_the_model_makes_is_refused() -> None:
    with pytest.raises(RequestError, match="enlarged_too_large"):
        enlarged(Request(), np.zeros((64, 136, 3), np.uint8), FACTS)


def test_a_strength_that_is_none_is_refused() -> None:
    with pytest.raises(RequestError, match="strength"):
        enlarged(Request(), np.zeros((64, 64, 3), np.uint8), FACTS, 1.5)
