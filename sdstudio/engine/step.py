"""One step of the sampling loop: a network call and what the scheduler made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from sdstudio.engine.x0 import Level, PredictionType, noise_of, x0_of

if TYPE_CHECKING:
    import torch

    from sdstudio.engine.request import Edit, Request


class RecordedStep(Protocol):
    """What a step cannot be made again without; tensors are float32, (B, *latent_shape)."""

    @property
    def latents(self) -> torch.Tensor:
        """x_t as the scheduler keeps it."""
        ...

    @property
    def predictions(self) -> Mapping[str, torch.Tensor]:
        """The network's raw outputs by name."""
        ...


@dataclass(eq=False)
class Step:
    """A network call at latents x_t, and the latents that came of it.

    All tensors are float32 and shaped (B, *latent_shape).

    Attributes:
        index: 0-based number of the network call in this run.
        count: Network calls of this run.
        timestep: The training timestep the network was told, 0 to 999; some schedulers
            ask between two.
        level: Signal and noise in ``latents``.
        latents: x_t as the scheduler keeps it, before input scaling.
        network_input: x_t as the network saw it, of variance about 1.
        predictions: The network's raw outputs by name: "cond", and "uncond" with guidance.
        prediction: The guided output, which the scheduler was given.
        prediction_type: What the outputs are: "epsilon", "v_prediction" or "sample".
        next_latents: What the scheduler made of it, x_{t-1}.
        requests: The request of each image as it stood at this step.
        edit: What was changed right before this step.
        seconds: Wall time of the step.
        network_seconds: How much of it the network took; None where that was not measured.
    """

    index: int
    count: int
    timestep: float
    level: Level
    latents: torch.Tensor
    network_input: torch.Tensor
    predictions: dict[str, torch.Tensor]
    prediction: torch.Tensor
    prediction_type: PredictionType
    next_latents: torch.Tensor
    requests: tuple[Request, ...]
    edit: Edit | None
    seconds: float
    network_seconds: float | None = None

    @property
    def request(self) -> Request:
        """The (first) request as it stood at this step."""
        return self.requests[0]

    @property
    def sigma(self) -> float:
        """Ratio of noise to signal in x_t."""
        return self.level.sigma

    @property
    def noise_level(self) -> float:
        """Sigma / sqrt(1 + sigma^2), 0 to 1."""
        return self.level.noise

    @cached_property
    def x0(self) -> torch.Tensor:
        """The estimate of the clean latents."""
        return x0_of(self.prediction, self.network_input, self.level, self.prediction_type)

    @cached_property
    def noise(self) -> torch.Tensor:
        """The guided prediction as noise (eps)."""
        return self._as_noise(self.prediction)

    @cached_property
    def noise_cond(self) -> torch.Tensor:
        """The prediction with the text as noise (eps)."""
        return self._as_noise(self.predictions["cond"])

    @cached_property
    def noise_uncond(self) -> torch.Tensor | None:
        """The prediction without the text as noise (eps); None when guidance is off."""
        uncond = self.predictions.get("uncond")
        return None if uncond is None else self._as_noise(uncond)

    def _as_noise(self, prediction: torch.Tensor) -> torch.Tensor:
        return noise_of(prediction, self.network_input, self.level, self.prediction_type)
