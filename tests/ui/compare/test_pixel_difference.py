from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sdstudio.ui.compare.pixel_difference import absolute_difference, amplified, matched

PICTURES = arrays.arrays(np.uint8, (4, 3, 3))


@given(PICTURES, PICTURES)
def test_the_difference_is_that_of_the_numbers(first: np.ndarray, second: np.ndarray) -> None:
    expected = np.abs(first.astype(int) - second.astype(int))
    assert np.array_equal(absolute_difference(first, second), expected)


@given(PICTURES, st.floats(1, 32))
def test_amplifying_never_wraps(difference: np.ndarray, factor: float) -> None:
    expected = np.minimum(difference * factor, 255).astype(np.uint8)
    assert np.array_equal(amplified(difference, factor), expected)


def test_a_preview_is_enlarged_to_its_result() -> None:
    small = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    large = np.zeros((4, 4, 3), np.uint8)
    pair = matched(small, large)
    assert pair is not None
    first, second = pair
    assert first.shape == second.shape == (4, 4, 3)
    assert np.array_equal(first[:2, :2], np.broadcast_to(small[0, 0], (2, 2, 3)))


def test_other_shapes_have_no_difference() -> None:
    assert matched(np.zeros((4, 4, 3), np.uint8), np.zeros((6, 4, 3), np.uint8)) is None
    assert matched(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 8, 3), np.uint8)) is None
