from __future__ import annotations

import pytest
import torch

from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import NAMES, make_scheduler


@pytest.mark.parametrize("name", NAMES)
def test_schedulers_of_the_same_request_share_nothing(name: str) -> None:
    """They are copies of one that is kept; what a run does to its own reaches no other."""
    request = Request(scheduler=name, steps=4)
    config = {"beta_schedule": "scaled_linear"}
    used = make_scheduler(config, request, [1])
    for timestep in used.timesteps[:2]:
        sample = used.scale_model_input(torch.ones(1, 4, 8, 8), timestep)
        used.step(0.1 * sample, timestep, torch.ones(1, 4, 8, 8))
    used.timesteps.zero_()
    fresh = make_scheduler(config, request, [1])
    assert fresh is not used
    assert fresh.timesteps[0] > 0
    assert getattr(fresh, "step_index", None) is None
    assert not any(output is not None for output in getattr(fresh, "model_outputs", []))


def test_settings_and_seeds_tell_them_apart() -> None:
    request = Request(scheduler="DPM++ SDE", steps=4)
    one, other = (make_scheduler({"beta_end": end}, request, [7]) for end in (0.012, 0.02))
    assert (one.config.beta_end, other.config.beta_end) == (0.012, 0.02)
    assert make_scheduler({}, request, [8]).noise_sampler_seed == 8
    assert make_scheduler({}, request, [8, 9]).noise_sampler_seed == [8, 9]
