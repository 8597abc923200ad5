"""Where a run starts: the seed's noise, or a picture taken part of the way back into noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from diffusers.utils.torch_utils import randn_tensor

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.x0 import level_at

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Edit, Request
    from sdstudio.engine.x0 import Level


@dataclass(frozen=True)
class Entry:
    """Which steps of its timetable a request runs.

    Attributes:
        first: Steps left out at the noisy end, 0 without a picture.
        steps: Steps of the whole timetable.
        count: Network calls that will be made.
        noise_level: Noise in the latents at the start, 0 to 1.
    """

    first: int
    steps: int
    count: int
    noise_level: float


def generators_of(requests: Sequence[Request]) -> torch.Generator | list[torch.Generator]:
    """One generator for each image, on the CPU, so that a seed starts alike on any device."""
    generators = [torch.Generator("cpu").manual_seed(request.seed) for request in requests]
    return generators[0] if len(generators) == 1 else generators


def enter(scheduler: Any, request: Request) -> torch.Tensor:
    """The timesteps to run, with the scheduler told where they begin.

    The same rule as ``StableDiffusionImg2ImgPipeline.get_timesteps``.

    Raises:
        RequestError: ``strength_too_low`` when not one step would be left.
    """
    if request.image is None:
        return scheduler.timesteps
    runs = min(int(request.steps * request.strength), request.steps)
    if runs == 0:
        raise RequestError(
            Problem.of(
                "strength_too_low",
                "strength",
                value=request.strength,
                steps=request.steps,
                least=1.0 / request.steps,
            )
        )
    first = (request.steps - runs) * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(first)
    return scheduler.timesteps[first:]


def entry_of(scheduler: Any, request: Request) -> Entry:
    """What :func:`enter` comes to, for a freshly built scheduler."""
    timesteps = enter(scheduler, request)
    runs = min(int(request.steps * request.strength), request.steps)
    first = 0 if request.image is None else request.steps - runs
    level = level_at(scheduler, timesteps[0])
    return Entry(first, request.steps, len(timesteps), level.noise)


def starting_latents(
    model: Model,
    scheduler: Any,
    requests: Sequence[Request],
    timesteps: torch.Tensor,
    generator: torch.Generator | list[torch.Generator],
    noise: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The latents of the first step, in the scheduler's own form, and the clean ones in them.

    Both are (B, C, h, w) float32; the clean ones are zeros where there is no picture.

    Args:
        noise: Noise of unit variance to take instead of the seeds', of that shape.

    Raises:
        RequestError: ``latents_shape`` when ``noise`` is of another shape.
    """
    has_image = requests[0].image is not None
    clean = encoded(model, requests, generator) if has_image else None
    noise = starting_noise(model, requests, generator, noise)
    if clean is None:
        return noise * scheduler.init_noise_sigma, torch.zeros_like(noise)
    noisy = scheduler.add_noise(clean, noise, timesteps[:1].repeat(len(requests)))
    return noisy, clean.to(noisy)


def starting_noise(
    model: Model,
    requests: Sequence[Request],
    generator: torch.Generator | list[torch.Generator],
    given: torch.Tensor | None,
) -> torch.Tensor:
    """Noise of unit variance, (B, C, h, w) float32: the one given, or drawn.

    Raises:
        RequestError: ``latents_shape`` when ``given`` is of another shape.
    """
    width, height = model.size_of(requests[0])
    shape = (len(requests), *model.latent_shape_at(width, height))
    if given is None:
        return randn_tensor(
            shape, generator=generator, device=model.torch_device, dtype=torch.float32
        )
    if tuple(given.shape) != shape:
        raise RequestError(
            Problem.of("latents_shape", "latents", given=tuple(given.shape), wanted=shape)
        )
    return given.to(model.torch_device, torch.float32)


def with_fresh_noise(
    sample: torch.Tensor, network_input: torch.Tensor, x0: torch.Tensor, level: Level, edit: Edit
) -> torch.Tensor:
    """The latents with a share of their noise made anew, the level kept.

    The noise in ``network_input = alpha * x0 + sigma * eps`` becomes
    ``sqrt(1 - share^2) * eps + share * new``, of the same variance.

    Args:
        sample: x_t in the scheduler's own form, (B, C, h, w).
        network_input: The same as the network sees it.
        x0: The clean latents last thought to be in it.
        level: Its signal and noise.
        edit: Says the share, and the seed, which is the same for each image.
    """
    share = edit.fresh_noise or 0.0
    if level.noise == 0.0:
        return sample
    eps = (network_input - level.alpha * x0) / level.noise
    seeds = [torch.Generator("cpu").manual_seed(edit.noise_seed or 0) for _ in range(len(sample))]
    new = randn_tensor(sample.shape, generator=seeds, device=sample.device, dtype=sample.dtype)
    change = level.noise * (((1.0 - share**2) ** 0.5 - 1.0) * eps + share * new)
    # Schedulers that scale their input do it by one number.
    scale = 1.0 if network_input is sample else network_input.norm() / sample.norm()
    return sample + change / scale


def encoded(
    model: Model,
    requests: Sequence[Request],
    generator: torch.Generator | list[torch.Generator],
) -> torch.Tensor:
    """The pictures as clean latents; a KL autoencoder samples them with the generators."""
    width, height = model.size_of(requests[0])
    latents = []
    for index, request in enumerate(requests):
        assert request.image is not None
        own = generator[index] if isinstance(generator, list) else generator
        latents.append(model.encode(request.image, width, height, own))
    return torch.cat(latents)
