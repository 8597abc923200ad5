"""Where in a run it is decided which of two texts its picture will fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def decided_at(first: Sequence[float], second: Sequence[float]) -> int | None:
    """Where a run decides between two texts.

    Args:
        first: Likeness with one text, step by step.
        second: Likeness with the other.

    Returns:
        The place of the first step from which on the same text leads up to the end; None
        without steps, where one of the texts is empty, or where both are equal at the end.
    """
    lead = np.sign(np.asarray(first, dtype=float) - np.asarray(second, dtype=float))
    if not lead.size or not np.isfinite(lead).all() or lead[-1] == 0:
        return None
    other = np.flatnonzero(lead != lead[-1])
    return int(other[-1]) + 1 if other.size else 0
