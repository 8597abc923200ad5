"""Ending a run inside the network."""

from __future__ import annotations

import pytest

from sdstudio.engine import Cancelled, Model, Request, denoise


def test_cancel_is_heard_at_the_next_block(tiny: Model) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        # Once before the step, then before the first down block and its parts: a residual
        # block, and a change of resolution.
        return asked > 4

    with pytest.raises(Cancelled):
        next(denoise(tiny, Request(steps=2), cancelled=cancelled))
    assert asked == 5


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


def test_no_part_between_two_questions_is_a_whole_block(tiny: Model) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return False

    next(denoise(tiny, Request(steps=2), cancelled=cancelled))
    network = tiny.network
    blocks = [*network.down_blocks, network.mid_block, *network.up_blocks]
    parts = sum(
        len(getattr(block, "resnets", ()))
        # Each with the one transformer block in it.
        + 2 * len(getattr(block, "attentions", ()))
        + len(getattr(block, "downsamplers", None) or ())
        + len(getattr(block, "upsamplers", None) or ())
        for block in blocks
    )
    assert asked == 1 + len(blocks) + parts + 1
