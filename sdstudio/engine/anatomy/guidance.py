"""What guidance does to a step's estimate (Ho and Salimans 2022, classifier-free guidance)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from sdstudio.engine.guidance import guide
from sdstudio.engine.x0 import x0_of

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step


@dataclass(frozen=True, eq=False)
class Guidance:
    """The two predictions of a step, taken apart.

    Without guidance the network was not asked what it predicts without the text: then there
    is only ``cond``, and all that compares the two is None or zero.

    Attributes:
        cond: The estimate x0 with the text, decoded, (height, width, 3) uint8.
        uncond: The estimate without the text, or with the negative prompt.
        difference: Root mean square over the channels of the predicted noise with the text
            minus that without it, at each latent pixel, (h, w) float32.
        cond_size: Root mean square of the predicted noise with the text; near 1.
        uncond_size: The same without the text.
        difference_size: The same of their difference.
        guided_size: The same of the guided noise that the scheduler was given.
        angle: Between the two predictions as vectors, 0 to 180 degrees.
        scale: The guidance scale at this step.
    """

    cond: NDArray[np.uint8]
    uncond: NDArray[np.uint8] | None
    difference: NDArray[np.float32] | None
    cond_size: float
    uncond_size: float
    difference_size: float
    guided_size: float
    angle: float
    scale: float


@dataclass(frozen=True, eq=False)
class Guided:
    """A step's estimate as another guidance scale would have made it.

    Attributes:
        x0: The clean latents, (C, h, w) float32.
        picture: The same decoded, (height, width, 3) uint8.
        size: Root mean square of the latents.
        scale: The guidance scale.
    """

    x0: NDArray[np.float32]
    picture: NDArray[np.uint8]
    size: float
    scale: float


@torch.no_grad()
def guidance_at(model: Model, step: Step) -> Guidance:
    """Take the predictions of a step of one image apart; decodes one picture or two."""
    cond = step.noise_cond
    uncond = step.noise_uncond
    if uncond is None:
        return Guidance(
            cond=_decoded(model, step, step.predictions["cond"]),
            uncond=None,
            difference=None,
            cond_size=rms(cond),
            uncond_size=0.0,
            difference_size=0.0,
            guided_size=rms(step.noise),
            angle=0.0,
            scale=step.request.guidance_scale,
        )
    difference = cond - uncond
    return Guidance(
        cond=_decoded(model, step, step.predictions["cond"]),
        uncond=_decoded(model, step, step.predictions["uncond"]),
        difference=difference[0].square().mean(0).sqrt().cpu().numpy(),
        cond_size=rms(cond),
        uncond_size=rms(uncond),
        difference_size=rms(difference),
        guided_size=rms(step.noise),
        angle=angle(cond, uncond),
        scale=step.request.guidance_scale,
    )


@torch.no_grad()
def guided_at(model: Model, step: Step, *, scale: float) -> Guided:
    """The estimate that a guidance scale makes of a step's recorded predictions.

    No network call: the two predictions do not depend on the scale.

    Args:
        model: Decodes.
        step: A step of one image.
        scale: 0 is the estimate without the text, 1 the one with it; at the scale of the run
            the answer equals ``step.x0`` to the bit.
    """
    x0 = x0_at(step, scale)
    return Guided(
        x0=x0[0].cpu().numpy(),
        picture=model.decode_array(x0.to(model.device))[0],
        size=rms(x0),
        scale=scale,
    )


def x0_at(step: Step, scale: float) -> torch.Tensor:
    """The estimate of the clean latents at a guidance scale, (1, C, h, w)."""
    cond = step.predictions["cond"]
    uncond = step.predictions.get("uncond")
    if uncond is None:
        prediction = cond
    elif scale > 1.0:
        prediction = guide(uncond, cond, [replace(step.request, guidance_scale=scale)])
    else:
        # A request with so little asks the network once only; here both are known.
        prediction = uncond + scale * (cond - uncond)
    return x0_of(prediction, step.network_input, step.level, step.prediction_type)


def rms(tensor: torch.Tensor) -> float:
    """Root mean square of a tensor's numbers."""
    return float(tensor.double().square().mean().sqrt())


def angle(one: torch.Tensor, other: torch.Tensor) -> float:
    """The angle between two tensors as vectors, 0 to 180 degrees; 0 where one is zero."""
    one, other = one.double().flatten(), other.double().flatten()
    length = float(one.norm() * other.norm())
    if length == 0.0:
        return 0.0
    return math.degrees(math.acos(min(1.0, max(-1.0, float(one @ other) / length))))


def _decoded(model: Model, step: Step, prediction: torch.Tensor) -> NDArray[np.uint8]:
    x0 = x0_of(prediction, step.network_input, step.level, step.prediction_type)
    picture: NDArray[np.uint8] = model.decode_array(x0.to(model.device))[0]
    return picture
