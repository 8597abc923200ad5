"""The mask as the sampler takes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.masking import feathered
from sdstudio.session.drawing.tools import Tool
from tests.session.drawing.hand import drawn


def pixels(drawing: Drawing, **how: object) -> np.ndarray:
    picture = drawing.mask_picture(**how)
    assert picture is not None
    assert picture.image.mode == "L"
    return np.asarray(picture.image)


def test_nothing_masked_is_no_mask() -> None:
    drawing = Drawing(16, 16)
    assert drawing.mask_picture() is None
    assert drawing.mask_picture(feather=5, invert=True) is None


def test_a_mask_as_painted_and_inverted() -> None:
    drawing = drawn(Drawing(32, 24), Tool(size=9), (12, 12), layer="mask")
    assert np.array_equal(pixels(drawing), drawing.pixels("mask"))
    assert np.array_equal(pixels(drawing, invert=True), 255 - drawing.pixels("mask"))
    drawing.write("mask", 0, 0, np.full((24, 32), 255, np.uint8))
    assert (pixels(drawing, feather=6) == 255).all()
    assert (pixels(drawing, feather=6, invert=True) == 0).all()


def test_a_feathered_edge_rises_through_one_half_within_its_radius() -> None:
    mask = np.zeros((60, 100), np.uint8)
    mask[:, 50:] = 255
    row = feathered(mask, 12)[30].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[49] + row[50] == pytest.approx(255, abs=1)
    assert (row[:38] == 0).all()
    assert (row[62:] == 255).all()
    assert 0 < row[44] < row[49]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    radius=st.floats(0.5, 14),
    share=st.sampled_from([0.002, 0.1, 0.6, 0.95]),
    grey=st.booleans(),
)
def test_whatever_its_shape_nothing_is_left_of_it_beyond_the_radius(
    seed: int, radius: float, share: float, grey: bool
) -> None:
    random = np.random.default_rng(seed)
    holes = ndimage.zoom(random.random((12, 14)), 5, order=0) < share
    mask = holes * (random.integers(1, 256, holes.shape) if grey else 255)
    result = feathered(mask.astype(np.uint8), radius)
    if holes.any() and not holes.all():
        assert (result[ndimage.distance_transform_edt(~holes) > radius] == 0).all()
        if not grey:
            assert (result[ndimage.distance_transform_edt(holes) > radius] == 255).all()
