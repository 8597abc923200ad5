"""Contact sheets: many pictures in one, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from .scenes import Studio


def sheet(pictures: Sequence[np.ndarray], columns: int) -> Image.Image:
    """Pictures (H, W, 3) uint8 of one size, row by row."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * width, rows * height), "white")
    for index, picture in enumerate(pictures):
        corner = (index % columns * width, index // columns * height)
        whole.paste(Image.fromarray(picture), corner)
    return whole


def sheet_of_scenes(studio: Studio, count: int = 64, columns: int = 8) -> Image.Image:
    """Scenes as the network is trained on."""
    rng = np.random.default_rng(0)
    return sheet([studio.compose(studio.random_scene(rng)) for _ in range(count)], columns)
