"""The mask as the sampler takes it: feathered, inverted, or none at all."""

from __future__ import annotations

import numpy as np

_SIGMAS = 3.6
"""Standard deviations of the feather's Gaussian in its radius.

Of a Gaussian in the plane exp(-3.6² / 2) = 0.15 % lie farther out than that: less than half
of 1/255, so that whatever the mask's shape, nothing is left of it beyond the radius.
"""


def feathered(mask: np.ndarray, radius: float) -> np.ndarray:
    """A mask with its edge blurred by a Gaussian.

    Args:
        mask: (H, W) uint8.
        radius: In pixels: farther than this from the mask the result is 0, and farther than
            this from its edge 255 inside it. 0 leaves the mask as it is.

    Returns:
        (H, W) uint8.
    """
    if radius <= 0:
        return mask
    from scipy import ndimage

    blurred = ndimage.gaussian_filter(
        mask.astype(np.float32), radius / _SIGMAS, mode="nearest", radius=int(radius)
    )
    result: np.ndarray = np.rint(blurred).astype(np.uint8)
    return result
