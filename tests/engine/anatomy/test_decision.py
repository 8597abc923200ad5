"""From which step on one text leads."""

from __future__ import annotations

import math

import pytest

from sdstudio.engine.anatomy.decision import decided_at


@pytest.mark.parametrize(
    ("first", "second", "at"),
    [
        ([0.1, 0.3, 0.5], [0.2, 0.2, 0.2], 1),
        ([0.5, 0.5], [0.2, 0.1], 0),
        ([0.5, 0.1, 0.5, 0.1], [0.3, 0.3, 0.3, 0.3], 3),
        ([0.1, 0.3, 0.2], [0.2, 0.2, 0.2], None),
        ([], [], None),
        ([0.1, math.nan], [0.2, 0.2], None),
    ],
)
def test_where_a_run_decides(first: list[float], second: list[float], at: int | None) -> None:
    assert decided_at(first, second) == at
