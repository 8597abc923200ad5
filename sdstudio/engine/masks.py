"""Which pixels of a picture a mask lets change, and the others put back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sdstudio.engine.pixels import crop_of, fitted

if TYPE_CHECKING:
    from PIL.Image import Image

    from sdstudio.engine.picture import Picture
    from sdstudio.engine.request import Request

WHITE = 255

HALF = 128
"""From this value on a mask lets a pixel change, as diffusers' pipelines have it."""


def fitted_mask(mask: Picture, image: Picture, width: int, height: int) -> Image:
    """The mask at the size of what is made, in shades of grey.

    It is stretched over the picture it belongs to and then cropped as that is; where the
    picture has the shape of what is made, that is what diffusers' pipelines do.
    """
    from PIL import Image

    across, down = (own / its for own, its in zip(mask.size, image.size, strict=True))
    left, top, right, bottom = crop_of(image.size, width, height)
    crop = (left * across, top * down, right * across, bottom * down)
    return mask.image.resize((width, height), Image.Resampling.LANCZOS, crop).convert("L")


@lru_cache(maxsize=4)
def mask_values(mask: Picture, image: Picture, width: int, height: int) -> np.ndarray:
    """How far each pixel may change, (height, width) uint8: 0 stays, 255 is free."""
    values = np.array(fitted_mask(mask, image, width, height))
    values.flags.writeable = False
    return values


def freed_latents(values: np.ndarray, scale_factor: int) -> np.ndarray:
    """Which latents may change, (h, w) bool: those whose first pixel may.

    Args:
        values: (height, width) uint8.
        scale_factor: Pixels to a latent, along a side.
    """
    return values[::scale_factor, ::scale_factor] >= HALF


def with_kept_pixels(pictures: np.ndarray, requests: Sequence[Request]) -> np.ndarray:
    """Pictures whose masked-off pixels are those of the pictures they started from.

    Where a mask is grey, the two are blended by its value; a picture without a mask is left
    as it is.

    Args:
        pictures: (B, height, width, 3) uint8.
        requests: One for each, or one for all.
    """
    if all(request.mask is None for request in requests):
        return pictures
    if len(requests) == 1:
        requests = [*requests] * len(pictures)
    height, width = pictures.shape[1:3]
    kept = [
        _blended(picture, request.image, request.mask, width, height)
        for picture, request in zip(pictures, requests, strict=True)
    ]
    return np.stack(kept)


def _blended(
    picture: np.ndarray, image: Picture | None, mask: Picture | None, width: int, height: int
) -> np.ndarray:
    if image is None or mask is None:
        return picture
    from PIL import Image

    share = Image.fromarray(mask_values(mask, image, width, height))
    original = _original(image, width, height)
    # Rounded; at 0 and 255 either picture comes out as it is.
    return np.asarray(Image.composite(Image.fromarray(picture), original, share))


@lru_cache(maxsize=4)
def _original(image: Picture, width: int, height: int) -> Image:
    return fitted(image.image, width, height)
