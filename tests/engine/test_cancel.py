"""Ending a run inside the network."""

from __future__ import annotations

import pytest

from sdstudio.engine import Cancelled, Model, Request, denoise


def test_cancel_is_heard_at_the_next_block(tiny: Model) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        # Once before the step, then before each of its two down blocks.
        return asked > 3

    with pytest.raises(Cancelled):
        next(denoise(tiny, Request(steps=2), cancelled=cancelled))
    assert asked == 4


def test_nothing_stays_on_the_network(tiny: Model) -> None:
    def hooks() -> int:
        return sum(len(module._forward_pre_hooks) for module in tiny.network.modules())

    before = hooks()
    steps = denoise(tiny, Request(steps=3), cancelled=lambda: False)
    next(steps)
    assert hooks() > before
    steps.close()
    assert hooks() == before
    with pytest.raises(Cancelled):
        list(denoise(tiny, Request(steps=3), cancelled=lambda: True))
    assert hooks() == before
