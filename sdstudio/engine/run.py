"""The record of a run: what was asked, what was changed, and every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sdstudio.engine.request import Edit, Request

if TYPE_CHECKING:
    import torch

    from sdstudio.engine.model_ref import ModelRef
    from sdstudio.engine.step import Step

Steer = Callable[[int, Request], Edit | None]


@dataclass(eq=False)
class Run:
    """Model, request and edits replay the same image; the steps show how it came to be.

    Attributes:
        request: As it stood when the run began.
        model: What made it.
        edits: What was changed on the way, each with its step.
        steps: One for each network call.
        parent: The run it branched from, and the number of steps they share.
    """

    request: Request
    model: ModelRef
    edits: list[Edit] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    parent: tuple[Run, int] | None = None

    def append(self, step: Step) -> None:
        """Add the next step, and its edit."""
        self.steps.append(step)
        if step.edit is not None:
            self.edits.append(step.edit)

    @property
    def nbytes(self) -> int:
        """Bytes of the recorded tensors, each counted once."""
        tensors: dict[int, torch.Tensor] = {}
        for step in self.steps:
            own = (step.latents, step.network_input, step.prediction, step.next_latents)
            for tensor in (*own, *step.predictions.values()):
                tensors[tensor.data_ptr()] = tensor
        return sum(tensor.nbytes for tensor in tensors.values())


def replay(edits: Iterable[Edit]) -> Steer:
    """A ``steer`` that gives recorded edits back at their steps.

    Edits of the same step are merged, the later one winning.
    """
    by_step: dict[int, Edit] = {}
    for edit in edits:
        step = edit.step or 0
        by_step[step] = by_step.get(step, Edit(step=step)).followed_by(edit)
    return lambda index, request: by_step.get(index)
