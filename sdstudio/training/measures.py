"""What the judge measures of a model, each as a row of EVALUATION.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .captions import plural, with_article
from .concepts import COLOURS, CONCEPTS, DEMONSTRATED
from .export import FEW_STEP_LORA
from .judge import STYLE_NAMES, Judge
from .orders import FIRST_SEED, Order, generate, image_pipeline, orders
from .scenes import COUPLES, Studio, is_held_out
from .styles import STYLES
from .vae import to_tensor

GUIDANCE = 7.0
"""The guidance of most rows, and of Stable Diffusion's usual settings."""
BRIGHT = 0.96
"""In -1..1: beyond 0.98 of the range at either end."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    measure: str
    asked: str
    measured: str
    pictures: int


@dataclass
class Bench:
    """A model on trial.

    Attributes:
        pipe: The pipeline, in float32.
        judge: Who looks at its pictures.
        folder: The model's folder.
        steps: DDIM steps of rows that do not vary them.
        share: Shrinks the number of pictures of each row, for tests.
    """

    pipe: Any
    judge: Judge
    folder: Path
    steps: int = 50
    share: float = 1.0

    def seeds(self, count: int) -> int:
        """How many pictures of each prompt, at least one."""
        return max(1, round(count * self.share))

    def known(self) -> list[str]:
        """The concepts that the model's word list claims and the judge knows."""
        claimed = json.loads((self.folder / "words.json").read_text(encoding="utf-8"))["concepts"]
        return [name for name in claimed if name in self.judge.names]

    def score(
        self, wanted: Sequence[Order], guidance: float = GUIDANCE, steps: int | None = None
    ) -> Score:
        """How well the judge recognises the orders' one concept each; answers are names."""
        first, five, bright = [], [], []
        missed: dict[str, list[bool]] = {}
        for order, picture in generate(self.pipe, wanted, guidance, steps or self.steps):
            ranked = self.judge.ranking(picture[None])[0].tolist()
            answer = self.judge.names.index(order.answer)
            first.append(ranked[0] == answer)
            five.append(answer in ranked[:5])
            missed.setdefault(order.answer, []).append(first[-1])
            bright.append(float((picture.abs() > BRIGHT).any(0).float().mean()))
        return Score(
            len(first), float(np.mean(first)), float(np.mean(five)), float(np.mean(bright)), missed
        )


@dataclass(frozen=True)
class Score:
    """Of some pictures, the shares recognised at once, among the first five, and clipped."""

    count: int
    top1: float
    top5: float
    bright: float
    by_concept: dict[str, list[bool]]


def singles(names: Sequence[str], seeds: int) -> list[Order]:
    """Plain prompts of one concept."""
    return orders([(with_article(name), name) for name in names], seeds)


def every_concept(bench: Bench) -> tuple[Row, Score]:
    """Top-1 and top-5 over all that the word list claims."""
    known = bench.known()
    score = bench.score(singles(known, bench.seeds(2)))
    measured = f"{score.top1:.1%} / {score.top5:.1%}"
    name = f"concept recognised, top-1 / top-5, all {len(known)} concepts"
    return Row(name, "75 / 92%", measured, score.count), score


def demonstrations(bench: Bench) -> Row:
    """The concepts people are shown first."""
    names = [name for name in DEMONSTRATED if name in bench.known()]
    score = bench.score(singles(names, bench.seeds(8)))
    return Row("demonstration concepts", "95%", f"{score.top1:.1%}", score.count)


def colours(bench: Bench) -> Row:
    """Whether the border has the colour that the prompt asks of the background."""
    rng = np.random.default_rng(5)
    asked = [
        (f"{with_article(str(rng.choice(bench.known())))} on a {colour} background", colour)
        for colour in COLOURS
        for _ in range(bench.seeds(4))
    ]
    wanted = orders(asked, 1, FIRST_SEED + 5000)
    made = generate(bench.pipe, wanted, GUIDANCE, bench.steps, "colours")
    right = [border_colour(picture) == order.answer for order, picture in made]
    return Row("background colour", "85%", f"{np.mean(right):.1%}", len(right))


def border_colour(picture: Tensor) -> str:
    """The named colour nearest to the median of the picture's border; (3, H, W) in -1..1."""
    ring = torch.cat(
        [picture[:, :4].flatten(1), picture[:, -4:].flatten(1), picture[:, :, :4].flatten(1)], dim=1
    )
    seen = (ring.median(dim=1).values + 1) * 127.5
    distance = {
        name: float((seen - torch.tensor(value)).square().sum()) for name, value in COLOURS.items()
    }
    return min(distance, key=lambda name: distance[name])


