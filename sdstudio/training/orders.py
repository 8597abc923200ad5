"""The pictures that the judge asks a model for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import StableDiffusionImg2ImgPipeline
from torch import Tensor
from tqdm import tqdm

FIRST_SEED = 20_000
"""Seeds from here on are the judge's; nobody looked at them while the model was made."""
BATCH = 20


@dataclass(frozen=True)
class Order:
    """One picture to make, and what it should show.

    Attributes:
        prompt: What is asked for.
        answer: What a measure compares the judge's answer with.
        seed: Of the starting noise.
        prompt_b: Mixed in by ``mix`` (0 to 1), where there is one.
        mix: Share of ``prompt_b``'s embedding.
    """

    prompt: str
    answer: Any
    seed: int
    prompt_b: str = ""
    mix: float = 0.0


def orders(
    asked: Sequence[tuple[str, Any]], seeds: int, first_seed: int = FIRST_SEED
) -> list[Order]:
    """`seeds` pictures of each (prompt, answer), each from a seed of its own."""
    repeated = [pair for pair in asked for _ in range(seeds)]
    return [Order(prompt, answer, first_seed + i) for i, (prompt, answer) in enumerate(repeated)]


def generate(
    pipe: Any, wanted: Sequence[Order], guidance: float, steps: int, name: str = ""
) -> Iterator[tuple[Order, Tensor]]:
    """Each order with its picture (3, H, W) in -1..1, made in batches with progress shown."""
    label = f"{name} guidance {guidance:g}, {steps} steps".strip()
    with tqdm(total=len(wanted), desc=label, mininterval=5) as progress:
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            made = pipe(
                prompt_embeds=_embeddings(pipe, part),
                negative_prompt_embeds=_read(pipe, [""]).expand(len(part), -1, -1),
                guidance_scale=guidance,
                num_inference_steps=steps,
                generator=[torch.Generator().manual_seed(order.seed) for order in part],
                output_type="pt",
            ).images
            yield from zip(part, made.float() * 2 - 1, strict=True)
            progress.update(len(part))


def image_pipeline(pipe: Any) -> StableDiffusionImg2ImgPipeline:
    """Image to image over the same parts; `from_pipe` knows no AutoencoderTiny."""
    image = StableDiffusionImg2ImgPipeline(**pipe.components, requires_safety_checker=False)
    image.set_progress_bar_config(disable=True)
    return image


def _embeddings(pipe: Any, part: Sequence[Order]) -> Tensor:
    one = _read(pipe, [order.prompt for order in part])
    other = _read(pipe, [order.prompt_b or order.prompt for order in part])
    return torch.lerp(one, other, torch.tensor([order.mix for order in part])[:, None, None])


@torch.no_grad()
def _read(pipe: Any, prompts: list[str]) -> Tensor:
    tokens = pipe.tokenizer(
        prompts,
        padding="max_length",
        max_length=pipe.tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    )
    return pipe.text_encoder(tokens.input_ids).last_hidden_state
