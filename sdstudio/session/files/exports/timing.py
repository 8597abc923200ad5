"""Which steps an animation shows, and for how long."""

from __future__ import annotations

HELD = 1.0
"""Seconds by which the last frame stands longer: it is the picture."""


def chosen_steps(count: int, seconds: float, per_second: float) -> list[int]:
    """The steps to show, in order: all, or evenly spread ones where there are too many.

    Args:
        count: Steps of the run, at least 1.
        seconds: Length of the animation without the hold.
        per_second: Frames a player can show in a second.

    Returns:
        0-based indices; the first and the last step are always among them.
    """
    most = max(2, int(seconds * per_second))
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]


def durations(frames: int, seconds: float, unit: int, held: float = HELD) -> list[int]:
    """Milliseconds for each frame, multiples of ``unit``, whose sum is the whole length.

    The frames' ends are rounded, not their lengths, so that nothing adds up.

    Args:
        frames: How many.
        seconds: Length without the hold.
        unit: Milliseconds.
        held: Seconds by which the last frame stands longer.
    """
    ends = [round(1000 * seconds * (i + 1) / frames / unit) * unit for i in range(frames)]
    lengths = [max(unit, end - before) for before, end in zip([0, *ends], ends, strict=False)]
    lengths[-1] += round(1000 * held / unit) * unit
    return lengths
