"""The judge: a small classifier that has seen real artwork only.

It says which concepts a picture shows, how many subjects, and in which style. It has its own
seed and its own pictures and shares nothing with the model it judges but the artwork. Its
weights are not part of the app.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import (
    adaptive_avg_pool2d,
    binary_cross_entropy_with_logits,
    cross_entropy,
    interpolate,
)

from .budget import schedule
from .checkpoint import Checkpoint
from .concepts import COLOURS, CONCEPTS
from .scenes import PICTURE_SIZE, Scene, Studio, near, near_middle
from .styles import STYLES
from .vae import to_tensor
from .workers import Workers

JUDGED_SIZE = 64
"""The judge looks at pictures of half the model's size: at shapes rather than at texture."""
STYLE_NAMES = ("", *STYLES)
"""The styles it tells apart; the first is none."""
MOST = 4
"""Subjects that it counts."""
LESSONS = {"single": 0.35, "styled": 0.2, "pair": 0.2}
"""Shares of its lessons with more freedom than the model was shown: one subject, one in a style,
two. The rest are scenes of any arrangement, as the model was shown them."""
SOFT_SHARE = 0.4
"""Lessons that are blurred: what an eye still recognises, the judge should."""
SOFTEST = 1.8
"""By which factor at most, beyond `JUDGED_SIZE`."""
LOUD_SHARE = 0.4
"""Lessons of more contrast than the artwork has, and lessons of more colour, drawn apart: so are
pictures of high guidance, and an eye minds as little."""
LOUDEST = 2.5
"""By which factor at most, each."""


class Opinion(NamedTuple):
    """What the judge makes of N pictures, as logits."""

    concept: Tensor
    """(N, concepts): which one it is; softmax."""
    present: Tensor
    """(N, concepts): which ones are there; sigmoid each."""
    number: Tensor
    """(N, MOST): how many subjects, less one; softmax."""
    style: Tensor
    """(N, styles): of `STYLE_NAMES`; softmax."""


class Judge(nn.Module):
    """(N, 3, H, W) in -1..1 -> an `Opinion`.

    Args:
        names: The concepts it knows, in the order of its answers.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)
        widths = (24, 48, 96, 192)
        layers: list[nn.Module] = []
        before = 3
        for width in widths:
            layers += [
                nn.Conv2d(before, width, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            if width > widths[0]:
                layers += [
                    nn.Conv2d(width, width, 3, padding=1, groups=width // 8, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                ]
            before = width
        self.layers = nn.Sequential(*layers)
        self.local = nn.Conv2d(before, len(self.names), 1)
        self.answer = nn.Linear(before * 4, 2 * len(self.names) + MOST + len(STYLE_NAMES))

    def forward(self, pictures: Tensor) -> Opinion:
        """What it makes of the pictures."""
        small = interpolate(pictures, (JUDGED_SIZE, JUDGED_SIZE), mode="area")
        features = self.layers(small)
        # Quarters, not one average: where the parts lie is part of a shape.
        said = self.answer(adaptive_avg_pool2d(features, 2).flatten(1))
        sizes = [len(self.names), len(self.names), MOST, len(STYLE_NAMES)]
        concept, present, number, style = said.split(sizes, dim=1)
        # One place that shows a concept is enough for it to be there, whatever else is.
        somewhere = self.local(features).flatten(2).logsumexp(2)
        return Opinion(concept, present + somewhere, number, style)

    @torch.no_grad()
    def ask(self, pictures: Tensor) -> Opinion:
        """The opinion of the trained judge."""
        return Opinion(*self.eval()(pictures))

    def ranking(self, pictures: Tensor) -> Tensor:
        """(N, concepts) indices into `names`, the likeliest first."""
        return self.ask(pictures).concept.argsort(1, descending=True)


def judged_scene(studio: Studio, rng: np.random.Generator) -> Scene:
    """One subject with more freedom than the model was shown, so that no layout gives it away."""
    scene = studio.random_scene(rng, concept=int(rng.choice(studio.drawn)))
    scale = float(rng.uniform(0.55, 1.0))
    centre = near_middle((1 - scale) / 2 + 0.04, rng)
    subject = replace(scene.subjects[0], scale=scale, centre=centre)
    background = near(COLOURS[scene.colour], rng, by=30)
    return replace(scene, subjects=(subject,), background=background)


def judged_pair(studio: Studio, rng: np.random.Generator) -> Scene:
    """Two subjects, side by side, askew or nearly stacked, each of its own size."""
    first, second = judged_scene(studio, rng), judged_scene(studio, rng)
    angle = rng.uniform(-0.5, 0.5) * np.pi
    across, down = 0.22 * np.cos(angle), 0.22 * np.sin(angle)
    subjects = tuple(
        replace(
            scene.subjects[0],
            scale=float(rng.uniform(0.5, 0.72)),
            centre=(0.5 + side * across, 0.5 + side * down),
        )
        for side, scene in ((-1, first), (1, second))
    )
    return replace(first, arrangement="pair", subjects=subjects)


def lesson_scene(studio: Studio, rng: np.random.Generator) -> Scene:
    """A scene for a lesson, by the shares of `LESSONS`."""
    kind = str(rng.choice([*LESSONS, ""], p=[*LESSONS.values(), 1 - sum(LESSONS.values())]))
    if kind == "pair":
        return judged_pair(studio, rng)
    if kind == "styled":
        return replace(judged_scene(studio, rng), style=str(rng.choice(list(STYLES))))
    return judged_scene(studio, rng) if kind == "single" else studio.random_scene(rng)


@dataclass(frozen=True)
class Lesson:
    """Real pictures (N, 3, 128, 128) in -1..1 and the right answers."""

    pictures: Tensor
    present: Tensor
    """(N, concepts) of 0 and 1."""
    count: Tensor
    """(N,) subjects less one."""
    style: Tensor
    """(N,) of `STYLE_NAMES`."""


def real_pictures(studio: Studio, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
    """Single subjects (count, 3, 128, 128) in -1..1 and their concepts (count,)."""
    scenes = [judged_scene(studio, rng) for _ in range(count)]
    return _pictures(studio, scenes), torch.tensor([scene.concept for scene in scenes])


def lesson_of(studio: Studio, scenes: Sequence[Scene]) -> Lesson:
    """The scenes' pictures, and what there is to say of them."""
    present = torch.zeros(len(scenes), len(CONCEPTS))
    for row, scene in enumerate(scenes):
        present[row, [subject.concept for subject in scene.subjects]] = 1
    return Lesson(
        _pictures(studio, scenes),
        present,
        torch.tensor([0 if scene.mix else len(scene.subjects) - 1 for scene in scenes]),
        torch.tensor([STYLE_NAMES.index(scene.style) for scene in scenes]),
    )


