"""How large the tensors of each step are, and where its time went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from sdstudio.engine.anatomy.guidance import angle, rms

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step


@dataclass(frozen=True, eq=False)
class Numbers:
    """One number a step and quantity; sizes are root mean squares, float64.

    Attributes:
        index: 0-based steps.
        timestep: What the network was told, 0 to 999.
        noise_level: sigma / sqrt(1 + sigma^2), 0 to 1.
        latents: Size of x_t as the scheduler keeps it.
        noise: Size of the guided noise; near 1.
        update: Size of x_{t-1} minus x_t.
        x0: Size of the estimate.
        difference: Size of the noise with the text minus that without; NaN without guidance.
        angle: Between the two, in degrees; NaN without guidance.
        network: Seconds in the network; NaN where that was not measured.
        rest: Seconds in guidance and scheduler; NaN where that was not measured.
        seconds: Seconds of the whole step.
    """

    index: NDArray[np.int64]
    timestep: NDArray[np.float64]
    noise_level: NDArray[np.float64]
    latents: NDArray[np.float64]
    noise: NDArray[np.float64]
    update: NDArray[np.float64]
    x0: NDArray[np.float64]
    difference: NDArray[np.float64]
    angle: NDArray[np.float64]
    network: NDArray[np.float64]
    rest: NDArray[np.float64]
    seconds: NDArray[np.float64]

    @classmethod
    def joined(cls, parts: Sequence[Numbers]) -> Numbers:
        """The numbers of several stretches of a run as one."""
        names = cls.__dataclass_fields__
        return cls(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in names})


@torch.no_grad()
def numbers_of(model: Model | None, steps: Sequence[Step]) -> Numbers:
    """Measure steps of one image; no model is needed, nothing is decoded."""
    nan = float("nan")
    uncond = [step.noise_uncond for step in steps]
    network = [nan if s.network_seconds is None else s.network_seconds for s in steps]

    def row(values: Sequence[float]) -> NDArray[np.float64]:
        return np.array(values, np.float64)

    return Numbers(
        index=np.array([step.index for step in steps], np.int64),
        timestep=row([step.timestep for step in steps]),
        noise_level=row([step.noise_level for step in steps]),
        latents=row([rms(step.latents) for step in steps]),
        noise=row([rms(step.noise) for step in steps]),
        update=row([rms(step.next_latents - step.latents) for step in steps]),
        x0=row([rms(step.x0) for step in steps]),
        difference=row(
            [
                nan if u is None else rms(s.noise_cond - u)
                for s, u in zip(steps, uncond, strict=True)
            ]
        ),
        angle=row(
            [
                nan if u is None else angle(s.noise_cond, u)
                for s, u in zip(steps, uncond, strict=True)
            ]
        ),
        network=row(network),
        rest=row([s.seconds - took for s, took in zip(steps, network, strict=True)]),
        seconds=row([step.seconds for step in steps]),
    )
