"""Windows of half what is there and half what is new."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.problems import RequestError
from sdstudio.session.drawing.margins import Edge, Growth, Margin, blending, half, margin
from sdstudio.session.drawing.rect import Rect
from tests.session.standins import facts

FACTS = facts()  # 64 x 64 pixels, sides from 32 to 256


def grown(width: int, height: int, edge: Edge) -> Margin:
    """What an arrow's growth comes to."""
    return margin(width, height, half(edge, FACTS), FACTS)


def assert_made(found: Margin) -> None:
    """All windows can be made, half of each is known by then, and they cover what is new."""
    width, height = found.size
    known = np.zeros((height, width), bool)
    known[found.known.slices] = True
    for rect in found.windows:
        assert rect.within(Rect(0, 0, width, height)) == rect
        assert rect.width % 8 == rect.height % 8 == 0
        assert min(rect[2:]) >= 32
        assert max(rect[2:]) <= 64
        share = known[rect.slices].mean()
        assert 0.49 < share < 1
        known[rect.slices] = True
    assert known.all()


def test_a_square_grows_by_half_and_sees_half() -> None:
    found = grown(64, 64, Edge.RIGHT)
    assert found.size == (96, 64)
    assert found.known == Rect(0, 0, 64, 64)
    assert found.windows == (Rect(32, 0, 64, 64),)
    found = grown(64, 64, Edge.LEFT)
    assert found.known == Rect(32, 0, 64, 64)
    assert found.windows == (Rect(0, 0, 64, 64),)
    found = grown(64, 64, Edge.TOP)
    assert (found.size, found.growth.top) == ((64, 96), 32)
    assert found.windows == (Rect(0, 0, 64, 64),)
    assert grown(64, 64, Edge.BOTTOM).windows == (Rect(0, 32, 64, 64),)


@pytest.mark.parametrize("edge", Edge)
@pytest.mark.parametrize("size", [(64, 64), (200, 64), (64, 150), (130, 99), (100, 200)])
def test_windows_cover_what_is_new_and_can_be_made(edge: Edge, size: tuple[int, int]) -> None:
    assert_made(grown(*size, edge))


@pytest.mark.parametrize("size", [(64, 64), (200, 64), (130, 99)])
@pytest.mark.parametrize(
    "growth",
    [
        Growth(right=8),
        Growth(bottom=40),
        Growth(left=96),
        Growth(24, 0, 0, 72),
        Growth(8, 16, 24, 32),
    ],
)
def test_any_growth_is_made_of_windows_that_know_half(
    size: tuple[int, int], growth: Growth
) -> None:
    found = margin(*size, growth, FACTS)
    assert found.size == (
        size[0] + growth.left + growth.right,
        size[1] + growth.top + growth.bottom,
    )
    assert found.known == Rect(growth.left, growth.top, *size)
    assert_made(found)


def test_farther_than_half_a_window_goes_in_equal_parts() -> None:
    found = margin(64, 64, Growth(right=48), FACTS)
    assert found.windows == (Rect(24, 0, 64, 64), Rect(48, 0, 64, 64))
    # A little needs little: the window sees more of what is there.
    assert margin(64, 64, Growth(right=8), FACTS).windows == (Rect(8, 0, 64, 64),)
    assert margin(64, 64, Growth(), FACTS).windows == ()


@pytest.mark.parametrize("size", [(8, 64), (64, 20), (1, 1)])
def test_too_small_a_canvas_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(RequestError, match="canvas_too_small"):
        grown(*size, Edge.BOTTOM if size[1] > 32 else Edge.RIGHT)


def test_the_fade_ends_within_the_overlap() -> None:
    known = np.zeros((16, 64), bool)
    known[:, :40] = True
    mask = blending(known, 10)
    assert (mask[:, 40:] == 255).all()
    assert (mask[:, :30] == 0).all()
    assert (np.diff(mask[0].astype(int)) >= 0).all()
    # It neither begins nor ends with an edge.
    assert mask[0, 30] < 10
    assert mask[0, 39] > 245
    assert (blending(known, 0)[:, :40] == 0).all()
