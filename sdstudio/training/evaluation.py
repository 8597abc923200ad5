"""What the judge says of a model folder, written down as EVALUATION.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from . import measures
from .concepts import CONCEPTS
from .judge import Judge, lesson_of, load_judge, real_pictures
from .measures import Bench, Row
from .scenes import Studio
from .vae import Pictures, psnr

TEST_CONCEPTS = (
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
)
"""The 20 that the test names; chosen before the first picture was generated."""

HEAD = """# Evaluation of the built-in model

Written by `python -m sdstudio.training judge`; the judge is a small classifier
trained on real artwork only, and its seeds were not looked at while the model was made.
Unless a row says otherwise: guidance 7, {steps} DDIM steps.

| measure | asked | measured | pictures |
|---|---|---|---|
"""


def open_pipeline(folder: Path) -> StableDiffusionPipeline:
    """The model in float32, silent."""
    pipe = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def evaluate(studio: Studio, work: Path, folder: Path, share: float = 1.0, steps: int = 50) -> str:
    """Judge the model in `folder`; writes EVALUATION.md there and returns it.

    Args:
        studio: Real artwork.
        work: Where the judge is.
        folder: The model.
        share: Of the pictures of each row; below 1 for a quick look.
        steps: DDIM steps.
    """
    judge = load_judge(work / "judge.safetensors")
    bench = Bench(open_pipeline(folder), judge, folder, steps, share)
    test = [name for name in TEST_CONCEPTS if name in bench.known()]
    everything, score = measures.every_concept(bench)
    rows: list[Row | None] = [
        _autoencoder(bench, studio),
        *_judge_itself(judge, studio),
        everything,
        measures.demonstrations(bench),
        measures.colours(bench),
        measures.styles(bench),
        *measures.pairs(bench),
        measures.counts(bench),
        measures.guidance(bench, test),
        measures.fewer_steps(bench, test),
        measures.few_step_lora(bench, test),
        measures.strengths(bench, studio),
        measures.mixes(bench),
        measures.unknown_words(bench, test),
        measures.size(folder),
    ]
    lines = [f"| {r.measure} | {r.asked} | {r.measured} | {r.pictures} |" for r in rows if r]
    missed = {
        name: f"{sum(right)} of {len(right)}"
        for name, right in score.by_concept.items()
        if sum(right) < len(right)
    }
    lines += [
        "",
        "Concepts that were not recognised every time: "
        + (", ".join(f"{name} ({times})" for name, times in missed.items()) or "none")
        + ".",
    ]
    text = HEAD.format(steps=steps) + "\n".join(lines) + "\n"
    (folder / "EVALUATION.md").write_text(text, encoding="utf-8")
    return text


def _autoencoder(bench: Bench, studio: Studio) -> Row:
    vae = bench.pipe.vae
    measured = []
    with torch.no_grad():
        for held_out in (True, False):
            pictures = Pictures(studio, seed=1234, held_out=held_out).batch(128)
            measured.append(psnr(vae.decoder(vae.encoder(pictures)), pictures))
    text = f"{measured[0]:.2f} dB; on pictures like its training's {measured[1]:.2f} dB"
    return Row("autoencoder, PSNR on artwork it was not trained on", "28 dB", text, 256)


def _judge_itself(judge: Judge, studio: Studio) -> list[Row]:
    rng = np.random.default_rng(4321)
    real, answers = real_pictures(studio, rng, 1000)
    asked = judge.ranking(real)[:, 0].tolist()
    right = np.mean(
        [judge.names[a] == CONCEPTS[b].name for a, b in zip(asked, answers.tolist(), strict=True)]
    )
    scenes = [studio.random_scene(rng) for _ in range(1000)]
    lesson = lesson_of(studio, scenes)
    said = judge.ask(lesson.pictures)
    count = said.number.argmax(1) == lesson.count
    styled = lesson.style > 0
    style = (said.style.argmax(1) == lesson.style)[styled]
    plain = (said.style.argmax(1) == 0)[~styled]
    pair = torch.tensor([scene.arrangement == "pair" for scene in scenes])
    seen = said.present.sigmoid() > 0.5
    both = (seen | (lesson.present == 0)).all(1)[pair]
    other = seen[pair][lesson.present[pair] == 0]
    shares = [percent(each) for each in (count, style, plain, both, other)]
    text = (
        "count {}, style {} (none: {}), both of a pair {}; takes {} of all other concepts to be"
        " there too"
    ).format(*shares)
    return [
        Row("judge's own accuracy on real single concepts", "95%", f"{right:.1%}", 1000),
        Row("judge's own accuracy on real scenes", "", text, len(scenes)),
    ]


def percent(right: Tensor) -> str:
    """How many of these are true; a dash where there were none."""
    return f"{float(right.float().mean()):.1%}" if len(right) else "–"
