"""What a run starts from: a picture taken back into noise, as far as its strength says."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from sdstudio.engine.denoise import denoise

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Request


@dataclass(frozen=True, eq=False)
class Start:
    """The beginning of a run; pictures are (height, width, 3) uint8.

    Attributes:
        picture: What the picture is to the model: through the encoder and the decoder.
        noisy: The latents of the first step, through the decoder.
        signal: Share of the picture in them, 0 to 1.
        noise: Share of the noise, 0 to 1.
        timestep: The first timestep the network is told.
        calls: How many steps run.
        steps: Of how many.
    """

    picture: np.ndarray
    noisy: np.ndarray
    signal: float
    noise: float
    timestep: float
    calls: int
    steps: int


def start_of(
    model: Model, *, request: Request, cancelled: Callable[[], bool] = lambda: False
) -> Start:
    """The latents that a run of ``request`` starts from, to the bit, and what they look like.

    Args:
        model: Whose encoder and schedule say what that is.
        request: One with an image.
        cancelled: Asked before the network is called.

    Raises:
        RequestError: The model cannot honour the request.
        Cancelled: ``cancelled`` said so.
    """
    assert request.image is not None
    # Guidance has no part in where a run starts, and costs a call.
    steps = denoise(model, replace(request, guidance_scale=1.0), cancelled=cancelled)
    with closing(steps):  # type: ignore[type-var]  # it is a generator
        step = next(steps)
    clean = model.encode(request.image, *model.size_of(request))
    pictures = model.decode_array(torch.cat([clean, step.network_input]))
    return Start(
        picture=pictures[0],
        noisy=pictures[1],
        signal=step.level.alpha,
        noise=step.level.noise,
        timestep=step.timestep,
        calls=step.count,
        steps=request.steps,
    )
