"""What the default and the optimised mode gain on diffusers, and what they lose in accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from sdstudio.engine import Model, Request, denoise, load_model
from tests.benchmarks.measure import Effort, Row, alternate, cpu_ratio, ratio, seconds
from tests.benchmarks.recording import GUIDANCE, PROMPT, bare_pipeline, by_diffusers

PROMPTS = (
    "a frog", "a rabbit", "a red apple", "a snake", "a car on the beach", "a tree", "a castle",
    "a pizza", "a dog", "a bear", "an owl", "a train", "a cactus", "a rocket", "a strawberry",
    "a house in the snow", "a blue fish", "a tiger", "a rose", "a boat",
)  # fmt: skip


def picture(model: Model, request: Request) -> np.ndarray:
    """What a request makes, (height, width, 3) uint8."""
    *_, last = denoise(model, request)
    return model.decode_array(last.next_latents)[0]


def psnr(picture: np.ndarray, exact: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB, 100 for equal pictures."""
    error = np.square(picture.astype(float) - exact.astype(float)).mean()
    return min(100.0, 10 * np.log10(255**2 / error)) if error else 100.0


def measure(effort: Effort) -> Iterator[Row]:
    """Each mode against diffusers in float32, then against the exact mode's pictures."""
    pipeline, exact, default = bare_pipeline(), load_model(dtype="float32"), load_model()
    optimised = load_model()
    has_swapped = optimised.optimise()
    if has_swapped:
        optimised.swap()
    modes = {"default": (default, "0.8x"), "optimised": (optimised, "0.5x")}
    request = Request(prompt=PROMPT, steps=effort.steps, guidance_scale=GUIDANCE, scheduler="DDIM")
    times = alternate(
        {
            "diffusers": lambda: by_diffusers(pipeline, effort.steps),
            "default": lambda: picture(default, request),
            "optimised": lambda: picture(optimised, request),
        },
        effort.rounds,
    )
    for name, (model, bar) in modes.items():
        yield Row(
            f"the {name} mode ({model.engine}, {model.dtype}) against diffusers in float32",
            f"at most {bar}",
            ratio(times, name, "diffusers"),
            f"{seconds(times[name])} against {seconds(times['diffusers'])}; "
            f"processor time {cpu_ratio(times, name, 'diffusers')}; "
            f"{effort.steps} guided DDIM steps",
        )
    requests = [
        Request(prompt=prompt, steps=effort.steps, guidance_scale=GUIDANCE, seed=seed)
        for seed, prompt in enumerate(PROMPTS[: effort.prompts])
    ]
    wanted = [picture(exact, request) for request in requests]
    for name, (model, _) in modes.items():
        found = [
            psnr(picture(model, request), target)
            for request, target in zip(requests, wanted, strict=True)
        ]
        yield Row(
            f"PSNR of the {name} mode against the exact mode, median",
            "at least 35 dB",
            f"{median(found):.1f} dB",
            f"{min(found):.1f} to {max(found):.1f} dB over {len(found)} prompts",
        )
