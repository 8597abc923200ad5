"""The judge: a small classifier of concepts that has seen real artwork only.

It has its own seed and its own pictures and shares nothing with the model it judges but the
artwork. Its weights are not part of the app.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy, interpolate

from .budget import Budget, schedule
from .concepts import COLOURS, CONCEPTS
from .scenes import PICTURE_SIZE, Scene, Studio, near, near_middle
from .vae import to_tensor
from .workers import Workers

JUDGED_SIZE = 64
"""The judge looks at pictures of half the model's size: at shapes rather than at texture."""


class Judge(nn.Module):
    """(N, 3, 128, 128) in -1..1 -> logits over `CONCEPTS`; 0.25 M parameters."""

    def __init__(self) -> None:
        super().__init__()
        widths = (24, 48, 96, 160)
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
        self.answer = nn.Linear(before * 4, len(CONCEPTS))

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (N, concepts), not normalised."""
        small = interpolate(pictures, (JUDGED_SIZE, JUDGED_SIZE), mode="area")
        features = self.layers(small)
        # Quarters, not one average: where the parts lie is part of a shape.
        return self.answer(adaptive_avg_pool2d(features, 2).flatten(1))

    @torch.no_grad()
    def ranking(self, pictures: Tensor) -> Tensor:
        """(N, concepts) indices into `CONCEPTS`, the likeliest first."""
        return self.eval()(pictures).argsort(1, descending=True)


def judged_scene(studio: Studio, rng: np.random.Generator) -> Scene:
    """A scene with more freedom than the model was shown, so that no layout gives it away."""
    scene = studio.random_scene(rng)
    scale = float(rng.uniform(0.55, 1.0))
    slack = (1 - scale) / 2 + 0.04
    centre = near_middle(slack, rng)
    background = near(COLOURS[scene.colour], rng, by=30)
    flip = bool(rng.random() < 0.5)
    return replace(scene, scale=scale, centre=centre, background=background, flip=flip)


def real_pictures(studio: Studio, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
    """Real scenes (count, 3, 128, 128) in -1..1 and their concepts (count,)."""
    scenes = [judged_scene(studio, rng) for _ in range(count)]
    pictures = to_tensor(np.stack([studio.compose(scene, PICTURE_SIZE) for scene in scenes]))
    return pictures, torch.tensor([scene.concept for scene in scenes])


def train_judge(
    studio: Studio, work: Path, minutes: float, batch: int = 64, seed: int = 777
) -> None:
    """Leaves work/judge.safetensors, in half precision."""
    torch.manual_seed(seed)
    judge = Judge()
    workers = Workers(judge)
    rngs = [np.random.default_rng((seed, worker)) for worker in range(len(workers.replicas))]
    optimizer = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.02)
    budget = Budget("judge", minutes)

    def loss(replica: Judge, worker: int) -> Tensor:
        pictures, concepts = real_pictures(studio, rngs[worker], batch // len(rngs))
        # A little noise and another brightness: the judge must not live on exact colours.
        pictures = pictures * (0.9 + 0.2 * torch.rand(len(pictures), 1, 1, 1))
        pictures = pictures + 0.1 * torch.rand(()) * torch.randn_like(pictures)
        return cross_entropy(replica(pictures), concepts, label_smoothing=0.05)

    while budget.progress < 1:
        optimizer.param_groups[0]["lr"] = 2e-3 * schedule(budget.progress, budget.step, 100)
        value = workers.gradients(loss)
        optimizer.step()
        budget.tick(loss=value)
    state = {name: value.half().contiguous() for name, value in judge.state_dict().items()}
    save_file(state, work / "judge.safetensors")


def load_judge(path: Path) -> Judge:
    """The judge as `train_judge` left it."""
    judge = Judge()
    judge.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return judge.eval()
