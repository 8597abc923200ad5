"""What lies below a mask before the sampler begins: a choice of four."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sdstudio.session.drawing.layers import WHITE, Colour

Fill = Literal["original", "blur", "noise", "colour"]
FILLS: tuple[Fill, ...] = ("original", "blur", "noise", "colour")

_SPREAD = 1 / 16
"""Standard deviation of the narrowest blur, in the picture's longer side."""


def filled(
    picture: np.ndarray, mask: np.ndarray, fill: Fill, *, colour: Colour = WHITE, seed: int = 0
) -> np.ndarray:
    """A picture with what a mask wholly covers replaced; elsewhere it is as it was.

    Args:
        picture: (H, W, 3) uint8.
        mask: (H, W) uint8; only where it is 255 something is put: a feathered edge blends the
            result with the picture itself, not with what fills the mask.
        fill: "original" leaves it; "blur" lets the colours around run in; "noise" has each
            channel evenly between 0 and 255; "colour" is one colour.
        colour: For "colour".
        seed: For "noise".

    Returns:
        (H, W, 3) uint8.
    """
    inside = mask == 255
    if fill == "original" or not inside.any():
        return picture
    if fill == "colour":
        below = np.broadcast_to(np.array(colour, np.uint8), picture.shape)
    elif fill == "noise":
        below = np.random.default_rng(seed).integers(0, 256, picture.shape, np.uint8)
    else:
        below = surroundings(picture, inside)
    return np.where(inside[..., None], below, picture)


def surroundings(picture: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The colours around a hole run into it: blurs of what is outside, wider towards its middle.

    A normalized convolution (Knutsson and Westin 1993): each blur is divided by the blur of
    where something is known.

    Args:
        picture: (H, W, 3) uint8.
        inside: (H, W) bool, the hole.

    Returns:
        (H, W, 3) uint8; where nothing is known anywhere, the picture's mean.
    """
    from scipy import ndimage

    known = (~inside).astype(np.float32)
    colours = picture.astype(np.float32)
    below = np.broadcast_to(colours.mean((0, 1)), picture.shape).copy()
    sigma = _SPREAD * max(inside.shape)
    # The widest first: nearer the edge a narrower blur that still knows something goes over it.
    for width in (16 * sigma, 4 * sigma, sigma):
        share = ndimage.gaussian_filter(known, width)
        blurred = ndimage.gaussian_filter(colours * known[..., None], (width, width, 0))
        sure = share > 1e-3
        below[sure] = blurred[sure] / share[sure][:, None]
    return np.rint(below).clip(0, 255).astype(np.uint8)
