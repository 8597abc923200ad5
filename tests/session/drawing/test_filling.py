"""What fills a mask before the sampler begins."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.session.drawing.filling import FILLS, filled

HEIGHT, WIDTH = 40, 60


@pytest.fixture
def picture() -> np.ndarray:
    """Red on the left, blue on the right."""
    made = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    made[:, :30] = (250, 0, 0)
    made[:, 30:] = (0, 0, 250)
    return made


@pytest.fixture
def mask() -> np.ndarray:
    """A square with a grey rim."""
    made = np.zeros((HEIGHT, WIDTH), np.uint8)
    made[8:32, 8:32] = 120
    made[10:30, 10:30] = 255
    return made


@pytest.mark.parametrize("fill", FILLS)
def test_only_what_the_mask_wholly_covers_is_filled(picture, mask, fill) -> None:
    after = filled(picture, mask, fill, colour=(0, 255, 0))
    assert (after[mask < 255] == picture[mask < 255]).all()
    assert after.dtype == np.uint8


def test_the_original_is_left(picture, mask) -> None:
    assert filled(picture, mask, "original") is picture


def test_a_colour_is_that_colour(picture, mask) -> None:
    after = filled(picture, mask, "colour", colour=(1, 2, 3))
    assert (after[mask == 255] == (1, 2, 3)).all()


def test_noise_is_even_and_the_seed_s(picture, mask) -> None:
    after = filled(picture, mask, "noise", seed=1)
    inside = after[mask == 255].astype(float)
    assert abs(inside.mean() - 127.5) < 6
    assert abs(inside.std() - 73.6) < 5
    assert (after == filled(picture, mask, "noise", seed=1)).all()
    assert (after != filled(picture, mask, "noise", seed=2)).any()


def test_the_blur_is_the_colours_around(picture, mask) -> None:
    hidden = picture.copy()
    hidden[10:30, 10:30] = (0, 255, 0)
    after = filled(hidden, mask, "blur")
    inside = after[10:30, 10:30].astype(int)
    # Nothing of what was hidden shows, and beside the left edge it is red as there.
    assert inside[..., 1].max() < 45
    assert after[20, 11, 0] > 180


def test_a_hole_that_is_all_the_picture_gets_its_mean(picture) -> None:
    everywhere = np.full((HEIGHT, WIDTH), 255, np.uint8)
    after = filled(picture, everywhere, "blur")
    assert (after == (125, 0, 125)).all()
