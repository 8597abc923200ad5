from __future__ import annotations

import inspect

import numpy as np
import pytest

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import TABLE
from sdstudio.ui.controls import captions

PICTURE = Picture.of(np.zeros((8, 8, 3), np.uint8))


def test_the_schedulers_that_use_eta_are_those_whose_step_takes_it() -> None:
    import diffusers

    takes = {
        name
        for name, recipe in TABLE.items()
        if "eta" in inspect.signature(getattr(diffusers, recipe.class_name).step).parameters
    }
    assert takes == captions.TAKES_ETA


@pytest.mark.parametrize(
    ("steps", "strength", "runs"), [(50, 0.58, 28), (50, 1.0, 50), (3, 0.5, 1)]
)
def test_steps_run_are_counted_as_the_pipeline_counts_them(
    steps: int, strength: float, runs: int
) -> None:
    request = Request(image=PICTURE, steps=steps, strength=strength)
    assert captions.strength(request, None) == f"runs {runs} of {steps} steps"


def test_a_strength_that_runs_nothing_says_so() -> None:
    request = Request(image=PICTURE, steps=10, strength=0.05)
    assert captions.strength(request, None) == "at this strength not one of 10 steps would run"
