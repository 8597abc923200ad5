"""Noise schedules over the training timesteps, and the timesteps that a run visits of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sdstudio.engine.noise import enter
from sdstudio.engine.schedulers import make_scheduler

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Request

Shape = Literal["linear", "scaled_linear", "cosine"]
SHAPES: tuple[Shape, ...] = ("linear", "scaled_linear", "cosine")

TIMESTEPS = 1000
"""Training timesteps of the schedules as they were published."""

_DIFFUSERS_NAMES = {"squaredcos_cap_v2": "cosine"}
_RHO = 7.0
_MOST_BETA = 0.999


@dataclass(frozen=True, eq=False)
class Noising:
    """Signal and noise at some timesteps, each array of one length, float64.

    Attributes:
        timesteps: The training timesteps, 0 to 999; some samplers ask between two.
        alpha_bar: Share of the variance that is signal, 0 to 1 (Ho et al. 2020, eq. 4).
    """

    timesteps: np.ndarray
    alpha_bar: np.ndarray

    @cached_property
    def sigma(self) -> np.ndarray:
        """Noise over signal, ``sqrt((1 - alpha_bar) / alpha_bar)``; infinite without signal."""
        with np.errstate(divide="ignore"):
            sigma: np.ndarray = np.sqrt((1.0 - self.alpha_bar) / self.alpha_bar)
        return sigma

    @cached_property
    def log_snr(self) -> np.ndarray:
        """``ln(alpha_bar / (1 - alpha_bar))``, in nats (Kingma et al. 2021); may be infinite."""
        with np.errstate(divide="ignore"):
            ratio: np.ndarray = np.log(self.alpha_bar) - np.log1p(-self.alpha_bar)
        return ratio


@dataclass(frozen=True, eq=False)
class Timetable:
    """What a run visits of the schedule its model was trained with.

    Attributes:
        curves: The schedules of :data:`SHAPES` as published.
        own: The model's own schedule.
        shape: Which of the shapes that is, or "" for another.
        betas: Its first and last beta; nan where it is given as a list.
        visited: The timesteps of the network calls, in their order.
        left_out: Those at the noisy end that an img2img run leaves out; empty without one.
        karras: As many steps as the request has, spaced as Karras et al. 2022.
        is_karras: Whether the run itself is spaced so.
    """

    curves: tuple[tuple[Shape, Noising], ...]
    own: Noising
    shape: str
    betas: tuple[float, float]
    visited: Noising
    left_out: Noising
    karras: Noising
    is_karras: bool


def published(shape: Shape, count: int = TIMESTEPS) -> Noising:
    """A schedule as its authors published it.

    "linear": beta from 0.0001 to 0.02 (Ho et al. 2020); "scaled_linear": its root from that
    of 0.00085 to that of 0.012 (Rombach et al. 2022); "cosine": alpha-bar as a squared cosine,
    beta at most 0.999 (Nichol and Dhariwal 2021, eq. 17).
    """
    timesteps = np.arange(count, dtype=np.float64)
    if shape == "linear":
        betas = np.linspace(1e-4, 0.02, count)
    elif shape == "scaled_linear":
        betas = np.linspace(math.sqrt(0.00085), math.sqrt(0.012), count) ** 2
    else:
        edges = np.arange(count + 1) / count
        wave = np.cos((edges + 0.008) / 1.008 * math.pi / 2) ** 2
        betas = np.minimum(1.0 - wave[1:] / wave[:-1], _MOST_BETA)
    return Noising(timesteps, np.cumprod(1.0 - betas))


def timetable(model: Model, request: Request) -> Timetable:
    """The schedule of a model and what a request's run visits of it; no network call is made.

    Raises:
        RequestError: The scheduler refuses the request.
    """
    config = model.scheduler_config
    scheduler = make_scheduler(config, request, [request.seed])
    own = own_schedule(scheduler)
    whole = visits(scheduler)
    first = len(whole.timesteps) - len(enter(scheduler, request))
    listed = config.get("trained_betas") is not None
    name = str(scheduler.config["beta_schedule"])
    shape = "" if listed else _DIFFUSERS_NAMES.get(name, name)
    beta_start, beta_end = (
        float("nan") if listed else float(scheduler.config[end])
        for end in ("beta_start", "beta_end")
    )
    return Timetable(
        curves=tuple((known, published(known)) for known in SHAPES),
        own=own,
        shape=shape if shape in SHAPES else "",
        betas=(beta_start, beta_end),
        visited=Noising(whole.timesteps[first:], whole.alpha_bar[first:]),
        left_out=Noising(whole.timesteps[:first], whole.alpha_bar[:first]),
        karras=_at_sigmas(own, spaced_as_karras(own, request.steps)),
        is_karras=bool(scheduler.config.get("use_karras_sigmas", False)),
    )


def own_schedule(scheduler: Any) -> Noising:
    """The noise schedule a scheduler was configured with."""
    alpha_bar = scheduler.alphas_cumprod.double().cpu().numpy()
    return Noising(np.arange(len(alpha_bar), dtype=np.float64), alpha_bar)


def visits(scheduler: Any) -> Noising:
    """Timestep and level of each network call of a freshly built scheduler's timetable.

    The same levels as :func:`sdstudio.engine.x0.level_at` finds on the way, which needs the
    scheduler to have taken the steps before: some make that dear.
    """
    timesteps = scheduler.timesteps.double().cpu().numpy()
    if not hasattr(scheduler, "sigmas"):
        at = np.minimum(timesteps.astype(np.int64), len(scheduler.alphas_cumprod) - 1)
        return Noising(timesteps, own_schedule(scheduler).alpha_bar[at])
    sigmas = scheduler.sigmas.double().cpu().numpy()
    seen = sigmas[: len(timesteps)].copy()
    # The second call of these second-order steps looks at a point between two sigmas.
    kind = type(scheduler).__name__
    if kind == "DPMSolverSDEScheduler":
        between = np.sqrt(sigmas[:-1] * sigmas[1:])
        seen[1::2] = between[: len(seen) - 1 : 2]
    elif kind == "KDPM2DiscreteScheduler":
        seen[1::2] = scheduler.sigmas_interpol.double().cpu().numpy()[1 : len(seen) : 2]
    elif kind == "KDPM2AncestralDiscreteScheduler":
        seen[1::2] = scheduler.sigmas_interpol.double().cpu().numpy()[: len(seen) - 1 : 2]
    return Noising(timesteps, 1.0 / (1.0 + seen**2))


def spaced_as_karras(schedule: Noising, count: int) -> np.ndarray:
    """Sigmas from a schedule's most to its least, (count,), falling.

    Spaced evenly in the seventh root (Karras et al. 2022, eq. 5).
    """
    finite = schedule.sigma[np.isfinite(schedule.sigma)]
    most, least = (float(edge) ** (1 / _RHO) for edge in (finite.max(), finite.min()))
    sigmas: np.ndarray = (most + np.linspace(0.0, 1.0, count) * (least - most)) ** _RHO
    return sigmas


def _at_sigmas(schedule: Noising, sigmas: np.ndarray) -> Noising:
    """The levels and the timesteps, between two where need be, at which they are reached."""
    known = np.log(np.maximum(schedule.sigma, 1e-10))
    # A schedule without any signal at its end has an infinite sigma there.
    known = np.minimum(known, np.log(np.finfo(np.float64).max))
    timesteps = np.interp(np.log(sigmas), known, schedule.timesteps)
    return Noising(timesteps, 1.0 / (1.0 + sigmas**2))
