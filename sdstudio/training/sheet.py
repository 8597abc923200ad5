"""Contact sheets: many pictures in one, to be looked at."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from .captions import caption
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


def sheet_of_scenes(studio: Studio, count: int = 48, columns: int = 8) -> Image.Image:
    """Scenes as the network is trained on, one of its captions below each."""
    rng = np.random.default_rng(0)
    cells = []
    for _ in range(count):
        scene = studio.random_scene(rng)
        cells.append(captioned(studio.compose(scene), caption(scene, rng)))
    return sheet(cells, columns)


def captioned(picture: np.ndarray, text: str, height: int = 36) -> np.ndarray:
    """The picture with a text below it, wrapped to its width: (H + height, W, 3) uint8."""
    cell = Image.new("RGB", (picture.shape[1], picture.shape[0] + height), "white")
    cell.paste(Image.fromarray(picture))
    lines = textwrap.wrap(text, picture.shape[1] // 6)
    draw = ImageDraw.Draw(cell)
    draw.multiline_text((3, picture.shape[0] + 1), "\n".join(lines), fill="black", spacing=1)
    return np.asarray(cell)