def styles(bench: Bench) -> Row:
    """Whether the judge sees the style that was asked for."""
    rng = np.random.default_rng(6)
    asked = [
        (ways[0].format(with_article(str(rng.choice(bench.known())))), style)
        for style, (_, ways) in STYLES.items()
        for _ in range(bench.seeds(16))
    ]
    wanted = orders(asked, 1, FIRST_SEED + 6000)
    right = [
        STYLE_NAMES[int(bench.judge.ask(picture[None]).style.argmax())] == order.answer
        for order, picture in generate(bench.pipe, wanted, GUIDANCE, bench.steps, "styles")
    ]
    return Row("style", "90%", f"{np.mean(right):.1%}", len(right))


def pairs(bench: Bench) -> tuple[Row, Row]:
    """Two concepts in one prompt: both there, for pairs seen in training and for held-out ones."""
    rng = np.random.default_rng(7)
    seen, unseen = _pairs(bench.known(), rng, bench.seeds(96))
    found = {}
    for name, chosen in (("seen", seen), ("held out", unseen)):
        asked = [(f"{with_article(a)} and {with_article(b)}", (a, b)) for a, b in chosen]
        wanted = orders(asked, 1, FIRST_SEED + 7000)
        made = generate(bench.pipe, wanted, GUIDANCE, bench.steps, f"{name} pairs")
        found[name] = [_both(bench.judge, picture, order.answer) for order, picture in made]
    there = [float(np.mean(values)) if values else 0.0 for values in found.values()]
    ratio = there[1] / max(there[0], 1e-9)
    both = len(seen) + len(unseen)
    return (
        Row("two concepts, both there", "60%", f"{there[0]:.1%}", len(seen)),
        Row("held-out pairs against seen pairs", "80%", f"{ratio:.1%}", both),
    )


