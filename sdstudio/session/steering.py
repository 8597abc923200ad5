"""What moving a control means, by where the person is."""

from __future__ import annotations

from enum import Enum

from sdstudio.engine.request import STEERABLE


class Effect(Enum):
    """What a change of the request did."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    STEERED = "steered"
    BRANCHED = "branched"
    RESTARTED = "restarted"
    NEXT_RUN = "next run"


class Going(Enum):
    """What the newest order is."""

    NOTHING = "nothing"
    RUN = "run"
    BRANCH = "branch"
    FAMILY = "family"
    BESIDE = "beside"
    """A run that is not of the controls' request."""


def effect_of(
    changed: frozenset[str],
    *,
    live: bool,
    going: Going,
    waiting: bool,
    parked: bool,
    same_gesture: bool,
) -> Effect:
    """What a change does.

    | when | steerable fields | the others |
    |---|---|---|
    | Live on, once something ran | it restarts | it restarts |
    | a run waits to begin | it is asked for anew | the same |
    | a branch waits, or the gesture that made it goes on | another takes its place | next run |
    | a run or a branch is going | an Edit from its next step on | next run |
    | a family or a run beside the controls is going or waits | next run | next run |
    | parked on a step of a run that is over | a branch from it | the request changes |
    | otherwise | the request changes | the request changes |

    Args:
        changed: The fields that were changed.
        live: Whether Live is on, and something ran before.
        going: What is going or waits.
        waiting: Whether that has not begun yet.
        parked: Whether changes branch from a step of a run that is over.
        same_gesture: Whether the change goes on with the one that made the newest branch.
    """
    steerable = not changed.isdisjoint(STEERABLE)
    if live or (waiting and going is Going.RUN):
        return Effect.RESTARTED
    if steerable and same_gesture:
        return Effect.BRANCHED
    match going:
        case Going.NOTHING:
            return Effect.BRANCHED if parked and steerable else Effect.CHANGED
        case Going.BRANCH if waiting and steerable:
            return Effect.BRANCHED
        case Going.RUN | Going.BRANCH if steerable:
            return Effect.STEERED
    return Effect.NEXT_RUN