def soften(pictures: Tensor, factor: float) -> Tensor:
    """(N, 3, H, W) as a judge sees them that are drawn `factor` times more coarsely than it looks.

    Args:
        pictures: In -1..1.
        factor: 1 changes only what the judge does not see.
    """
    size = round(JUDGED_SIZE / factor)
    coarse = interpolate(pictures, (size, size), mode="area")
    return interpolate(coarse, (JUDGED_SIZE, JUDGED_SIZE), mode="bilinear")


def exaggerate(pictures: Tensor, contrast: Tensor, colour: Tensor) -> Tensor:
    """The pictures with their colours further from grey, then their values from their mean.

    Args:
        pictures: (N, 3, H, W) in -1..1; so is the result, by clipping.
        contrast: (N, 1, 1, 1) factors on the distance to the picture's mean; 1 keeps it.
        colour: (N, 1, 1, 1) factors on the distance to grey; 1 keeps it.
    """
    grey = pictures.mean(1, keepdim=True)
    coloured = grey + colour * (pictures - grey)
    mean = coloured.mean((1, 2, 3), keepdim=True)
    return (mean + contrast * (coloured - mean)).clamp(-1, 1)


def loudness(count: int) -> Tensor:
    """(count, 1, 1, 1) factors for `exaggerate`: most are 1, the others up to `LOUDEST`."""
    loud = torch.rand(count, 1, 1, 1) < LOUD_SHARE
    return torch.where(loud, 1 + (LOUDEST - 1) * torch.rand(count, 1, 1, 1), 1.0)


def judge_loss(said: Opinion, lesson: Lesson) -> Tensor:
    """Which one, which ones, how many, in which style."""
    which = lesson.present / lesson.present.sum(1, keepdim=True)
    # The few that are there weigh as much as the many that are not.
    ones = binary_cross_entropy_with_logits(
        said.present, lesson.present, pos_weight=torch.tensor(20.0), reduction="none"
    )
    return (
        cross_entropy(said.concept, which, label_smoothing=0.05)
        + 0.5 * ones.sum(1).mean() / 10
        + 0.3 * cross_entropy(said.number, lesson.count)
        + 0.3 * cross_entropy(said.style, lesson.style)
    )


def train_judge(
    studio: Studio, work: Path, minutes: float, batch: int = 64, seed: int = 777
) -> None:
    """Train for that many minutes in all; leaves work/judge.safetensors, in half precision."""
    torch.manual_seed(seed)
    judge = Judge([concept.name for concept in CONCEPTS])
    optimizer = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.02)
    checkpoint = Checkpoint(work / "judge.pt", minutes, judge=judge, optimizer=optimizer)
    budget = checkpoint.budget
    workers = Workers(judge)
    rngs = [
        np.random.default_rng((seed, budget.step, worker))
        for worker in range(len(workers.replicas))
    ]

    def loss(replica: Judge, worker: int) -> Tensor:
        rng = rngs[worker]
        lesson = lesson_of(studio, [lesson_scene(studio, rng) for _ in range(batch // len(rngs))])
        # A little noise and another brightness: the judge must not live on exact colours.
        count = len(lesson.pictures)
        pictures = exaggerate(lesson.pictures, loudness(count), loudness(count))
        pictures = pictures * (0.9 + 0.2 * torch.rand(count, 1, 1, 1))
        pictures = pictures + 0.1 * torch.rand(()) * torch.randn_like(pictures)
        if rng.random() < SOFT_SHARE:
            pictures = soften(pictures, float(rng.uniform(1, SOFTEST)))
        return judge_loss(replica(pictures), lesson)

    while budget.progress < 1:
        optimizer.param_groups[0]["lr"] = 2e-3 * schedule(budget.progress, budget.step, 100)
        value = workers.gradients(loss)
        optimizer.step()
        budget.tick(loss=value)
        if budget.step % 400 == 0:
            checkpoint.save()
            budget.say(f"step {budget.step}: loss {value:.3f}")
    checkpoint.save()
    state = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in judge.state_dict().items()
    }
    save_file(state, work / "judge.safetensors", {"concepts": json.dumps(judge.names)})


def load_judge(path: Path) -> Judge:
    """The judge as `train_judge` left it."""
    with safe_open(path, framework="pt") as file:
        judge = Judge(json.loads(file.metadata()["concepts"]))
        state = {name: file.get_tensor(name) for name in judge.state_dict()}
    judge.load_state_dict(state)
    return judge.eval()


def _pictures(studio: Studio, scenes: Sequence[Scene]) -> Tensor:
    return to_tensor(np.stack([studio.compose(scene, PICTURE_SIZE) for scene in scenes]))
