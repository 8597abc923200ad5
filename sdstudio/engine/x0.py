"""From what a network predicts to the noise it means and the clean latents it implies.

Everything is said in the variance-preserving form (Ho et al. 2020, eq. 4)

    x = alpha * x0 + sigma * eps,    alpha^2 + sigma^2 = 1,

which is what a network of the Stable Diffusion family is fed, whatever form the scheduler
keeps its latents in: the k-diffusion ones keep ``x / alpha``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

PredictionType = Literal["epsilon", "v_prediction", "sample"]


@dataclass(frozen=True)
class Level:
    """How much signal and how much noise there is at a step.

    Attributes:
        alpha: Share of the clean latents, 0 to 1.
        noise: Share of the noise, ``sigma / sqrt(1 + sigma^2)``, 0 to 1.
        sigma: Noise over signal, ``noise / alpha``; infinite at zero terminal SNR.
    """

    alpha: float
    noise: float
    sigma: float

    @classmethod
    def of_sigma(cls, sigma: float) -> Level:
        """The level at a given ratio of noise to signal."""
        if sigma == float("inf"):
            return cls(0.0, 1.0, sigma)
        alpha = (1.0 + sigma * sigma) ** -0.5
        return cls(alpha, sigma * alpha, sigma)

    @classmethod
    def of_alpha_bar(cls, alpha_bar: float) -> Level:
        """The level at a given ``alphas_cumprod`` entry."""
        alpha, noise = alpha_bar**0.5, (1.0 - alpha_bar) ** 0.5
        return cls(alpha, noise, noise / alpha if alpha > 0 else float("inf"))


def level_at(scheduler: Any, timestep: torch.Tensor) -> Level:
    """The level of the latents the scheduler is about to be given a prediction for.

    Call it after ``scale_model_input`` and before ``step``: the schedulers with sigmas know
    by their own counter, and only then, which one applies.
    """
    if not hasattr(scheduler, "sigmas"):
        return Level.of_alpha_bar(float(scheduler.alphas_cumprod[int(timestep)]))
    if scheduler.step_index is None:
        scheduler._init_step_index(timestep)
    index = scheduler.step_index
    first_order = getattr(scheduler, "state_in_first_order", True)
    kind = type(scheduler).__name__
    # The second call of a second-order step looks at a point between two sigmas.
    if first_order or kind == "HeunDiscreteScheduler":
        sigma = scheduler.sigmas[index]
    elif kind == "DPMSolverSDEScheduler":
        sigma = scheduler.mid_point_sigma
    elif kind == "KDPM2AncestralDiscreteScheduler":
        sigma = scheduler.sigmas_interpol[index - 1]
    else:
        sigma = scheduler.sigmas_interpol[index]
    return Level.of_sigma(float(sigma))


def noise_of(
    prediction: torch.Tensor, network_input: torch.Tensor, level: Level, kind: PredictionType
) -> torch.Tensor:
    """The noise (eps) a prediction stands for, whatever the network predicts.

    Args:
        prediction: The network's output, (B, C, h, w).
        network_input: What the network was given, the same shape.
        level: Signal and noise of ``network_input``.
        kind: "epsilon", "v_prediction" (Salimans and Ho 2022, appendix D) or "sample".
    """
    if kind == "epsilon":
        return prediction
    if kind == "v_prediction":
        return level.alpha * prediction + level.noise * network_input
    return (network_input - level.alpha * prediction) / level.noise


def x0_of(
    prediction: torch.Tensor, network_input: torch.Tensor, level: Level, kind: PredictionType
) -> torch.Tensor:
    """The clean latents a prediction implies; arguments as in :func:`noise_of`."""
    if kind == "epsilon":
        return (network_input - level.noise * prediction) / level.alpha
    if kind == "v_prediction":
        return level.alpha * network_input - level.noise * prediction
    return prediction
