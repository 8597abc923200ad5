"""The schedules' figures against diffusers' own, and the timetable against real runs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler, DPMSolverMultistepScheduler
from PIL import Image

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.anatomy.schedule import (
    Noising,
    Shape,
    own_schedule,
    published,
    spaced_as_karras,
    timetable,
)
from sdstudio.engine.schedulers import NAMES

PUBLISHED = [
    ("linear", "linear", 1e-4, 0.02),
    ("scaled_linear", "scaled_linear", 0.00085, 0.012),
    ("cosine", "squaredcos_cap_v2", 1e-4, 0.02),
]


@pytest.mark.parametrize(("shape", "name", "first", "last"), PUBLISHED)
def test_the_shapes_are_the_published_ones(
    shape: Shape, name: str, first: float, last: float
) -> None:
    theirs = DDPMScheduler(beta_schedule=name, beta_start=first, beta_end=last)
    ours = published(shape)
    np.testing.assert_allclose(ours.alpha_bar, theirs.alphas_cumprod.numpy(), rtol=2e-4)
    assert ours.timesteps.tolist() == list(range(1000))
    assert (np.diff(ours.alpha_bar) < 0).all()


def test_figures_known_by_heart() -> None:
    # The sigmas between which k-diffusion samples Stable Diffusion 1.
    sigma = published("scaled_linear").sigma
    assert sigma[-1] == pytest.approx(14.6146, abs=1e-3)
    assert sigma[0] == pytest.approx(0.0292, abs=1e-4)
    # Ho et al. 2020: 4e-5 of the signal is left.
    assert published("linear").alpha_bar[-1] == pytest.approx(4.04e-5, rel=0.01)


def test_sigma_and_log_snr_of_a_level() -> None:
    level = Noising(np.arange(3.0), np.array([0.5, 0.8, 0.0]))
    assert level.sigma.tolist() == pytest.approx([1.0, 0.5, np.inf])
    assert level.log_snr.tolist() == pytest.approx([0.0, np.log(4.0), -np.inf])
    finite = published("cosine")
    np.testing.assert_allclose(finite.log_snr, -2 * np.log(finite.sigma), rtol=1e-9)


@pytest.mark.parametrize("picture", [None, Image.new("RGB", (16, 16), "red")])
@pytest.mark.parametrize("name", NAMES)
def test_the_timetable_is_what_a_run_visits(
    name: str, picture: Image.Image | None, tiny: Model
) -> None:
    request = Request(steps=8, scheduler=name, image=picture, strength=0.6, guidance_scale=1.0)
    steps = list(denoise(tiny, request))
    found = timetable(tiny, request)
    assert found.visited.timesteps.tolist() == [step.timestep for step in steps]
    np.testing.assert_allclose(found.visited.sigma, [s.sigma for s in steps], rtol=1e-5)
    assert bool(len(found.left_out.timesteps)) == (picture is not None)
    if picture is not None:
        whole = timetable(tiny, Request(steps=8, scheduler=name)).visited
        joined = np.concatenate([found.left_out.sigma, found.visited.sigma])
        np.testing.assert_allclose(joined, whole.sigma, rtol=1e-6)


def test_karras_spacing_is_that_of_diffusers(tiny: Model) -> None:
    scheduler = DPMSolverMultistepScheduler.from_config(
        dict(tiny.scheduler_config), use_karras_sigmas=True
    )
    scheduler.set_timesteps(20)
    ours = spaced_as_karras(own_schedule(scheduler), 20)
    np.testing.assert_allclose(ours, scheduler.sigmas.numpy()[:-1], rtol=1e-4)
    found = timetable(tiny, Request(steps=20, scheduler="DPM++ 2M Karras"))
    assert found.is_karras
    np.testing.assert_allclose(found.karras.sigma, found.visited.sigma, rtol=1e-4)
    # diffusers rounds the timesteps, the curve has them between two.
    assert np.abs(found.karras.timesteps - found.visited.timesteps).max() < 1.0


def test_the_models_own_schedule_is_named(tiny: Model) -> None:
    found = timetable(tiny, Request(steps=5))
    assert (found.shape, found.betas) == ("scaled_linear", (0.00085, 0.012))
    np.testing.assert_allclose(found.own.alpha_bar, published("scaled_linear").alpha_bar, rtol=1e-4)
    assert [shape for shape, _ in found.curves] == ["linear", "scaled_linear", "cosine"]


def test_a_schedule_without_signal_at_its_end(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    config = {**tiny.scheduler_config, "rescale_betas_zero_snr": True}
    monkeypatch.setattr(tiny, "scheduler_config", config)
    found = timetable(tiny, Request(steps=5))
    assert found.own.alpha_bar[-1] == 0.0
    assert np.isfinite(found.karras.timesteps).all()
    assert torch.isfinite(torch.from_numpy(found.karras.sigma)).all()
