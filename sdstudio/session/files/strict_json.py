"""JSON that others wrote, read so that it can mean one thing only."""

from __future__ import annotations

import json
import math
from typing import Any


def parse_json(text: str) -> dict[str, Any]:
    """A JSON object in which no key comes twice and every number is finite.

    Raises:
        ValueError: It is none.
        RecursionError: It is nested too deep.
    """
    plain = json.loads(
        text, object_pairs_hook=_pairs, parse_constant=_refuse, parse_float=_finite_float
    )
    if not isinstance(plain, dict):
        raise ValueError("not a JSON object")
    return plain


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) != len(pairs):
        raise ValueError("a name comes twice")
    return plain


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is not finite")
    return number
