"""Pictures of all shapes and kinds, brought to the drawing's size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.fit import Fit, fitted, stretching
from tests.session.drawing.hand import noise


def stripes(width: int, height: int) -> Picture:
    """Red on the left half, blue on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return Picture.of(pixels)


@pytest.mark.parametrize("fit", list(Fit))
def test_at_its_own_size_every_pixel_stays(fit: Fit) -> None:
    picture = Picture.of(noise(20, 30))
    assert np.array_equal(fitted(picture, 30, 20, fit), noise(20, 30))


def test_fitted_shows_all_of_it_stretched() -> None:
    pixels = fitted(stripes(40, 10), 20, 20, Fit.FITTED)
    assert (pixels[:, :8, 0] > 250).all()
    assert (pixels[:, 12:, 2] > 250).all()
    assert (pixels[..., 3] == 255).all()


def test_cropped_covers_and_cuts_two_sides_alike() -> None:
    pixels = fitted(stripes(80, 10), 20, 20, Fit.CROPPED)
    assert (pixels[:, :7, 0] > 240).all()
    assert (pixels[:, 13:, 2] > 240).all()
    assert (pixels[..., 3] == 255).all()


def test_letterboxed_keeps_the_shape_between_transparent_bars() -> None:
    pixels = fitted(stripes(80, 20), 40, 40, Fit.LETTERBOXED)
    assert (pixels[:15, :, 3] == 0).all()
    assert (pixels[25:, :, 3] == 0).all()
    assert (pixels[15:25, :, 3] == 255).all()
    upright = fitted(stripes(20, 80), 40, 40, Fit.LETTERBOXED)
    assert (upright[:, 15:25, 3] == 255).all()
    assert upright[..., 3].sum() == 255 * 10 * 40


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 4000)])
@pytest.mark.parametrize("fit", list(Fit))
def test_pictures_a_pixel_wide_keep_their_colour(size: tuple[int, int], fit: Fit) -> None:
    picture = Picture.of(np.full((size[1], size[0], 3), (10, 200, 30), np.uint8))
    pixels = fitted(picture, 64, 48, fit)
    assert pixels.shape == (48, 64, 4)
    opaque = pixels[pixels[..., 3] == 255]
    assert len(opaque) >= 48
    assert (opaque[:, :3] == (10, 200, 30)).all()


def test_transparent_parts_stay_so_or_lie_on_a_ground() -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, :4] = (200, 100, 50, 255)
    pixels[:, 4:] = (0, 255, 0, 0)
    picture = Picture.of(pixels)
    drawing = Drawing(8, 8, (1, 2, 3))
    drawing.put(picture)
    assert drawing.pick(6, 6) == (1, 2, 3)
    drawing.put(picture, ground=(9, 8, 7))
    assert drawing.pick(6, 6) == (9, 8, 7)
    assert drawing.pick(1, 1) == (200, 100, 50)
    assert drawing.pixels("background")[6, 6, 3] == 255


def test_no_colour_of_what_is_transparent_bleeds_into_what_is_not() -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :20] = (120, 0, 0, 255)
    pixels[:, 20:] = (0, 255, 0, 0)
    for fit in Fit:
        small = fitted(Picture.of(pixels), 17, 11, fit)
        seen = small[small[..., 3] > 0]
        assert (seen[:, 1] == 0).all()
        # A colour of little alpha is known to few bits.
        assert (np.abs(seen[seen[:, 3] > 32][:, 0].astype(int) - 120) <= 3).all()


def test_what_is_stretched_far_or_hardly_there_is_told() -> None:
    assert stretching(stripes(300, 200), 512, 512, Fit.CROPPED) is None
    assert stretching(stripes(4000, 3000), 512, 512, Fit.LETTERBOXED) is None
    told = stretching(Picture.of(np.zeros((1000, 1, 3), np.uint8)), 512, 512, Fit.CROPPED)
    assert told is not None
    assert (told.code, told.by_name["width"], told.by_name["height"]) == ("picture_tiny", 1, 1000)
    assert told.by_name["times"] == 512
    told = stretching(Picture.of(np.zeros((1000, 1, 3), np.uint8)), 512, 512, Fit.LETTERBOXED)
    assert told is not None
    assert told.code == "picture_thin"
    told = stretching(Picture.of(np.zeros((20, 20, 3), np.uint8)), 512, 512, Fit.FITTED)
    assert told is not None
    assert told.by_name["times"] == 26


def test_a_photograph_of_many_pixels_fits() -> None:
    large = Picture.of(Image.linear_gradient("L").resize((6000, 4000)))
    pixels = fitted(large, 256, 256, Fit.CROPPED)
    assert pixels.shape == (256, 256, 4)
    assert (np.diff(pixels[:, 128, 0].astype(int)) >= 0).all()
