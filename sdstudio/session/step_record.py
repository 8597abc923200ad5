"""One recorded step of a run: its tensors, and the step they make again without the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sdstudio.engine.request import Edit, Request
from sdstudio.engine.x0 import Level, PredictionType

if TYPE_CHECKING:
    import torch

    from sdstudio.engine.step import Step


@dataclass(frozen=True, eq=False)
class StepRecord:
    """What a step cannot be recomputed without; tensors are float32 on the CPU, (1, C, h, w).

    Attributes:
        index: 0-based number of the network call.
        count: Network calls of the whole run.
        timestep: What the network was told, 0 to 999.
        level: Signal and noise in ``latents``.
        prediction_type: What the outputs are: "epsilon", "v_prediction" or "sample".
        seconds: Wall time of the step.
        edit: What was changed right before this step.
        latents: x_t.
        predictions: The network's raw outputs by name: "cond", and "uncond" with guidance.
        network_input: x_t as the network saw it; None where that is ``latents``.
        network_seconds: How much of it the network took; None where that is not known.
        next_latents: x_{t-1}; None where that is the ``latents`` of the step recorded next.
    """

    index: int
    count: int
    timestep: float
    level: Level
    prediction_type: PredictionType
    seconds: float
    edit: Edit | None
    latents: torch.Tensor
    predictions: Mapping[str, torch.Tensor]
    network_input: torch.Tensor | None = None
    next_latents: torch.Tensor | None = None
    network_seconds: float | None = None

    @classmethod
    def of(cls, step: Step, row: int = 0) -> StepRecord:
        """Keep what a step of the sampling loop shows of one image of its batch."""
        scaled = step.network_input is not step.latents

        def own(tensor: torch.Tensor) -> torch.Tensor:
            return _own(tensor[row : row + 1])

        return cls(
            index=step.index,
            count=step.count,
            timestep=step.timestep,
            level=step.level,
            prediction_type=step.prediction_type,
            seconds=step.seconds,
            edit=step.edit,
            latents=own(step.latents),
            predictions={name: own(value) for name, value in step.predictions.items()},
            network_input=own(step.network_input) if scaled else None,
            next_latents=own(step.next_latents),
            network_seconds=step.network_seconds,
        )

    @property
    def sigma(self) -> float:
        """Ratio of noise to signal in ``latents``."""
        return self.level.sigma

    @property
    def noise_level(self) -> float:
        """Sigma / sqrt(1 + sigma^2), 0 to 1."""
        return self.level.noise

    @property
    def tensors(self) -> dict[str, torch.Tensor]:
        """Its tensors by name."""
        named = {"latents": self.latents, **{f"p.{k}": v for k, v in self.predictions.items()}}
        if self.network_input is not None:
            named["network_input"] = self.network_input
        if self.next_latents is not None:
            named["next_latents"] = self.next_latents
        return named

    @property
    def nbytes(self) -> int:
        """Bytes of its tensors."""
        return sum(tensor.nbytes for tensor in self.tensors.values())

    def before(self, following: StepRecord) -> StepRecord:
        """This record without what the step recorded next has as well."""
        injected = following.edit is not None and following.edit.fresh_noise
        return self if injected else replace(self, next_latents=None)

    def step(self, request: Request, next_latents: torch.Tensor | None = None) -> Step:
        """The step as the sampling loop yielded it, to the bit.

        Args:
            request: As it stood at this step.
            next_latents: Where this record has none: the ``latents`` of the next one.
        """
        from sdstudio.engine.guidance import guide
        from sdstudio.engine.step import Step

        following = next_latents if self.next_latents is None else self.next_latents
        if following is None:
            raise ValueError(f"step {self.index} lacks its next latents")
        predictions = dict(self.predictions)
        prediction = predictions["cond"]
        if "uncond" in predictions:
            prediction = guide(predictions["uncond"], prediction, [request])
        return Step(
            index=self.index,
            count=self.count,
            timestep=self.timestep,
            level=self.level,
            latents=self.latents,
            network_input=self.latents if self.network_input is None else self.network_input,
            predictions=predictions,
            prediction=prediction,
            prediction_type=self.prediction_type,
            next_latents=following,
            requests=(request,),
            edit=self.edit,
            seconds=self.seconds,
            network_seconds=self.network_seconds,
        )


def _own(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor as float32 on the CPU; a view would keep all of its batch alive."""
    import torch

    own = tensor.detach().to("cpu", torch.float32).contiguous()
    return own.clone() if own.untyped_storage().nbytes() > own.nbytes else own
