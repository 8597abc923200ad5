"""A second pass at twice the size: upscaled, a little noised, and made again in tiles.

The cascade of Ho et al. 2021 (64 to 256 to 1024 pixels) with one model in place of three: what
the first pass decided is kept by a low strength, and each tile is of the size it was trained on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import Request
from sdstudio.session.events import ModelFacts

if TYPE_CHECKING:
    from PIL.Image import Image

STRENGTH = 0.2
"""Of the second pass. The built-in model, which knows whole things only, was seen to put a
mouth into every tile at 0.35, and to keep the picture at 0.2."""

FACTOR = 2


def enlarged(
    request: Request, result: np.ndarray, facts: ModelFacts, strength: float = STRENGTH
) -> Request:
    """What makes a result again at twice the size.

    Args:
        request: What it was made by.
        result: (H, W, 3) uint8.
        facts: Of the model.
        strength: How far back into noise the upscaled picture is taken, 0 to 1.

    Raises:
        RequestError: ``enlarged_too_large`` beyond what the model makes, or the strength is no
            number of its range.
    """
    height, width = (FACTOR * side for side in result.shape[:2])
    most = facts.size_range[1]
    if max(width, height) > most:
        raise RequestError(
            Problem.of("enlarged_too_large", "width", width=width, height=height, most=most)
        )
    native = min(facts.native_size)
    tiled = max(width, height) > native
    return replace(
        request,
        image=Picture.of(upscaled(result, width, height)),
        mask=None,
        strength=strength,
        width=width,
        height=height,
        tile=native if tiled else 0,
        # The words are about the whole: amplified, they would make it anew in each part.
        guidance_scale=min(request.guidance_scale, 1.0) if tiled else request.guidance_scale,
    )


def upscaled(picture: np.ndarray, width: int, height: int) -> Image:
    """A picture at another size, by Lanczos."""
    from PIL import Image

    whole = Image.fromarray(np.ascontiguousarray(picture))
    return whole.resize((width, height), Image.Resampling.LANCZOS)
