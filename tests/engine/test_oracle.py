"""x0 and eps of every step, against a network that knows the truth.

The oracle is told one clean picture and answers with what a perfect network would: whatever
noise is in its input, the prediction leads back to that picture.
"""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine import schedulers as tables
from sdstudio.engine.x0 import Level


class Oracle:
    """Predicts perfectly for one clean picture, in the parametrisation it is asked for."""

    def __init__(self, x0: torch.Tensor, kind: str, levels: list[Level]) -> None:
        self.x0, self.kind, self.levels = x0, kind, levels
        self.config = SimpleNamespace(time_cond_proj_dim=None)

    def __call__(self, sample: torch.Tensor, timestep: torch.Tensor, **_: Any) -> Any:
        alphas = Oracle.alphas
        # Between two training timesteps, as the schedulers that ask there interpolate.
        log_sigmas = ((1 - alphas) / alphas).log() / 2
        low = int(timestep)
        high = min(low + 1, len(alphas) - 1)
        share = float(timestep) - low
        sigma = float(torch.lerp(log_sigmas[low], log_sigmas[high], share).exp())
        level = Level.of_sigma(sigma)
        self.levels.append(level)
        eps = (sample - level.alpha * self.x0) / level.noise
        if self.kind == "epsilon":
            return (eps,)
        return (level.alpha * eps - level.noise * self.x0,)

    alphas: torch.Tensor


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", tables.NAMES)
def test_every_step_sees_the_truth(
    name: str, kind: str, tiny_models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model: Model = tiny_models(kind)
    x0 = torch.randn((1, *model.latent_shape), generator=torch.Generator().manual_seed(1)) * 0.8
    levels: list[Level] = []
    request = Request(prompt="a frog", steps=11, scheduler=name, guidance_scale=1.0, seed=3)
    scheduler = tables.make_scheduler(model.scheduler_config, request, [3])
    monkeypatch.setattr(Oracle, "alphas", scheduler.alphas_cumprod.double(), raising=False)
    monkeypatch.setattr(model.denoiser, "torch_network", Oracle(x0, kind, levels))

    steps = list(denoise(model, request))

    assert len(steps) == len(levels) == steps[0].count
    for step, level in zip(steps, levels, strict=True):
        # Only Karras spacing tells the network another level than the latents have: that of
        # the nearest timestep of training.
        off = 0.02 if "Karras" in name else 1e-5
        assert step.noise_level == pytest.approx(level.noise, abs=off)
        tolerance = 0.25 / level.alpha if "Karras" in name else 2e-3
        assert (step.x0 - x0).abs().max() < tolerance
        again = step.level.alpha * step.x0 + step.level.noise * step.noise
        torch.testing.assert_close(again, step.network_input, rtol=1e-4, atol=1e-4)
        assert step.sigma == pytest.approx(step.noise_level / step.level.alpha, rel=1e-6)
    assert torch.equal(steps[0].next_latents, steps[1].latents)
    torch.testing.assert_close(steps[-1].next_latents, x0, rtol=0, atol=0.12)


@pytest.mark.parametrize("name", tables.NAMES)
def test_the_scheduler_agrees_where_it_says_x0(
    name: str, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(prompt="a frog", steps=7, scheduler=name, seed=5)
    said: list[torch.Tensor] = []
    kind = type(tables.make_scheduler(tiny.scheduler_config, request, [5]))
    plain = kind.step

    def step(self: Any, *args: Any, return_dict: bool = False, **kw: Any) -> Any:
        out = plain(self, *args, return_dict=True, **kw)
        if getattr(out, "pred_original_sample", None) is not None:
            said.append(out.pred_original_sample)
        return (out.prev_sample,)

    step.__signature__ = inspect.signature(plain)
    monkeypatch.setattr(kind, "step", step)
    steps = list(denoise(tiny, request))
    silent = {"PNDM", "DPM++ 2M", "DPM++ 2M Karras", "DEIS", "UniPC", "LCM", "TCD"}
    assert bool(said) is (name not in silent)
    for step_, x0 in zip(steps, said, strict=False):
        torch.testing.assert_close(step_.x0, x0, rtol=1e-3, atol=1e-3)
