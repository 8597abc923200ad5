"""Positions in a text: Qt counts UTF-16 units, Python characters; they differ after emoji."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate


def positions_in_qt(text: str) -> Callable[[int], int]:
    """A function from Python positions in ``text`` to Qt's; fast for many of them."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return lambda position: position
    units = list(accumulate((1 + (character > "\uffff") for character in text), initial=0))
    return units.__getitem__


def position_from_qt(text: str, position: int) -> int:
    """The Python position in ``text`` of a position of Qt's."""
    if text.isascii():
        return position
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
    return len(encoded.decode("utf-16-le", "ignore"))
