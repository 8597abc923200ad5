"""Inpainting: only what a mask frees is made anew.

Two kinds of networks do it. An ordinary one is not told of the mask: after each step the
latents outside it are replaced by the picture's own, noised to the level reached (Blended
Latent Diffusion, Avrahami et al. 2022). One trained for it takes nine channels: the noisy
latents, the mask, and the latents of the picture without the masked part (Rombach et al. 2022,
section 4.5). Either way the latents are those of ``StableDiffusionInpaintPipeline``, which puts
no pixel back; that is done to pictures (``masks``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import torch
from diffusers.image_processor import VaeImageProcessor
from diffusers.utils.torch_utils import randn_tensor

from sdstudio.engine.masks import HALF, WHITE, fitted_mask, freed_latents, mask_values
from sdstudio.engine.noise import (
    encoded,
    enter,
    generators_of,
    starting_latents,
    starting_noise,
)
from sdstudio.engine.pixels import as_input
from sdstudio.engine.problems import Problem
from sdstudio.engine.schedulers import make_scheduler

if TYPE_CHECKING:
    from sdstudio.engine.family import Family
    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Request
    from sdstudio.engine.x0 import Level

Generators = torch.Generator | list[torch.Generator]


@dataclass(frozen=True, eq=False)
class Inpainting:
    """What keeps a run to its masks; without them it changes nothing.

    Attributes:
        freed: 1 where latents may change and 0 elsewhere, (B, 1, h, w); None without masks.
        clean: The pictures' latents, which hold elsewhere, (B, C, h, w); None for a network
            that keeps to the mask by itself.
        noise: What they are noised with, the same shape.
        beside: For such a network: the masks, and the latents of the pictures without the
            masked parts, (B, 1 + C, h, w).
    """

    freed: torch.Tensor | None = None
    clean: torch.Tensor | None = None
    noise: torch.Tensor | None = None
    beside: torch.Tensor | None = None

    def network_input(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents as the network wants them, with what it is told of the masks."""
        return latents if self.beside is None else torch.cat([latents, self.beside], dim=1)

    def kept(self, latents: torch.Tensor, scheduler: Any, following: torch.Tensor) -> torch.Tensor:
        """Latents after a step, those outside the masks brought back to the pictures'.

        Args:
            latents: (B, C, h, w) in the scheduler's own form.
            scheduler: Knows the level reached.
            following: The timestep of the next step, none after the last.
        """
        if self.freed is None or self.clean is None:
            return latents
        kept = self.clean
        if len(following):
            kept = scheduler.add_noise(kept, self.noise, following)
        return (1 - self.freed) * kept + self.freed * latents

    def kept_at(self, latents: torch.Tensor, level: Level) -> torch.Tensor:
        """The same for latents in the form the network is fed, at a level."""
        if self.freed is None or self.clean is None or self.noise is None:
            return latents
        kept = level.alpha * self.clean + level.noise * self.noise
        return (1 - self.freed) * kept + self.freed * latents


def start(
    model: Model,
    scheduler: Any,
    requests: Sequence[Request],
    timesteps: torch.Tensor,
    generator: Generators,
    noise: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor, Inpainting]:
    """The latents of the first step, the clean ones in them, and what keeps to the masks.

    As :func:`sdstudio.engine.noise.starting_latents`, for requests with masks and without.
    """
    if requests[0].mask is None:
        found = starting_latents(model, scheduler, requests, timesteps, generator, noise)
        return *found, Inpainting()
    # The pipeline's order, since each draws from the generators.
    takes_mask = model.family.takes_mask
    from_noise = requests[0].strength == 1.0
    clean = None
    if not (takes_mask and from_noise):
        # Laid out as the pipeline has it: the layout decides about the network's last bits.
        clean = encoded(model, requests, generator).contiguous()
    noise = starting_noise(model, requests, generator, noise)
    if from_noise or clean is None:
        sample, within = noise * scheduler.init_noise_sigma, torch.zeros_like(noise)
    else:
        sample = scheduler.add_noise(clean, noise, timesteps[:1].repeat(len(requests)))
        within = clean.to(sample)
    freed = torch.cat([_freed(model, request) for request in requests]).to(sample)
    own = generator if isinstance(generator, list) else [generator]
    if takes_mask:
        each = zip(requests, own, strict=True)
        masked = torch.cat([_without_masked_part(model, *pair) for pair in each])
        return sample, within, Inpainting(freed, beside=torch.cat([freed, masked], dim=1))
    if model.samples_latents:
        # The pipeline encodes the picture without the masked part for these networks too, and
        # does nothing with it; schedulers that add noise draw theirs after that.
        randn_tensor(tuple(noise.shape), generator=own, dtype=torch.float32)
    return sample, within, Inpainting(freed, clean, noise)


