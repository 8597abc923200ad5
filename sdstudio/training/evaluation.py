"""What the judge says of a model folder, written down as EVALUATION.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import DiffusionPipeline
from torch import Tensor
from tqdm import tqdm

from .concepts import COLOURS, CONCEPTS
from .judge import Judge, load_judge, real_pictures
from .scenes import Studio, with_article
from .vae import Pictures, psnr

TEST_CONCEPTS = [
    "frog",
    "rabbit",
    "snake",
    "giraffe",
    "dog",
    "cat",
    "horse",
    "swan",
    "tiger",
    "elephant",
    "penguin",
    "butterfly",
    "strawberry",
    "hamburger",
    "pizza",
    "sunflower",
    "cactus",
    "car",
    "rocket",
    "castle",
]
"""The 20 that the test names; chosen before the first picture was generated."""
FIRST_SEED = 10_000
"""Seeds from here on are the judge's; nobody looked at them while the model was made."""
JUDGED_GUIDANCE = 7.0
"""The guidance of most rows, and of Stable Diffusion's usual settings."""
RECOMMENDED_GUIDANCE = 3.0
"""What looks best on this model, as recommended.json says."""


@dataclass(frozen=True)
class Order:
    """One picture to make."""

    prompt: str
    concept: int
    seed: int


@dataclass(frozen=True)
class Verdict:
    """How many of the pictures were recognised at once and among the first five."""

    count: int
    top1: float
    top5: float
    saturated: float
    """Share of the pixels with a channel beyond 0.98 of the range at either end."""


def orders(concepts: Sequence[int], seeds: int) -> list[Order]:
    """`seeds` pictures of each concept, each from a seed of its own."""
    prompts = [(with_article(CONCEPTS[c].name), c) for c in concepts for _ in range(seeds)]
    return [Order(prompt, c, FIRST_SEED + i) for i, (prompt, c) in enumerate(prompts)]


def generate(
    pipe: DiffusionPipeline, wanted: Sequence[Order], guidance: float, steps: int, batch: int = 20
) -> Iterator[tuple[Sequence[Order], Tensor]]:
    """The orders in batches, with their pictures (N, 3, H, W) in -1..1."""
    for start in range(0, len(wanted), batch):
        part = wanted[start : start + batch]
        made = pipe(
            prompt=[order.prompt for order in part],
            guidance_scale=guidance,
            num_inference_steps=steps,
            generator=[torch.Generator().manual_seed(order.seed) for order in part],
            output_type="pt",
        ).images
        yield part, made.float() * 2 - 1


def recognise(
    pipe: DiffusionPipeline,
    judge: Judge,
    wanted: Sequence[Order],
    guidance: float = JUDGED_GUIDANCE,
    steps: int = 50,
) -> tuple[Verdict, dict[int, list[bool]]]:
    """The verdict on the orders, and for each concept which of its pictures were recognised."""
    first, five, saturated = [], [], []
    by_concept: dict[int, list[bool]] = {}
    progress = tqdm(total=len(wanted), desc=f"guidance {guidance:g}, {steps} steps", mininterval=5)
    for part, pictures in generate(pipe, wanted, guidance, steps):
        for order, ranked in zip(part, judge.ranking(pictures).tolist(), strict=True):
            first.append(ranked[0] == order.concept)
            five.append(order.concept in ranked[:5])
            by_concept.setdefault(order.concept, []).append(first[-1])
        saturated.append(float((pictures.abs() > 0.96).any(1).float().mean()))
        progress.update(len(part))
    progress.close()
    verdict = Verdict(
        len(first), float(np.mean(first)), float(np.mean(five)), float(np.mean(saturated))
    )
    return verdict, by_concept


def background_colour(picture: Tensor) -> str:
    """The named colour nearest to the median of the picture's border; (3, H, W) in -1..1."""
    ring = torch.cat(
        [picture[:, :4].flatten(1), picture[:, -4:].flatten(1), picture[:, :, :4].flatten(1)], dim=1
    )
    seen = (ring.median(dim=1).values + 1) * 127.5
    distance = {
        name: float((seen - torch.tensor(value)).square().sum()) for name, value in COLOURS.items()
    }
    return min(distance, key=lambda name: distance[name])


