"""Pictures small enough for a strip of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 64


def thumbnail(picture: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """A picture with its longer side at most ``side`` pixels, averaged over areas.

    Args:
        picture: (height, width, 3) uint8.
        side: Pixels.
    """
    # Not above: the window opens before either is imported.
    import numpy as np
    from PIL import Image

    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = Image.fromarray(np.ascontiguousarray(picture)).resize(
        size, Image.Resampling.BOX, reducing_gap=1.0
    )
    return np.asarray(small)
