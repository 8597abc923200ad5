"""Rectangles, and how those that changed are gathered."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdstudio.session.drawing.rect import EMPTY, Rect, grouped

RECTS = st.builds(Rect, *(st.integers(0, 300),) * 2, *(st.integers(0, 80),) * 2)


def cells(*rects: Rect) -> np.ndarray:
    page = np.zeros((400, 400), bool)
    for rect in rects:
        page[rect.slices] = True
    return page


@given(RECTS, RECTS)
def test_what_two_have_in_common_and_what_holds_both(one: Rect, other: Rect) -> None:
    assert np.array_equal(cells(one.within(other)), cells(one) & cells(other))
    joined = one.joined(other)
    assert (cells(joined) >= (cells(one) | cells(other))).all()
    for each in (one, other):
        assert each.is_empty or each.within(joined) == each
    assert one.joined(EMPTY) == EMPTY.joined(one) or one.is_empty


@given(st.lists(RECTS, max_size=12))
def test_groups_hold_all_and_waste_little(rects: list[Rect]) -> None:
    groups = grouped(rects)
    assert (cells(*groups) >= cells(*rects)).all()
    assert sum(each.width * each.height for each in groups) <= 2 * sum(
        each.width * each.height for each in rects
    ) + 4096 * len(groups)


def test_far_ends_of_a_drawing_are_no_group_and_a_way_is_one() -> None:
    assert len(grouped([Rect(0, 0, 64, 64), Rect(900, 900, 64, 64)])) == 2
    assert grouped([Rect(10 * n, 5, 64, 64) for n in range(5)]) == [Rect(0, 5, 104, 64)]
    assert grouped([]) == []


def test_around_takes_every_pixel_that_is_touched() -> None:
    assert Rect.around(0.2, -0.5, 3.0, 1.1) == Rect(0, -1, 3, 3)
    assert (Rect(2, 3, 4, 5).right, Rect(2, 3, 4, 5).bottom) == (6, 8)
    assert Rect(2, 3, 4, 5).moved(-2, 1) == Rect(0, 4, 4, 5)
