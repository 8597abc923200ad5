"""What may be seen of a step, as latents for the decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.events import View

if TYPE_CHECKING:
    import torch

    from sdstudio.engine.request import Request
    from sdstudio.engine.step import Step


def latents_of(step: Step, view: View) -> torch.Tensor:
    """The latents that a view of a step decodes, (B, C, h, w).

    Noisy latents are taken as the network sees them, of variance about 1, whatever form the
    scheduler keeps them in; predicted noise is taken as if it were latents.

    Raises:
        StudioError: ``view_missing``: the step was made without guidance.
    """
    match view:
        case "x0":
            return step.x0
        case "latents":
            return step.network_input
        case "next_latents":
            return _as_the_network_sees(step)
        case "noise":
            return step.noise
        case "noise_cond":
            return step.noise_cond
    uncond = step.noise_uncond
    if uncond is None:
        raise StudioError(Problem.of("view_missing", "view", step=step.index))
    if view == "noise_uncond":
        return uncond
    difference = step.noise_cond - uncond
    # It is small where the text says little, and zero where it says nothing.
    return difference / difference.std().clamp_min(1e-12)


def requests_of(step: Step, view: View) -> tuple[Request, ...]:
    """The request whose mask the picture of a view keeps to; none for views of noise."""
    is_result = view == "next_latents" and step.index + 1 == step.count
    return step.requests[:1] if view == "x0" or is_result else ()


def _as_the_network_sees(step: Step) -> torch.Tensor:
    following = step.next_latents
    if step.network_input is step.latents or step.index + 1 == step.count:
        return following
    # In the form x0 + sigma * eps; which sigma comes next is the scheduler's to know.
    return following / following.std().clamp_min(1.0)
