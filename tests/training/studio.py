"""Artwork made up for tests."""

from __future__ import annotations

import numpy as np

from sdstudio.training.artwork import Drawing
from sdstudio.training.concepts import CONCEPTS
from sdstudio.training.scenes import Studio


def plain_studio() -> Studio:
    """One plain red square for each concept."""
    pixels = np.zeros((len(CONCEPTS), 40, 40, 4), np.uint8)
    pixels[..., 0] = pixels[..., 3] = 255
    drawings = [Drawing("noto", c.codepoints[0], None) for c in CONCEPTS]  # type: ignore[arg-type]
    return Studio(drawings, pixels, [np.array([i]) for i in range(len(CONCEPTS))])
