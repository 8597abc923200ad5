"""What a scheduler makes of a prediction, and other things that could be made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.guidance import guide
from sdstudio.engine.inpaint import seen_with_mask
from sdstudio.engine.tiles import predictor
from sdstudio.engine.x0 import Level, noise_of, x0_of

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step

Rule = Literal["share", "mean", "momentum"]

FILM_SIDE = 128
"""Pixels of the longer side of a rule's pictures on the way."""

PATIENCE = 0.2
"""A decode on the way may take a quarter of so many seconds, else a linear map does."""

_FLAT = 1e-3
"""At zero terminal SNR nothing of the picture is left to scale by: at least this is assumed."""


@dataclass(frozen=True, eq=False)
class Update:
    """A step's new latents as a sum: ``x0_weight * x0 + noise_weight * noise + rest``.

    Pictures are (height, width, 3) uint8 through the decoder, ``noise`` and ``rest`` as if
    they were latents, the rest brought to deviation 1.

    Attributes:
        sigma: Noise over signal before the step.
        sigma_left: What the sum has of it after the step; 0 where no noise is left.
        x0_weight: Weight of the estimated clean latents.
        noise_weight: Weight of the predicted noise.
        rest_weight: Root mean square of the rest: fresh noise, or memory of earlier steps.
        x0: The estimate of the clean latents.
        noise: The predicted noise.
        rest: What is neither; None where there is next to nothing.
        before: The latents as the network saw them.
        after: The new latents, at variance 1 where they have more.
    """

    sigma: float
    sigma_left: float
    x0_weight: float
    noise_weight: float
    rest_weight: float
    x0: np.ndarray
    noise: np.ndarray
    rest: np.ndarray | None
    before: np.ndarray
    after: np.ndarray

    @property
    def removed(self) -> float:
        """Share of the predicted noise that the step takes away, signal kept whole."""
        return 1.0 - self.sigma_left / self.sigma if self.sigma else 1.0


@dataclass(frozen=True, eq=False)
class RuleRun:
    """A run made by another rule, from the same noise and over the same timetable.

    Attributes:
        rule: Which.
        amount: Its share or momentum.
        picture: What came of it, (height, width, 3) uint8.
        film: x0 of each step, (n, h, w, 3) uint8, at most :data:`FILM_SIDE` pixels a side.
        own_film: The scheduler's x0 of each step, likewise.
        distances: Root mean square between the two, (n,), latent units.
        final_distance: The same of what they ended with.
        removed: Share of the noise that the timetable asks each step to take away, (n,).
    """

    rule: Rule
    amount: float
    picture: np.ndarray
    film: np.ndarray
    own_film: np.ndarray
    distances: np.ndarray
    final_distance: float
    removed: np.ndarray


def update_at(model: Model, step: Step) -> Update:
    """Take a step's new latents apart into x0, predicted noise and what is neither."""
    x0, noise, after = step.x0[:1], step.noise[:1], step.next_latents[:1]
    x0_weight, noise_weight, rest = as_sum(after, x0, noise)
    rest_weight = _rms(rest)
    has_rest = rest_weight > 1e-3 * _rms(after)
    shown = [x0, noise, step.network_input[:1], after / max(1.0, float(after.std()))]
    if has_rest:
        shown.append(rest / rest_weight)
    pictures = model.decode_array(torch.cat(shown).to(model.torch_device))
    return Update(
        sigma=step.sigma,
        sigma_left=max(0.0, noise_weight / x0_weight) if x0_weight > 0 else float("inf"),
        x0_weight=x0_weight,
        noise_weight=noise_weight,
        rest_weight=rest_weight if has_rest else 0.0,
        x0=pictures[0],
        noise=pictures[1],
        rest=pictures[4] if has_rest else None,
        before=pictures[2],
        after=pictures[3],
    )


def as_sum(
    after: torch.Tensor, x0: torch.Tensor, noise: torch.Tensor
) -> tuple[float, float, torch.Tensor]:
    """The weights of x0 and noise that come nearest to ``after`` (least squares), and the rest."""
    parts = torch.stack([x0.flatten(), noise.flatten()], dim=1).double().cpu()
    whole = after.flatten().double().cpu()
    weights = torch.linalg.lstsq(parts, whole).solution
    rest = (whole - parts @ weights).view(after.shape).to(after)
    return float(weights[0]), float(weights[1]), rest


