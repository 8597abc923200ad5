"""The sampling loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from sdstudio.engine.cancel import Cancelled, cancellable
from sdstudio.engine.guidance import guide
from sdstudio.engine.inpaint import start
from sdstudio.engine.noise import enter, generators_of, with_fresh_noise
from sdstudio.engine.problems import ModelError, Problem, RequestError
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import make_scheduler
from sdstudio.engine.step import RecordedStep, Step
from sdstudio.engine.tiles import predictor
from sdstudio.engine.x0 import level_at

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.run import Steer
    from sdstudio.engine.text import Conditioning


@torch.no_grad()
def denoise(
    model: Model,
    request: Request | Sequence[Request],
    *,
    steer: Steer | None = None,
    latents: torch.Tensor | None = None,
    cancelled: Callable[[], bool] | None = None,
    recorded: Sequence[RecordedStep] = (),
) -> Iterator[Step]:
    """Make a picture out of noise, one :class:`Step` for each network call.

    The last step's ``next_latents`` are what ``model.decode`` turns into the picture. They
    equal those of diffusers' own pipelines to the bit, on CPU in float32.

    Args:
        model: From :func:`sdstudio.engine.load_model`.
        request: What to make; a sequence is made as one batch, and its members share
            size, steps, scheduler, strength, eta, LoRAs and tile.
        steer: Asked before each step with its index and the (first) request as it stands;
            an :class:`Edit` in answer holds from this step on, for the whole batch.
        latents: Starting noise of unit variance, (B, *latent_shape), instead of the seed's.
        cancelled: Asked before every block of the network; True raises Cancelled.
        recorded: The first steps of a run with the same request, whose edits ``steer`` gives
            again: they are made from what was recorded, without the network, and the next
            one finds scheduler and generator as it did in that run.

    Raises:
        RequestError: The model cannot honour the request, a batch does not agree, or the
            recorded steps are of another shape.
        ModelError: ``not_finite``: the numbers overflowed at the step it names.
        Cancelled: ``cancelled`` said so.
    """
    # 1. Check, and build what keeps state from step to step.
    requests = [request] if isinstance(request, Request) else list(request)
    check_batch(requests)
    for each in requests:
        model.check(each)
    model.use_loras(requests[0].loras)
    scheduler = make_scheduler(
        model.scheduler_config, requests[0], [each.seed for each in requests]
    )
    timesteps = enter(scheduler, requests[0])
    predict = predictor(model, requests[0], cancelled)
    generator = generators_of(requests)

    # 2. The latents to start from. Those of recorded steps take their place, but not the
    # numbers that were drawn from the generators for them.
    sample, clean, inpainting = start(model, scheduler, requests, timesteps, generator, latents)
    check_recorded(recorded, sample)
    conditioning: Conditioning | None = None
    step: Step | None = None

    # 3. Step by step: predict, guide, let the scheduler update.
    with cancellable(model.network, cancelled):
        for index, timestep in enumerate(timesteps):
            started = time.perf_counter()
            if cancelled is not None and cancelled():
                raise Cancelled
            edit = steer(index, requests[0]) if steer is not None else None
            if edit is not None:
                edit = replace(edit, step=index)
                requests = [each.with_edit(edit) for each in requests]
                conditioning = None
            known = recorded[index] if index < len(recorded) else None
            if known is not None:
                sample = known.latents.to(sample)
            network_input = scheduler.scale_model_input(sample, timestep)
            level = level_at(scheduler, timestep)
            if known is None and edit is not None and edit.fresh_noise:
                x0 = clean if step is None else step.x0
                sample = with_fresh_noise(sample, network_input, x0, level, edit)
                network_input = scheduler.scale_model_input(sample, timestep)
            network_seconds: float | None = None
            if known is not None:
                predictions = {name: out.to(sample) for name, out in known.predictions.items()}
            else:
                conditioning = conditioning or model.condition(requests)
                asked = time.perf_counter()
                seen = inpainting.network_input(network_input)
                predictions = predict(seen, timestep, conditioning)
                if sample.is_cuda:
                    torch.cuda.synchronize()
                network_seconds = time.perf_counter() - asked
            prediction = predictions["cond"]
            if "uncond" in predictions:
                prediction = guide(predictions["uncond"], prediction, requests)
            options = model.step_options(scheduler, generator, requests[0].eta)
            updated = scheduler.step(prediction, timestep, sample, **options, return_dict=False)[0]
            updated = inpainting.kept(updated, scheduler, timesteps[index + 1 : index + 2])
            if not torch.isfinite(updated).all():
                raise ModelError(Problem.of("not_finite", step=index, count=len(timesteps)))
            step = Step(
                index=index,
                count=len(timesteps),
                timestep=float(timestep),
                level=level,
                latents=sample,
                network_input=network_input,
                predictions=predictions,
                prediction=prediction,
                prediction_type=model.prediction_type,
                next_latents=updated,
                requests=tuple(requests),
                edit=edit,
                seconds=time.perf_counter() - started,
                network_seconds=network_seconds,
            )
            yield step
            sample = updated


SHARED = ("width", "height", "steps", "scheduler", "strength", "eta", "loras", "tile")
"""What the requests of one batch have in common."""


def check_batch(requests: Sequence[Request]) -> None:
    """Raise RequestError when the requests cannot be made as one batch."""
    if not requests:
        raise RequestError(Problem.of("empty_batch"))
    problems = [
        Problem.of("batch_differs", name)
        for name in SHARED
        if len({getattr(request, name) for request in requests}) > 1
    ]
    for name in ("image", "mask"):
        if len({getattr(request, name) is None for request in requests}) > 1:
            problems.append(Problem.of("batch_differs", name))
    if problems:
        raise RequestError(problems)


def check_recorded(recorded: Sequence[RecordedStep], sample: torch.Tensor) -> None:
    """Raise RequestError when recorded steps are not of the shape of this run's latents."""
    for step in recorded:
        for tensor in (step.latents, *step.predictions.values()):
            if tensor.shape != sample.shape:
                raise RequestError(
                    Problem.of(
                        "latents_shape",
                        "latents",
                        given=tuple(tensor.shape),
                        wanted=tuple(sample.shape),
                    )
                )
