"""The schedulers by the names people know, each a diffusers class and its configuration."""

from __future__ import annotations

import copy
import inspect
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sdstudio.engine.problems import Problem, RequestError

if TYPE_CHECKING:
    from diffusers import SchedulerMixin

    from sdstudio.engine.request import Request


@dataclass(frozen=True)
class Recipe:
    """How to make one scheduler: the diffusers class and what differs from its defaults."""

    class_name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)


TABLE: Mapping[str, Recipe] = MappingProxyType(
    {
        "DDIM": Recipe("DDIMScheduler"),
        "DDPM": Recipe("DDPMScheduler"),
        "PNDM": Recipe("PNDMScheduler", {"skip_prk_steps": True}),
        "Euler": Recipe("EulerDiscreteScheduler"),
        "Euler a": Recipe("EulerAncestralDiscreteScheduler"),
        "Heun": Recipe("HeunDiscreteScheduler"),
        "DPM2": Recipe("KDPM2DiscreteScheduler"),
        "DPM2 a": Recipe("KDPM2AncestralDiscreteScheduler"),
        "LMS": Recipe("LMSDiscreteScheduler"),
        "DPM++ 2M": Recipe("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
        "DPM++ 2M Karras": Recipe(
            "DPMSolverMultistepScheduler",
            {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
        ),
        "DPM++ SDE": Recipe("DPMSolverSDEScheduler"),
        "DEIS": Recipe("DEISMultistepScheduler"),
        "UniPC": Recipe("UniPCMultistepScheduler"),
        "LCM": Recipe("LCMScheduler"),
        "TCD": Recipe("TCDScheduler"),
    }
)

NAMES: tuple[str, ...] = tuple(TABLE)

FEW_STEP = frozenset({"LCM", "TCD"})
"""Made for weights that were distilled to a few steps."""

MAX_STEPS_OF: Mapping[str, int] = MappingProxyType({"LCM": 50, "TCD": 50})
"""Schedulers that pick their timesteps out of this many original ones."""


def make_scheduler(config: Mapping[str, Any], request: Request, seeds: list[int]) -> SchedulerMixin:
    """Build the scheduler a request names, fresh: schedulers keep state from step to step.

    Args:
        config: The configuration of the model's own scheduler (noise schedule, prediction
            type, …), which the recipe's overrides are laid over.
        request: Names the scheduler and the number of steps.
        seeds: One for each image of the batch; DPM++ SDE draws its noise from them.

    Raises:
        RequestError: ``unknown_scheduler``, ``too_many_steps`` or ``scheduler_refuses``.
    """
    check_scheduler(request)
    recipe = TABLE[request.scheduler]
    overrides = dict(recipe.overrides)
    if request.scheduler == "DPM++ SDE":
        # It ignores the generator that every other scheduler draws from, and its noise
        # complains of rounding at the ends of its interval.
        warnings.filterwarnings("ignore", message="Should have t[ab]", category=UserWarning)
        overrides["noise_sampler_seed"] = seeds if len(seeds) > 1 else seeds[0]
    # Clipping to -1..1 is for pixels; a configuration that is silent on it would get it.
    settings = {"clip_sample": False, **config}
    try:
        # Some take half a second to build: a copy of one that nobody has used is as fresh.
        return copy.deepcopy(
            _unused(recipe.class_name, _key(settings), _key(overrides), request.steps)
        )
    except (ValueError, IndexError, RuntimeError, ZeroDivisionError) as error:
        raise RequestError(
            Problem.of(
                "scheduler_refuses",
                "steps",
                scheduler=request.scheduler,
                steps=request.steps,
                reason=str(error),
            )
        ) from error


def _key(settings: Mapping[str, Any]) -> str:
    return json.dumps(dict(settings), sort_keys=True, default=list)


@lru_cache(maxsize=8)
def _unused(class_name: str, settings: str, overrides: str, steps: int) -> SchedulerMixin:
    import diffusers

    kind = getattr(diffusers, class_name)
    # The model's own scheduler may be of another class, with settings this one lacks.
    takes = inspect.signature(kind.__init__).parameters
    known = {name: value for name, value in json.loads(settings).items() if name in takes}
    scheduler: SchedulerMixin = kind.from_config(known, **json.loads(overrides))
    scheduler.set_timesteps(steps)
    return scheduler


def check_scheduler(request: Request) -> None:
    """Raise RequestError when the scheduler is unknown or cannot run that many steps."""
    if request.scheduler not in TABLE:
        raise RequestError(
            Problem.of("unknown_scheduler", "scheduler", name=request.scheduler, known=NAMES)
        )
    most = MAX_STEPS_OF.get(request.scheduler)
    if most is not None and request.steps > most:
        raise RequestError(
            Problem.of(
                "too_many_steps",
                "steps",
                scheduler=request.scheduler,
                steps=request.steps,
                most=most,
            )
        )
