"""One curve of a plot, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[Any]
Stroke = Literal["line", "dash", "dot", "points", "bars"]


@dataclass(frozen=True, eq=False)
class Curve:
    """What a plot draws and its legend names.

    Attributes:
        name: What the legend calls it.
        x: Coordinates across, rising.
        y: Coordinates upwards, as many; NaN leaves a gap.
        colour: Which of the theme's series colours, from 0.
        stroke: How it is drawn; curves of one plot differ in this or in their order too, so
            that colour alone tells nothing.
        decimals: Of its values in the legend.
    """

    name: str
    x: Numbers
    y: Numbers
    colour: int = 0
    stroke: Stroke = "line"
    decimals: int = 2

    @property
    def look(self) -> tuple[int, Stroke]:
        """What of it is not its numbers, nor what the legend says."""
        return self.colour, self.stroke

    @property
    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates across and upwards."""
        return np.asarray(self.x, np.float64), np.asarray(self.y, np.float64)

    def equals(self, other: Curve) -> bool:
        """Whether another is drawn where this one is."""
        pairs = zip(self.points, other.points, strict=True)
        return all(np.array_equal(mine, theirs, equal_nan=True) for mine, theirs in pairs)

    def nearest(self, x: float) -> int | None:
        """Index of the point nearest to a place on the axis, None where there are no points."""
        if not len(self.x):
            return None
        return min(range(len(self.x)), key=lambda at: abs(self.x[at] - x))


def as_csv(across: str, curves: Sequence[Curve]) -> str:
    """Curves as a table, a row for each place on the axis and a column for each curve.

    Numbers are written so that they read back the same; where a curve has no point there is
    nothing between the commas.
    """
    columns = [dict(zip(curve.x, curve.y, strict=True)) for curve in curves]
    places = sorted({place for column in columns for place in column})
    rows = [[across, *(curve.name for curve in curves)]]
    for place in places:
        rows.append([_number(place), *(_number(column.get(place)) for column in columns)])
    return "".join(",".join(_quoted(cell) for cell in row) + "\n" for row in rows)


def _number(value: float | None) -> str:
    # NaN is the one number that differs from itself.
    return "" if value is None or value != value else repr(float(value))


def _quoted(cell: str) -> str:
    if any(mark in cell for mark in ',"\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
