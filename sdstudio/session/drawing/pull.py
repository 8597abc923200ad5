"""A frame pulled towards the result before it, so that an animation flickers less."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps


def pulled(
    frame: np.ndarray, result: np.ndarray, pull: float, mask: np.ndarray | None = None
) -> np.ndarray:
    """``(1 - pull) * frame + pull * result``, rounded, at the result's size.

    Args:
        frame: What was drawn, (height, width, 3) uint8.
        result: What was made of the frame before, (height, width, 3) uint8.
        pull: 0 is the frame alone, 1 the result alone.
        mask: (height, width) uint8 of the frame's size: where it is 0 the frame stays as it is,
            where it is 255 it is pulled in full; None pulls all of it.
    """
    size = (result.shape[1], result.shape[0])
    frame = at_size(frame, size)
    share: float | np.ndarray = pull
    if mask is not None:
        share = pull * at_size(mask, size)[..., None].astype(np.float32) / 255
    blend = (1.0 - share) * frame.astype(np.float32) + share * result.astype(np.float32)
    return np.rint(blend).clip(0, 255).astype(np.uint8)


def at_size(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A uint8 picture, or a mask, scaled and cropped as the engine scales its input.

    Args:
        picture: What to scale.
        size: Width and height in pixels.
    """
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return np.asarray(ImageOps.fit(Image.fromarray(picture), size, Image.Resampling.LANCZOS))
