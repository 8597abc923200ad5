"""How restless an animation is: what changes from result to result against what was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sdstudio.session.drawing.pull import at_size


@dataclass(frozen=True)
class Flicker:
    """Mean absolute differences between neighbouring frames, 0 to 255.

    Attributes:
        results: Between what was made.
        drawings: Between what was drawn, at the results' size.
        pairs: How many pairs of neighbours were measured.
    """

    results: float
    drawings: float
    pairs: int

    @property
    def ratio(self) -> float | None:
        """How many times what was drawn changes; None where the drawings stand still."""
        return self.results / self.drawings if self.drawings > 0 else None


def flicker(drawings: Sequence[np.ndarray], results: Sequence[np.ndarray | None]) -> Flicker | None:
    """Measure the neighbours that both have been made; None where there are none.

    Args:
        drawings: (height, width, 3) uint8 each.
        results: Of the same frames, (height, width, 3) uint8 each; all of one size.
    """
    made, drawn = [], []
    for number in range(len(results) - 1):
        before, after = results[number], results[number + 1]
        if before is None or after is None or before.shape != after.shape:
            continue
        made.append(difference(before, after))
        size = before.shape[1], before.shape[0]
        drawn.append(
            difference(at_size(drawings[number], size), at_size(drawings[number + 1], size))
        )
    if not made:
        return None
    return Flicker(sum(made) / len(made), sum(drawn) / len(drawn), len(made))


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference of two uint8 pictures of one shape, 0 to 255."""
    return float(np.maximum(one, other).mean() - np.minimum(one, other).mean())
