"""A picture noised in closed form, and what the network makes of it against the truth.

    x_t = sqrt(alpha_bar) * x0 + sqrt(1 - alpha_bar) * eps      (Ho et al. 2020, eq. 4)

Here the truth is known, as it is in training, and the network can be put to the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import torch
from diffusers.utils.torch_utils import randn_tensor

from sdstudio.engine.anatomy.schedule import own_schedule
from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.inpaint import seen_with_mask
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import make_scheduler
from sdstudio.engine.tiles import predictor
from sdstudio.engine.x0 import Level, noise_of, x0_of

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.picture import Picture
    from sdstudio.engine.step import Step

POINTS = 25
"""How many timesteps an error is measured at for a curve."""


@dataclass(frozen=True, eq=False)
class Noised:
    """A picture in so much noise; pictures are (height, width, 3) uint8.

    Attributes:
        timestep: The training timestep whose level it was brought to.
        signal: Share of the clean latents, ``sqrt(alpha_bar)``, 0 to 1.
        noise: Share of the noise, ``sqrt(1 - alpha_bar)``, 0 to 1.
        clean: The picture, through the decoder.
        noisy: The noisy latents, through the decoder.
    """

    timestep: int
    signal: float
    noise: float
    clean: np.ndarray
    noisy: np.ndarray


@dataclass(frozen=True, eq=False)
class Guess:
    """What the network makes of noisy latents; pictures are (height, width, 3) uint8.

    Attributes:
        timestep: The training timestep whose noise there is.
        told: The one the network was told, and believed in what follows.
        x0: The clean latents it implies, through the decoder.
        true_noise: The noise that was put in, through the decoder as if it were latents.
        noise: The network's guess of it, likewise.
        error: Root mean square over the channels of x0 minus truth, (h, w), latent units.
        x0_error: The same over everything.
        noise_error: Root mean square of the noise's guess minus truth; the noise's own is 1.
    """

    timestep: int
    told: int
    x0: np.ndarray
    true_noise: np.ndarray
    noise: np.ndarray
    error: np.ndarray
    x0_error: float
    noise_error: float


@dataclass(frozen=True, eq=False)
class Errors:
    """The errors of several guesses, each array (POINTS,).

    Attributes:
        timesteps: Whose noise there was.
        told: What the network was told.
        x0: Root mean square of x0 minus truth, latent units.
        noise: Root mean square of the noise's guess minus truth.
        spread: Root mean square of the clean latents: what guessing zero would be wrong by.
    """

    timesteps: np.ndarray
    told: np.ndarray
    x0: np.ndarray
    noise: np.ndarray
    spread: float


def noised(
    model: Model, step: Step, *, timestep: int, seed: int = 0, picture: Picture | None = None
) -> Noised:
    """A picture with the noise of a timestep.

    Args:
        model: Its schedule says how much noise that is.
        step: The last one of a run, whose result is noised, and whose size a picture gets.
        timestep: 0 to the last of the schedule.
        seed: Of the noise.
        picture: What to noise in place of the result.
    """
    clean = clean_latents(model, step, picture)
    level = level_of(model, timestep)
    noisy = add_noise(clean, noise_like(clean, seed), level)
    pictures = model.decode_array(torch.cat([clean, noisy]))
    return Noised(timestep, level.alpha, level.noise, pictures[0], pictures[1])


def guess(
    model: Model,
    step: Step,
    *,
    timestep: int,
    told: int,
    seed: int = 0,
    picture: Picture | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Guess:
    """The network's guess of the noise and of x0, with the run's prompt and no guidance.

    What it says is read as a sampler would that has the wrong timestep in its books as well.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    clean = clean_latents(model, step, picture)
    noise = noise_like(clean, seed)
    noisy = add_noise(clean, noise, level_of(model, timestep))
    x0, eps = _ask(model, step, noisy, told, cancelled)
    difference = x0 - clean
    pictures = model.decode_array(torch.cat([x0, noise, eps]))
    return Guess(
        timestep=timestep,
        told=told,
        x0=pictures[0],
        true_noise=pictures[1],
        noise=pictures[2],
        error=difference[0].square().mean(dim=0).sqrt().cpu().numpy(),
        x0_error=_rms(difference),
        noise_error=_rms(eps - noise),
    )