def _pairs(
    known: Sequence[str], rng: np.random.Generator, count: int
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    index = {concept.name: number for number, concept in enumerate(CONCEPTS)}
    seen: list[tuple[str, str]] = []
    unseen: list[tuple[str, str]] = []
    for _ in range(200 * count):
        if len(known) < 2 or (len(seen) >= count and len(unseen) >= count):
            break
        a, b = (str(name) for name in rng.choice(known, 2, replace=False))
        group = unseen if is_held_out(index[a], index[b]) else seen
        if len(group) < count:
            group.append((a, b))
    return seen, unseen


def _both(judge: Judge, picture: Tensor, answer: tuple[str, str]) -> bool:
    chance = judge.ask(picture[None]).present[0].sigmoid()
    return all(float(chance[judge.names.index(name)]) > 0.5 for name in answer)


def counts(bench: Bench) -> Row:
    """Whether "two frogs" are two."""
    rng = np.random.default_rng(8)
    names = rng.choice(bench.known(), bench.seeds(48))
    asked = [(f"two {plural(str(name))}", 2) for name in names]
    wanted = orders(asked, 1, FIRST_SEED + 8000)
    right = [
        int(bench.judge.ask(picture[None]).number.argmax()) + 1 == order.answer
        for order, picture in generate(bench.pipe, wanted, GUIDANCE, bench.steps, "counts")
    ]
    return Row("count of two", "60%", f"{np.mean(right):.1%}", len(right))


def guidance(bench: Bench, names: Sequence[str]) -> Row:
    """How recognition and clipped pixels follow the guidance scale."""
    wanted = singles(names, bench.seeds(4))
    scores = {scale: bench.score(wanted, scale) for scale in (1.0, 3.0, 7.0, 15.0)}
    peak = max(score.top1 for score in scores.values())
    tops = " / ".join(f"{score.top1:.0%}" for score in scores.values())
    bright = scores[15.0].bright / max(scores[7.0].bright, 1e-9)
    measured = (
        f"{tops}; at 1 {scores[1.0].top1 / max(peak, 1e-9):.0%} of the peak;"
        f" clipped pixels at 15 {bright:.1f} times those at 7"
    )
    asked = "rises to 7; at 1 at most 60% of the peak; at 15 at least 2 times the clipped pixels"
    return Row("guidance 1 / 3 / 7 / 15", asked, measured, 4 * len(wanted))


def fewer_steps(bench: Bench, names: Sequence[str]) -> Row:
    """Recognition at fewer steps against that at all."""
    wanted = singles(names, bench.seeds(4))
    whole = max(bench.score(wanted).top1, 1e-9)
    few = [min(count, bench.steps) for count in (4, 10, 20)]
    shares = [bench.score(wanted, steps=count).top1 / whole for count in few]
    measured = " / ".join(f"{share:.0%}" for share in shares)
    asked = "at most 70 / at least 80 / at least 95%"
    return Row(f"steps 4 / 10 / 20 against {bench.steps}, DDIM", asked, measured, 4 * len(wanted))


def few_step_lora(bench: Bench, names: Sequence[str]) -> Row | None:
    """Recognition at 4 steps of LCM with the few-step LoRA; None where none is shipped."""
    from diffusers import LCMScheduler

    path = bench.folder / "loras" / FEW_STEP_LORA
    if not path.exists():
        return None
    wanted = singles(names, bench.seeds(4))
    own = bench.pipe.scheduler
    bench.pipe.load_lora_weights(path.parent, weight_name=path.name)
    bench.pipe.scheduler = LCMScheduler.from_config(own.config)
    score = bench.score(wanted, 1.0, 4)
    bench.pipe.unload_lora_weights()
    bench.pipe.scheduler = own
    return Row("4 steps with the few-step LoRA", "85%", f"{score.top1:.1%}", score.count)


def strengths(bench: Bench, studio: Studio) -> Row:
    """Mean distance of img2img results to their source, in pixels' RMS of the range 0..1."""
    rng = np.random.default_rng(9)
    pipe = image_pipeline(bench.pipe)
    scales = (0.2, 0.4, 0.6, 0.8, 1.0)
    distances = np.zeros(len(scales))
    count = bench.seeds(8)
    for number in range(count):
        picture = studio.compose(studio.random_scene(rng, int(rng.choice(studio.drawn))))
        source = (to_tensor(picture[None]) + 1) / 2
        for column, strength in enumerate(scales):
            made = pipe(
                prompt=with_article(str(rng.choice(bench.known()))),
                image=source,
                strength=strength,
                guidance_scale=GUIDANCE,
                num_inference_steps=max(5, bench.steps),
                generator=torch.Generator().manual_seed(FIRST_SEED + 9000 + number),
                output_type="pt",
            ).images
            distances[column] += float((made - source).square().mean().sqrt()) / count
    measured = "; ".join(f"{s:g}: {d:.3f}" for s, d in zip(scales, distances, strict=True))
    return Row(
        "img2img: distance to the source by strength", "grows", measured, count * len(scales)
    )


def mixes(bench: Bench) -> Row:
    """Frog and rabbit, snake and giraffe, half and half: whether the judge finds both."""
    both = []
    couples = [pair for pair in COUPLES if set(pair) <= set(bench.known())]
    wanted = [
        Order(with_article(a), (a, b), FIRST_SEED + 9500 + seed, with_article(b), 0.5)
        for a, b in couples
        for seed in range(bench.seeds(16))
    ]
    for order, picture in generate(bench.pipe, wanted, GUIDANCE, bench.steps, "mixes"):
        chance = bench.judge.ask(picture[None]).present[0].sigmoid()
        both.append(all(float(chance[bench.judge.names.index(n)]) >= 0.25 for n in order.answer))
    share = float(np.mean(both)) if both else 0.0
    return Row("mix 0.5: both at least 0.25", "half of the seeds", f"{share:.1%}", len(both))


def unknown_words(bench: Bench, names: Sequence[str]) -> Row:
    """How far an unknown word moves a picture, against dropping the concept; RMS of 0..1."""
    moved = {"word": 0.0, "concept": 0.0}
    for variant in moved:
        pictures = []
        for changed in (False, True):
            prompts = [
                ("a picture" if changed else f"a picture of {with_article(name)}")
                if variant == "concept"
                else f"a picture of {with_article(name)}" + (" vorblitz" if changed else "")
                for name in names
            ]
            wanted = orders([(prompt, "") for prompt in prompts], 1, FIRST_SEED + 9700)
            made = generate(bench.pipe, wanted, GUIDANCE, bench.steps, "unknown words")
            pictures.append(torch.stack([picture for _, picture in made]))
        moved[variant] = float(((pictures[0] - pictures[1]) / 2).square().mean().sqrt())
    measured = f"{moved['word']:.3f} against {moved['concept']:.3f} for the concept"
    return Row("an unknown word changes little", "less than the concept", measured, 4 * len(names))


def size(folder: Path) -> Row:
    """Megabytes of the folder."""
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Row("size of the folder", "at most 64 MB", f"{total / 1e6:.1f} MB", 0)
