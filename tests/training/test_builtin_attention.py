"""On a scene of two things each word is looked at where the judge sees its thing.

The pairs are among those that were held out of the training; the engine's own tests
(tests/engine/anatomy/test_attention.py) look at scenes of one thing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from torch.nn.functional import interpolate

from sdstudio.engine import Request, denoise, load_model
from sdstudio.engine.anatomy.attention import attention_over
from sdstudio.engine.anatomy.tokens import tokens_of
from sdstudio.training.concepts import CONCEPTS
from sdstudio.training.judge import Judge, load_judge
from sdstudio.training.scenes import is_held_out
from sdstudio.training.vae import to_tensor

JUDGE = Path(__file__).parent / "data" / "judge.safetensors"
PAIRS = [("frog", "snowman"), ("rabbit", "pumpkin")]
SEEDS = (101, 102)
HALVES = (slice(0, 64), slice(64, 128))
"""Pairs stand side by side, half as high as the picture."""


def test_each_of_two_words_is_looked_at_where_its_thing_is() -> None:
    model, judge = load_model("builtin"), load_judge(JUDGE)
    shares: dict[tuple[str, int], float] = {}
    for pair in PAIRS:
        first, second = (_index(name) for name in pair)
        assert is_held_out(first, second)
        prompt = f"a {pair[0]} and a {pair[1]}"
        places = {token.text: token.place for token in tokens_of(model, prompt).readable}
        for seed in SEEDS:
            request = Request(prompt=prompt, steps=20, seed=seed, guidance_scale=5.0)
            steps = list(denoise(model, request))
            found = attention_over(model, steps)
            picture = model.decode_array(steps[-1].next_latents)[0]
            for word, half in zip(pair, _sides(judge, picture, pair), strict=True):
                looked = found.together[places[word]]
                there = np.zeros((128, 128))
                there[32:96, HALVES[half]] = 1
                there = there.reshape(len(looked), 128 // len(looked), -1, 128 // len(looked))
                mask = there.mean(axis=(1, 3))
                inside = np.average(looked, weights=mask)
                shares[word, seed] = inside / np.average(looked, weights=1 - mask)
    assert min(shares.values()) >= 1.5, shares


def _index(name: str) -> int:
    return next(number for number, each in enumerate(CONCEPTS) if each.name == name)


def _sides(judge: Judge, picture: np.ndarray, pair: tuple[str, str]) -> list[int]:
    """In which half, 0 or 1, the judge sees each of two things more; not both in one."""
    halves = torch.cat([to_tensor(picture[None, 32:96, half]) for half in HALVES])
    ranking = judge.ranking(interpolate(halves, size=(128, 128), mode="bilinear"))
    places = [
        [int((ranks == judge.names.index(name)).nonzero()[0]) for ranks in ranking] for name in pair
    ]
    sides = [int(np.argmin(both)) for both in places]
    assert set(sides) == {0, 1}, (pair, places)
    return sides
