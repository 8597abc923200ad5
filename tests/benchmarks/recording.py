"""What seeing every step costs, against the bare diffusers pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline

from sdstudio import paths
from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.session.run_store import RunStore
from tests.benchmarks.measure import Effort, Row, alternate, cpu_ratio, ratio, seconds

PROMPT = "a frog"
GUIDANCE = 7.5


def bare_pipeline() -> StableDiffusionPipeline:
    """diffusers' own pipeline on the built-in model, in float32, with DDIM."""
    pipeline = StableDiffusionPipeline.from_pretrained(
        paths.builtin_model(), dtype=torch.float32, local_files_only=True
    )
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def by_diffusers(pipeline: StableDiffusionPipeline, steps: int) -> object:
    """One picture by diffusers."""
    generator = torch.Generator().manual_seed(0)
    return pipeline(
        PROMPT, num_inference_steps=steps, guidance_scale=GUIDANCE, generator=generator
    ).images[0]


def recorded(model: Model, store: RunStore, request: Request, decode: bool) -> object:
    """One picture by us, every step in the store as the window keeps it."""
    store.begin(0, request, {})
    for step in denoise(model, request):
        store.add(step)
        if decode:
            model.decode_array(step.x0)
    store.keep("finished")
    return model.decode(step.next_latents)


def measure(effort: Effort) -> Iterator[Row]:
    """The exact mode in the same precision and runtime as diffusers, then the default mode."""
    exact, default = load_model(dtype="float32"), load_model()
    pipeline, store = bare_pipeline(), RunStore()
    request = Request(
        prompt=PROMPT, steps=effort.steps, guidance_scale=GUIDANCE, scheduler="DDIM", seed=0
    )
    times = alternate(
        {
            "diffusers": lambda: by_diffusers(pipeline, effort.steps),
            "recorded": lambda: recorded(exact, store, request, decode=False),
            "decoded": lambda: recorded(exact, store, request, decode=True),
            "default": lambda: recorded(default, store, request, decode=True),
        },
        effort.rounds,
    )
    store.close()
    for name, what, bar in (
        ("recorded", "a run with everything recorded, exact mode, against diffusers", "1.03x"),
        ("decoded", "and with every step decoded by the VAE", "1.25x"),
        ("default", "the same in the default mode", "1.25x"),
    ):
        yield Row(
            what,
            f"at most {bar}",
            ratio(times, name, "diffusers"),
            f"{seconds(times[name])} against {seconds(times['diffusers'])}; "
            f"processor time {cpu_ratio(times, name, 'diffusers')}; "
            f"{effort.steps} guided DDIM steps",
        )
