"""The numbers a slider runs over, and where each lies on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Numbers from ``low`` to ``high`` in steps of ``step``, laid out along a slider.

    Attributes:
        low: The number at the left end.
        high: The number at the right end.
        step: Distance of neighbouring numbers, and of one key press.
        page: What Page Up and Page Down add.
        decimals: Digits shown after the point; 0 makes every number an int.
        power: 1 spreads the numbers evenly; above 1 the small ones get more room.
    """

    low: float
    high: float
    step: float
    page: float
    decimals: int = 0
    power: float = 1.0

    def position(self, number: float) -> float:
        """Where a number lies, 0 (left) to 1 (right); numbers beyond an end lie at it."""
        share = (number - self.low) / (self.high - self.low)
        return float(min(max(share, 0.0), 1.0) ** (1.0 / self.power))

    def number(self, position: float) -> float:
        """The number nearest to a position."""
        share = min(max(position, 0.0), 1.0) ** self.power
        return self.snapped(self.low + share * (self.high - self.low))

    def snapped(self, number: float) -> float:
        """The nearest number on the scale."""
        steps = round((number - self.low) / self.step)
        number = min(max(self.low + steps * self.step, self.low), self.high)
        return round(number, self.decimals) if self.decimals else int(number)
