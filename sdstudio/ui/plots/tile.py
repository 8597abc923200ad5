"""One small picture of a panel, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture with its caption, and the numbers behind it where there are some.

    Attributes:
        caption: What it is, in a word or three.
        picture: (height, width, 3) uint8; None while it is not known.
        note: A second line, for a number.
        values: (height, width) numbers that the picture shows as colours.
        decimals: Of those numbers, where the pointer reads them.
        smooth: Whether its pixels are blended when enlarged.
    """

    caption: str
    picture: NDArray[np.uint8] | None = None
    note: str = ""
    values: NDArray[np.floating] | None = None
    decimals: int = 2
    smooth: bool = True

    def equals(self, other: Tile) -> bool:
        """Whether another looks the same, as far as that can be told at a glance."""
        mine = (self.caption, self.note, self.decimals, self.smooth)
        theirs = (other.caption, other.note, other.decimals, other.smooth)
        same_arrays = self.picture is other.picture and self.values is other.values
        return mine == theirs and same_arrays

    def read(self, across: float, down: float) -> str:
        """The number at a place, each 0 to 1 from the left and the top; "" without numbers."""
        if self.values is None:
            return ""
        height, width = self.values.shape
        value = self.values[
            min(int(down * height), height - 1), min(int(across * width), width - 1)
        ]
        return f"{float(value):.{self.decimals}f}".replace("-", "−")

    def table(self) -> str:
        """The numbers as CSV, a row of pixels a line."""
        rows = [] if self.values is None else self.values.tolist()
        return "".join(",".join(map(repr, row)) + "\n" for row in rows)