_last: WeakKeyDictionary[Model, tuple[tuple[object, ...], Inpainting]] = WeakKeyDictionary()


def inpainting_of(model: Model, request: Request) -> Inpainting:
    """What keeps a run of a request to its mask, to the bit as in the run."""
    if request.mask is None:
        return Inpainting()
    key = (request.image, request.mask, request.seed, request.strength, model.size_of(request))
    known = _last.get(model)
    if known is None or known[0] != key:
        scheduler = make_scheduler(model.scheduler_config, request, [request.seed])
        timesteps = enter(scheduler, request)
        generator = generators_of([request])
        *_, inpainting = start(model, scheduler, [request], timesteps, generator, None)
        # Encoding costs as much as a step, and a panel asks about many steps of one run.
        _last[model] = known = key, inpainting
    return known[1]


def seen_with_mask(model: Model, request: Request, latents: torch.Tensor) -> torch.Tensor:
    """Latents (1, C, h, w) as the network would see them in a run of a request."""
    if not model.family.takes_mask:
        return latents
    return inpainting_of(model, request).network_input(latents)


def mask_problems(request: Request, width: int, height: int, family: Family) -> Iterator[Problem]:
    """What keeps a request's mask, or the lack of one, from being honoured.

    ``needs_mask``, ``mask_without_image``, ``mask_empty``, or ``mask_too_thin`` where no latent
    would be freed.
    """
    if request.mask is None or request.image is None:
        if family.takes_mask:
            yield Problem.of("needs_mask", "mask")
        elif request.mask is not None:
            yield Problem.of("mask_without_image", "mask")
        return
    values = mask_values(request.mask, request.image, width, height)
    if not (values >= HALF).any():
        yield Problem.of("mask_empty", "mask")
    elif not family.takes_mask and not freed_latents(values, family.scale_factor).any():
        yield Problem.of("mask_too_thin", "mask", pixels=family.scale_factor)


def mask_notes(request: Request, width: int, height: int) -> Iterator[Problem]:
    """What is worth saying of a mask: ``mask_full`` where nothing is kept."""
    if request.mask is None or request.image is None:
        return
    if mask_values(request.mask, request.image, width, height).min() == WHITE:
        yield Problem.of("mask_full", "mask")


def _freed(model: Model, request: Request) -> torch.Tensor:
    assert request.mask is not None
    assert request.image is not None
    values = mask_values(request.mask, request.image, *model.size_of(request))
    return torch.from_numpy(freed_latents(values, model.family.scale_factor))[None, None]


def _without_masked_part(
    model: Model, request: Request, generator: torch.Generator
) -> torch.Tensor:
    """Latents of the picture with grey where the mask is, (1, C, h, w)."""
    assert request.mask is not None
    assert request.image is not None
    width, height = model.size_of(request)
    # Made as the pipeline does, for its layout in memory.
    processor = VaeImageProcessor(
        vae_scale_factor=1, do_normalize=False, do_binarize=True, do_convert_grayscale=True
    )
    mask = processor.preprocess(fitted_mask(request.mask, request.image, width, height))
    pixels = as_input(request.image, width, height) * (mask < 0.5)
    return model.encode_pixels(pixels, generator)
