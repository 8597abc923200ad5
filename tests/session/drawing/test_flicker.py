"""The measure of restlessness, and the pull against it, on pictures that can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.session.drawing.flicker import difference, flicker
from sdstudio.session.drawing.pull import at_size, pulled


def flat(shade: int, side: int = 8) -> np.ndarray:
    return np.full((side, side, 3), shade, np.uint8)


def test_the_difference_is_the_mean_of_absolute_ones() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 256, (2, 30, 20, 3), np.uint8)
    assert difference(one, other) == pytest.approx(np.abs(one.astype(int) - other).mean())


def test_neighbours_that_are_both_made_are_measured() -> None:
    drawings = [flat(0), flat(10), flat(30), flat(60)]
    found = flicker(drawings, [flat(0), flat(40), None, flat(0)])
    assert found is not None
    assert (found.results, found.drawings, found.pairs, found.ratio) == (40, 10, 1, 4)
    assert flicker(drawings, [flat(0), None, flat(1), None]) is None
    assert flicker(drawings[:1], [flat(0)]) is None


def test_drawings_that_stand_still_have_no_ratio() -> None:
    found = flicker([flat(9)] * 3, [flat(1), flat(2), flat(5)])
    assert found is not None
    assert (found.results, found.drawings, found.ratio) == (2, 0, None)


def test_drawings_are_measured_at_the_results_size() -> None:
    found = flicker([flat(0, 32), flat(50, 32)], [flat(7), flat(9)])
    assert found is not None
    assert (found.results, found.drawings) == (2, 50)


@pytest.mark.parametrize("pull", [0.0, 0.25, 0.5, 1.0])
def test_a_pull_blends_by_its_share(pull: float) -> None:
    rng = np.random.default_rng(1)
    frame, result = rng.integers(0, 256, (2, 8, 8, 3), np.uint8)
    wanted = np.rint((1 - pull) * frame.astype(float) + pull * result)
    assert np.abs(pulled(frame, result, pull) - wanted).max() <= (1 if pull == 0.25 else 0)
    assert pulled(flat(100, 32), result, pull).shape == (8, 8, 3)


def test_another_shape_is_cropped_about_its_middle() -> None:
    wide = np.zeros((8, 24, 3), np.uint8)
    wide[:, 8:16] = 200
    assert (at_size(wide, (8, 8)) == 200).all()
