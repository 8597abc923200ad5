"""The filmstrip as one picture: a tile for each step with its number."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

TILE = 256
"""Longer side of a tile in pixels, where there is room."""

GAP = 4
MAX_SIDE = 16_384
"""Pixels of a side that most programs still open."""

MAX_PIXELS = 48_000_000
PAPER = (244, 244, 242)
INK = (96, 96, 100)


@dataclass(frozen=True)
class Grid:
    """Where tiles of one size stand: ``columns`` in a row, each with room for its number.

    Attributes:
        columns: Tiles in a full row.
        rows: Rows.
        width: Of a tile, in pixels.
        height: Of a tile without its number.
        line: Height of the numbers' line.
    """

    columns: int
    rows: int
    width: int
    height: int
    line: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of all of it."""
        return (
            self.columns * (self.width + GAP) + GAP,
            self.rows * (self.height + self.line + GAP) + GAP,
        )

    def place(self, position: int) -> tuple[int, int]:
        """Left and top of a tile."""
        row, column = divmod(position, self.columns)
        return (
            column * (self.width + GAP) + GAP,
            row * (self.height + self.line + GAP) + GAP,
        )


def grid_for(count: int, width: int, height: int) -> Grid:
    """One row where it fits, else as few as possible; smaller tiles where there are very many.

    Args:
        count: Tiles, at least 1.
        width: Of a step's picture, in pixels.
        height: Of a step's picture, in pixels.
    """
    scale = min(1.0, TILE / max(width, height))
    while True:
        wide, high = max(1, round(width * scale)), max(1, round(height * scale))
        line = max(9, min(18, high // 10 + 6))
        columns = min(count, max(1, (MAX_SIDE - GAP) // (wide + GAP)))
        rows = math.ceil(count / columns)
        # Rows of equal length rather than a short last one.
        grid = Grid(math.ceil(count / rows), rows, wide, high, line)
        across, down = grid.size
        if (across * down <= MAX_PIXELS and down <= MAX_SIDE) or max(wide, high) <= 16:
            return grid
        scale *= 0.9


def draw_strip(pictures: Iterable[np.ndarray], count: int) -> np.ndarray:
    """The tiles with their numbers, (height, width, 3) uint8.

    Args:
        pictures: (height, width, 3) uint8, all of one size; taken one by one.
        count: How many there are.
    """
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    grid: Grid | None = None
    for position, picture in enumerate(pictures):
        if grid is None:
            grid = grid_for(count, picture.shape[1], picture.shape[0])
            strip = Image.new("RGB", grid.size, PAPER)
            pen = ImageDraw.Draw(strip)
            font = ImageFont.load_default(grid.line - 4)
        tile = Image.fromarray(picture)
        if tile.size != (grid.width, grid.height):
            tile = tile.resize((grid.width, grid.height), Image.Resampling.LANCZOS)
        left, top = grid.place(position)
        strip.paste(tile, (left, top))
        below = (left + grid.width // 2, top + grid.height + grid.line // 2)
        pen.text(below, str(position + 1), INK, font, anchor="mm")
    return np.asarray(strip)
