"""A share of a run's time is kept to, however the prices fall."""

from __future__ import annotations

import pytest

from sdstudio.session.allowance import Allowance


def taken(allowance: Allowance, price: float, steps: int, step: float = 0.03) -> float:
    """Seconds taken over so many steps by turns that each cost the same."""
    total = 0.0
    for _ in range(steps):
        allowance.earn(step)
        while allowance.suffices:
            allowance.spend(price)
            total += price
    return total


def test_the_first_turn_is_had_at_once_and_the_next_are_saved_up_for() -> None:
    allowance = Allowance(1 / 8)
    turns = []
    for number in range(200):
        allowance.earn(1 / 2)
        if allowance.suffices:
            allowance.spend(5 / 8)
            turns.append(number)
    # A sixteenth of a second in each step: the first is paid afterwards, then each takes ten.
    assert turns == [0, *range(19, 200, 10)]


@pytest.mark.parametrize("price", [0.0005, 0.004, 0.09])
def test_the_share_holds_on_the_whole(price: float) -> None:
    allowance = Allowance(0.05)
    total = taken(allowance, price, 1000)
    assert total == pytest.approx(0.05 * 30.0, abs=2 * price + 0.05 * 0.03)


def test_nothing_is_saved_while_nobody_asks() -> None:
    allowance = Allowance(0.02)
    taken(allowance, 0.006, 100)
    for _ in range(10_000):
        allowance.earn(0.03)
    assert taken(allowance, 0.006, 1) <= 0.012