def errors_by_timestep(
    model: Model,
    step: Step,
    *,
    seed: int = 0,
    picture: Picture | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Errors:
    """The error of the guess from the noise of every so many timesteps, each told rightly."""
    timesteps = _spread(model)
    return _errors(model, step, timesteps, timesteps, seed, picture, cancelled)


def errors_by_told(
    model: Model,
    step: Step,
    *,
    timestep: int,
    seed: int = 0,
    picture: Picture | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Errors:
    """The error of the guess from one timestep's noise, by what the network is told it is."""
    told = _spread(model)
    # The right one is among them, or the curve's low point would be missed.
    told[np.abs(told - timestep).argmin()] = timestep
    return _errors(model, step, np.full_like(told, timestep), told, seed, picture, cancelled)


def add_noise(clean: torch.Tensor, noise: torch.Tensor, level: Level) -> torch.Tensor:
    """``alpha * clean + sigma * noise``, in the form the network is fed."""
    return level.alpha * clean + level.noise * noise


def level_of(model: Model, timestep: int) -> Level:
    """Signal and noise at a training timestep of the model's schedule."""
    scheduler = make_scheduler(model.scheduler_config, Request(scheduler="DDPM", steps=1), [0])
    return Level.of_alpha_bar(float(own_schedule(scheduler).alpha_bar[timestep]))


def noise_like(clean: torch.Tensor, seed: int) -> torch.Tensor:
    """Noise of unit variance, drawn on the CPU."""
    generator = torch.Generator("cpu").manual_seed(seed)
    return randn_tensor(clean.shape, generator, clean.device, torch.float32)


_encoded: WeakKeyDictionary[Model, tuple[tuple[object, ...], torch.Tensor]] = WeakKeyDictionary()


def clean_latents(model: Model, step: Step, picture: Picture | None) -> torch.Tensor:
    """What is to be noised, (1, C, h, w): a picture's latents, or what a run has come to."""
    if picture is None:
        latents = step.next_latents if step.index + 1 == step.count else step.x0
        return latents[:1].to(model.torch_device)
    size = model.size_of(step.request)
    key = (picture.sha256, size)
    known = _encoded.get(model)
    if known is None or known[0] != key:
        known = (key, model.encode(picture, *size))
        # Encoding costs more than the rest, and a slider asks about one picture many times.
        _encoded[model] = known
    return known[1]


def _errors(
    model: Model,
    step: Step,
    timesteps: np.ndarray,
    told: np.ndarray,
    seed: int,
    picture: Picture | None,
    cancelled: Callable[[], bool],
) -> Errors:
    clean = clean_latents(model, step, picture)
    noise = noise_like(clean, seed)
    found = []
    for actual, said in zip(timesteps, told, strict=True):
        noisy = add_noise(clean, noise, level_of(model, int(actual)))
        x0, eps = _ask(model, step, noisy, int(said), cancelled)
        found.append((_rms(x0 - clean), _rms(eps - noise)))
    x0_errors, noise_errors = np.array(found).T
    return Errors(timesteps, told, x0_errors, noise_errors, _rms(clean))


@torch.no_grad()
def _ask(
    model: Model, step: Step, noisy: torch.Tensor, told: int, cancelled: Callable[[], bool]
) -> tuple[torch.Tensor, torch.Tensor]:
    """x0 and noise as the network has them when it is told a timestep."""
    if cancelled():
        raise Cancelled
    request = replace(step.request, guidance_scale=1.0)
    model.use_loras(request.loras)
    conditioning = model.condition([request])
    timestep = torch.tensor(told, device=model.torch_device)
    seen = seen_with_mask(model, request, noisy)
    prediction = predictor(model, request, cancelled)(seen, timestep, conditioning)["cond"]
    level = level_of(model, told)
    kind = model.prediction_type
    return x0_of(prediction, noisy, level, kind), noise_of(prediction, noisy, level, kind)


def _spread(model: Model) -> np.ndarray:
    """POINTS timesteps, from early to late, the ends left out."""
    count = int(model.scheduler_config.get("num_train_timesteps", 1000))
    return np.linspace(0, count - 1, POINTS + 2).round().astype(np.int64)[1:-1]


def _rms(tensor: torch.Tensor) -> float:
    return float(tensor.double().square().mean().sqrt())