def colours_right(pipe: DiffusionPipeline, per_colour: int, steps: int, seed: int = 5) -> float:
    """Share of the prompts "... on a COLOUR background" whose border is of that colour."""
    rng = np.random.default_rng(seed)
    colours = [name for name in COLOURS for _ in range(per_colour)]
    names = rng.choice(TEST_CONCEPTS, len(colours))
    wanted = [
        Order(f"{with_article(str(name))} on a {colour} background", 0, FIRST_SEED + 5000 + i)
        for i, (name, colour) in enumerate(zip(names, colours, strict=True))
    ]
    seen = [
        background_colour(picture)
        for _, pictures in generate(pipe, wanted, JUDGED_GUIDANCE, steps)
        for picture in pictures
    ]
    return float(np.mean([a == b for a, b in zip(seen, colours, strict=True)]))


def evaluate(
    studio: Studio, work: Path, folder: Path, seeds: int = 3, row_seeds: int = 2, steps: int = 50
) -> str:
    """Judge the model in `folder` at `steps` DDIM steps; writes EVALUATION.md there and returns it.

    `seeds` pictures of every concept, 8 of each test concept, `row_seeds` of each for the rows
    that vary guidance and steps.
    """
    judge = load_judge(work / "judge.safetensors")
    pipe = DiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    index = {concept.name: i for i, concept in enumerate(CONCEPTS)}
    names = json.loads((folder / "words.json").read_text(encoding="utf-8"))["concepts"]
    known = [index[name] for name in names]
    test = [index[name] for name in TEST_CONCEPTS if name in names]

    real, answers = real_pictures(studio, np.random.default_rng(4321), 1000)
    real_right = float((judge.ranking(real)[:, 0] == answers).float().mean())
    held_out = Pictures(studio, seed=1234, held_out=True).batch(128)
    own = Pictures(studio, seed=1234).batch(128)
    with torch.no_grad():
        quality = [psnr(pipe.vae.decoder(pipe.vae.encoder(p)), p) for p in (held_out, own)]

    lines = [
        "# Evaluation of the built-in model",
        "",
        "Written by `python -m sdstudio.training judge`; the judge is a small classifier",
        "trained on real artwork only, and its seeds were not looked at while the model was made.",
        "",
        f"- judge's own accuracy on 1,000 real single-concept pictures: {real_right:.1%}",
        f"- autoencoder, PSNR on artwork it was not trained on: {quality[0]:.2f} dB;"
        f" on pictures like its training pictures: {quality[1]:.2f} dB",
        "",
        "| prompts | guidance | steps (DDIM) | pictures | top-1 | top-5 | clipped pixels |",
        "|---|---|---|---|---|---|---|",
    ]

    def row(
        prompts: str, wanted: list[Order], guidance: float, steps: int
    ) -> dict[int, list[bool]]:
        verdict, by_concept = recognise(pipe, judge, wanted, guidance, steps)
        lines.append(
            f"| {prompts} | {guidance:g} | {steps} | {verdict.count} | {verdict.top1:.1%} "
            f"| {verdict.top5:.1%} | {verdict.saturated:.1%} |"
        )
        return by_concept

    label = f"the {len(test)} of the test"
    each = row(f"all {len(known)} concepts", orders(known, seeds), JUDGED_GUIDANCE, steps)
    row(label, orders(test, 8), JUDGED_GUIDANCE, steps)
    row(label, orders(test, 8), RECOMMENDED_GUIDANCE, steps)
    for guidance in (1.0, 15.0):
        row(label, orders(test, row_seeds), guidance, steps)
    for fewer in (4, 10, 20):
        row(label, orders(test, row_seeds), JUDGED_GUIDANCE, min(fewer, steps))
    missed = {
        CONCEPTS[concept].name: f"{sum(right)} of {len(right)}"
        for concept, right in each.items()
        if sum(right) < len(right)
    }
    lines += [
        "",
        f"Background colour as asked: {colours_right(pipe, 3, min(20, steps)):.1%}.",
        "",
        "Concepts that were not recognised every time: "
        + (", ".join(f"{name} ({score})" for name, score in missed.items()) or "none")
        + ".",
    ]
    text = "\n".join(lines) + "\n"
    (folder / "EVALUATION.md").write_text(text, encoding="utf-8")
    return text
