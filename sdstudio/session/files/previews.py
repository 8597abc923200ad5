"""Small pictures of each step inside a run file: something to show before, or without, a model."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BUDGET = 32 << 20
"""Pixels of a run's previews together: 50 of 512 x 512 fit several times over."""

QUALITY = 80
_MAX_SIDE = 4096


def encode(picture: np.ndarray, count: int) -> bytes:
    """A picture, (height, width, 3) uint8, as WebP, small enough that ``count`` fit the budget."""
    from PIL import Image

    image = Image.fromarray(picture)
    share = (BUDGET / max(count, 1) / (image.width * image.height)) ** 0.5
    scale = min(1.0, share, _MAX_SIDE / max(image.size))
    if scale < 1.0:
        size = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    # Effort 0 of 6: a pinned run is written while the person goes on.
    image.save(buffer, "WEBP", quality=QUALITY, method=0)
    return buffer.getvalue()


def decode_all(previews: Mapping[int, bytes]) -> dict[int, np.ndarray]:
    """The pictures by step; as many as the budget holds, whatever the bytes claim.

    Raises:
        ValueError: One of them is not a picture, or they are larger than any that are written.
    """
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    # BUDGET is the limit here, and more than a warning.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    room = BUDGET
    pictures: dict[int, np.ndarray] = {}
    for index, data in previews.items():
        try:
            with Image.open(io.BytesIO(data), formats=("WEBP", "PNG")) as image:
                room -= image.width * image.height
                if room < 0:
                    raise ValueError("its previews are too large")
                pictures[index] = np.asarray(image.convert("RGB"))
        except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as bad:
            raise ValueError(f"the preview of step {index} is not a picture") from bad
    return pictures
