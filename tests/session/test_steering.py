"""The design's table of what a moved slider means, whole."""

from __future__ import annotations

from itertools import product

import pytest

from sdstudio.engine.request import STEERABLE
from sdstudio.session.steering import Effect, Going, effect_of

SLIDER = frozenset({"guidance_scale"})
SIZE = frozenset({"width"})
BOTH = SLIDER | SIZE


def effect(changed: frozenset[str] = SLIDER, **where: object) -> Effect:
    usual = {
        "live": False,
        "going": Going.NOTHING,
        "waiting": False,
        "parked": False,
        "same_gesture": False,
    }
    return effect_of(changed, **{**usual, **where})  # type: ignore[arg-type]


@pytest.mark.parametrize("going", Going)
def test_live_restarts_whatever_is_changed_wherever(going: Going) -> None:
    for changed, parked, gesture in product((SLIDER, SIZE), (False, True), (False, True)):
        assert (
            effect(changed, live=True, going=going, parked=parked, same_gesture=gesture)
            is Effect.RESTARTED
        )


def test_a_going_run_or_branch_is_steered() -> None:
    for going, parked in product((Going.RUN, Going.BRANCH), (False, True)):
        assert effect(SLIDER, going=going, parked=parked) is Effect.STEERED
        assert effect(BOTH, going=going, parked=parked) is Effect.STEERED
        assert effect(SIZE, going=going, parked=parked) is Effect.NEXT_RUN


def test_a_family_cannot_be_steered() -> None:
    for changed, waiting in product((SLIDER, SIZE), (False, True)):
        assert effect(changed, going=Going.FAMILY, waiting=waiting) is Effect.NEXT_RUN


def test_parked_on_a_run_that_is_over_branches() -> None:
    for name in STEERABLE:
        assert effect(frozenset({name}), parked=True) is Effect.BRANCHED
    assert effect(BOTH, parked=True) is Effect.BRANCHED
    assert effect(SIZE, parked=True) is Effect.CHANGED


def test_otherwise_the_request_changes() -> None:
    assert effect(SLIDER) is Effect.CHANGED
    assert effect(SIZE) is Effect.CHANGED


def test_what_waits_is_asked_for_anew() -> None:
    assert effect(SIZE, going=Going.RUN, waiting=True) is Effect.RESTARTED
    assert effect(SLIDER, going=Going.BRANCH, waiting=True) is Effect.BRANCHED
    assert effect(SIZE, going=Going.BRANCH, waiting=True) is Effect.NEXT_RUN


def test_the_gesture_that_made_a_branch_makes_it_again() -> None:
    assert effect(SLIDER, going=Going.BRANCH, same_gesture=True) is Effect.BRANCHED
    assert effect(SIZE, going=Going.BRANCH, same_gesture=True) is Effect.NEXT_RUN
