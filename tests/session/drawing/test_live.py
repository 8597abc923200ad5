"""How many steps a coarse run takes."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from sdstudio.session.drawing.live import COARSE_CALLS, coarse

PICTURE = Picture.of(np.zeros((8, 8, 3), np.uint8))


@pytest.mark.parametrize("strength", [0.05, 0.2, 0.3, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("steps", [10, 20, 50, 150, 1000])
def test_it_makes_that_many_calls_whatever_the_strength(strength: float, steps: int) -> None:
    request = Request(image=PICTURE, steps=steps, strength=strength)
    quick = coarse(request)
    calls, whole = int(quick.steps * strength), int(steps * strength)
    assert quick.steps <= steps
    if whole <= COARSE_CALLS:
        assert quick is request
    else:
        assert COARSE_CALLS <= calls <= COARSE_CALLS + 1 < whole + 1


def test_without_a_picture_all_steps_run() -> None:
    assert coarse(Request(steps=50)).steps == COARSE_CALLS


def test_no_strength_is_left_to_be_refused() -> None:
    request = Request(image=PICTURE, strength=0.0)
    assert coarse(request) is request
