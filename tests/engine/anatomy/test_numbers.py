"""Sizes and times of steps."""

from __future__ import annotations

import numpy as np
import pytest

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.anatomy.numbers import Numbers, numbers_of


def test_sizes_are_root_mean_squares_of_the_steps_tensors(tiny: Model) -> None:
    steps = list(denoise(tiny, Request(prompt="a frog", steps=5, seed=1, scheduler="Euler")))
    found = numbers_of(None, steps)
    for at, step in enumerate(steps):

        def size(tensor: np.ndarray) -> float:
            return float(np.sqrt(np.square(tensor.astype(np.float64)).mean()))

        moved = step.next_latents.numpy() - step.latents.numpy()
        assert found.latents[at] == pytest.approx(size(step.latents.numpy()))
        assert found.update[at] == pytest.approx(size(moved))
        assert found.noise[at] == pytest.approx(size(step.noise.numpy()))
        assert found.x0[at] == pytest.approx(size(step.x0.numpy()))
        assert found.noise_level[at] == step.noise_level
    assert list(found.index) == [0, 1, 2, 3, 4]
    # A k-diffusion scheduler keeps noise at sigma: it starts far above 1.
    assert found.latents[0] > 5


def test_time_parts_into_the_network_and_the_rest(tiny: Model) -> None:
    steps = list(denoise(tiny, Request(prompt="a frog", steps=4)))
    found = numbers_of(None, steps)
    assert (found.network > 0).all()
    assert (found.rest > 0).all()
    np.testing.assert_allclose(found.network + found.rest, [s.seconds for s in steps])


def test_without_guidance_there_is_no_difference(tiny: Model) -> None:
    found = numbers_of(None, list(denoise(tiny, Request(steps=2, guidance_scale=1.0))))
    assert np.isnan(found.difference).all()
    assert np.isnan(found.angle).all()


def test_stretches_join_to_the_whole(tiny: Model) -> None:
    steps = list(denoise(tiny, Request(prompt="a frog", steps=5)))
    whole = numbers_of(None, steps)
    joined = Numbers.joined([numbers_of(None, steps[:2]), numbers_of(None, steps[2:])])
    for name in Numbers.__dataclass_fields__:
        assert np.array_equal(getattr(joined, name), getattr(whole, name))