@torch.no_grad()
def rule_run(
    model: Model,
    steps: Sequence[Step],
    *,
    rule: Rule,
    amount: float = 0.0,
    cancelled: Callable[[], bool] = lambda: False,
) -> RuleRun:
    """Make a recorded run again by another rule, edits of the request included.

    "share" takes a constant share of the predicted noise away, whatever the timetable says;
    "mean" goes to the mean of DDPM's posterior and adds no noise back (Ho et al. 2020, eq. 7);
    "momentum" moves as DDIM does, along a running mean of the predictions (heavy ball,
    Polyak 1964). Rules work on ``x = alpha * x0 + sigma * eps`` at the timetable's levels.

    Args:
        steps: All steps of the run.
        amount: Share taken away, 0 to 1; or momentum, 0 to below 1.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    levels = [step.level for step in steps] + [Level(1.0, 0.0, 0.0)]
    x = steps[0].network_input[:1].to(model.torch_device)
    direction: torch.Tensor | None = None
    conditioning, asked = None, None
    film: list[torch.Tensor] = []
    model.use_loras(steps[0].request.loras)
    for step, here, there in zip(steps, levels[:-1], levels[1:], strict=True):
        if cancelled():
            raise Cancelled
        request = step.request
        if conditioning is None or request != asked:
            conditioning, asked = model.condition([request]), request
        timestep = torch.tensor(step.timestep, device=model.torch_device)
        seen = seen_with_mask(model, request, x)
        predictions = predictor(model, request, cancelled)(seen, timestep, conditioning)
        prediction = predictions["cond"]
        if "uncond" in predictions:
            prediction = guide(predictions["uncond"], prediction, [request])
        x0 = x0_of(prediction, x, here, model.prediction_type)
        eps = noise_of(prediction, x, here, model.prediction_type)
        film.append(x0)
        if rule == "share":
            x = by_share(x0, eps, here, there, amount)
        elif rule == "mean":
            x = by_mean(x, x0, here, there)
        else:
            direction = eps if direction is None else amount * direction + (1 - amount) * eps
            x = along(x0, eps, direction, here, there)
    own = [step.x0[:1].to(x) for step in steps]
    last = steps[-1]
    ended = last.next_latents[:1].to(x) if last.index + 1 == last.count else own[-1]
    return RuleRun(
        rule=rule,
        amount=amount,
        picture=model.decode_array(x)[0],
        film=_film(model, film),
        own_film=_film(model, own),
        distances=np.array([_rms(a - b) for a, b in zip(film, own, strict=True)]),
        final_distance=_rms(x - ended),
        removed=np.array(
            [1 - _sigma(b) / _sigma(a) if a.noise > 0 else 1.0 for a, b in pairwise(levels)]
        ),
    )


def by_share(
    x0: torch.Tensor, eps: torch.Tensor, here: Level, there: Level, share: float
) -> torch.Tensor:
    """A share of the noise taken away, the signal scaled as the timetable says.

    ``x / alpha = x0 + sigma * eps`` becomes ``x0 + (1 - share) * sigma * eps`` at the level
    the network believes in, which is not the one the latents are at.
    """
    return (x0 + (1 - share) * _sigma(here) * eps) * there.alpha


def by_mean(x: torch.Tensor, x0: torch.Tensor, here: Level, there: Level) -> torch.Tensor:
    """The mean of DDPM's posterior (Ho et al. 2020, eq. 7), without the noise around it."""
    if here.noise == 0.0:
        return x
    ratio = here.alpha / max(there.alpha, _FLAT)
    kept = ratio * there.noise**2 / here.noise**2
    gained = there.alpha * (1 - ratio**2) / here.noise**2
    return gained * x0 + kept * x


def along(
    x0: torch.Tensor, eps: torch.Tensor, direction: torch.Tensor, here: Level, there: Level
) -> torch.Tensor:
    """From one level to the next with some noise as the direction; ``eps`` makes it DDIM.

    Euler's step for ``d(x / alpha) / d sigma = eps`` (Song et al. 2020, eq. 13 and 14), from
    ``x / alpha = x0 + sigma * eps``.
    """
    scaled = x0 + _sigma(here) * (eps - direction) + _sigma(there) * direction
    return scaled * there.alpha


def _sigma(level: Level) -> float:
    return level.noise / max(level.alpha, _FLAT)


def _film(model: Model, latents: Sequence[torch.Tensor]) -> np.ndarray:
    """Small pictures of latents, at the price of a preview."""
    from PIL import Image

    frames = []
    for each in latents:
        image = Image.fromarray(model.preview(each, PATIENCE)[0])
        image.thumbnail((FILM_SIDE, FILM_SIDE), Image.Resampling.BOX)
        frames.append(np.asarray(image))
    return np.stack(frames)


def _rms(tensor: torch.Tensor) -> float:
    return float(tensor.double().square().mean().sqrt())
