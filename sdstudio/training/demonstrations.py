"""Contact sheets of what a model does: the pictures of the README and the model card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from .evaluation import open_pipeline
from .export import BEST_GUIDANCE
from .measures import GUIDANCE
from .orders import Order, generate, image_pipeline
from .sheet import captioned, sheet
from .vae import to_tensor

PROMPTS = (
    "a frog",
    "a frog on a stage at the theatre",
    "a wooden carving of a rabbit",
    "an astronaut riding a horse",
    "a teddy bear riding a horse",
    "a swan in the sea",
    "a pencil sketch of a dog",
    "a castle at night",
    "an oil painting of a sunflower",
    "a neon sign of a cat",
    "two penguins in the snow",
    "a dragon and a castle",
    "pixel art of a rocket",
    "a hamburger on a pink background",
    "three butterflies on a blue background",
    "a volcano",
)
SCALES = (1.0, 3.0, 7.0, 14.0)
STEPS = (1, 4, 16, 50)
STOPS = 9
SEED = 4


def draw_sheets(folder: Path, out: Path, steps: int = 50) -> list[Path]:
    """Write the sheets as PNG files into `out`; the answer names them.

    Args:
        folder: The model.
        out: Where to.
        steps: DDIM steps of pictures that do not vary them; the others have no more.
    """
    pipe = open_pipeline(folder)
    out.mkdir(parents=True, exist_ok=True)
    sheets = {
        "prompts": (_prompts(pipe, steps), 8),
        "guidance": (_guidance(pipe, steps), 6),
        "steps": (_steps(pipe, steps), 6),
        "mix": (_mix(pipe, steps), STOPS),
        "strength": (_strength(pipe, steps), 6),
        "seeds": (_seeds(pipe, steps), 8),
    }
    paths = []
    for name, (cells, columns) in sheets.items():
        paths.append(out / f"{name}.png")
        sheet(cells, columns).quantize(256).save(paths[-1], optimize=True)
    return paths


def _prompts(pipe: Any, steps: int) -> list[np.ndarray]:
    wanted = [Order(prompt, prompt, SEED) for prompt in PROMPTS]
    return _draw(pipe, wanted, BEST_GUIDANCE, steps)


def _guidance(pipe: Any, steps: int) -> list[np.ndarray]:
    prompts = ("a frog", "a castle on a blue background")
    rows = [_row(pipe, prompts, f"guidance {scale:g}", scale, steps) for scale in SCALES]
    return [cell for row in rows for cell in row]


def _steps(pipe: Any, most: int) -> list[np.ndarray]:
    prompts = ("a frog", "a tiger on a green background")
    counts = [min(count, most) for count in STEPS]
    named = [(count, f"{count} step" if count == 1 else f"{count} steps") for count in counts]
    rows = [_row(pipe, prompts, name, GUIDANCE, count) for count, name in named]
    return [cell for row in rows for cell in row]


def _row(
    pipe: Any, prompts: Sequence[str], setting: str, guidance: float, steps: int
) -> list[np.ndarray]:
    """Three seeds of each prompt, with the setting said below."""
    wanted = [
        Order(prompt, f"{prompt}, {setting}", seed) for prompt in prompts for seed in range(3)
    ]
    return _draw(pipe, wanted, guidance, steps)


def _mix(pipe: Any, steps: int) -> list[np.ndarray]:
    wanted = [
        Order("a frog", f"{mix:.0%} rabbit", seed, "a rabbit", float(mix))
        for seed in range(4)
        for mix in np.linspace(0, 1, STOPS)
    ]
    return _draw(pipe, wanted, GUIDANCE, steps)


def _seeds(pipe: Any, steps: int) -> list[np.ndarray]:
    wanted = [Order("a rabbit", f"seed {seed}", seed) for seed in range(24)]
    return _draw(pipe, wanted, GUIDANCE, steps)


def _strength(pipe: Any, steps: int) -> list[np.ndarray]:
    size = pipe.unet.config.sample_size * 8
    image = image_pipeline(pipe)
    cells = []
    for prompt, sketch in (("a frog", _frog(size)), ("a palm tree on the beach", _beach(size))):
        cells.append(captioned(np.asarray(sketch), "a rough sketch"))
        source = (to_tensor(np.asarray(sketch)[None]) + 1) / 2
        for strength in (0.3, 0.5, 0.7, 0.85, 1.0):
            made = image(
                prompt=prompt,
                image=source,
                strength=strength,
                guidance_scale=GUIDANCE,
                num_inference_steps=max(4, steps),
                generator=torch.Generator().manual_seed(SEED),
                output_type="np",
            ).images[0]
            cells.append(captioned(_bytes(made), f"{prompt}, strength {strength:g}"))
    return cells


def _frog(size: int) -> Image.Image:
    """Three blobs and a line."""
    picture = Image.new("RGB", (128, 128), (120, 180, 230))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 44, 108, 118), fill=(90, 160, 60))
    for x in (30, 74):
        draw.ellipse((x, 22, x + 26, 52), fill=(90, 160, 60))
        draw.ellipse((x + 8, 30, x + 18, 42), fill=(20, 20, 20))
    draw.line((44, 90, 84, 90), fill=(200, 60, 40), width=5)
    return picture.resize((size, size))


def _beach(size: int) -> Image.Image:
    """A trunk, a crown, sand and sea."""
    picture = Image.new("RGB", (128, 128), (140, 205, 245))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 56, 128, 82), fill=(50, 130, 200))
    draw.rectangle((0, 82, 128, 128), fill=(236, 214, 160))
    draw.line((64, 112, 68, 44), fill=(120, 80, 50), width=9)
    draw.ellipse((34, 16, 100, 52), fill=(60, 140, 60))
    return picture.resize((size, size))


def _draw(pipe: Any, wanted: Sequence[Order], guidance: float, steps: int) -> list[np.ndarray]:
    return [
        captioned(_bytes((picture.permute(1, 2, 0).numpy() + 1) / 2), str(order.answer))
        for order, picture in generate(pipe, wanted, guidance, steps, "sheets")
    ]


def _bytes(picture: np.ndarray) -> np.ndarray:
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)
