"""On a scene of two things each word is looked at where the judge sees its thing.

The pairs are among those that were held out of the training; the engine's own tests
(tests/engine/anatomy/test_attention.py) look at scenes of one thing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("resvg_py", reason="the training extra is not installed")

from sdstudio.engine import Request, denoise, load_model
from sdstudio.engine.anatomy.attention import attention_over
from sdstudio.engine.anatomy.tokens import tokens_of
from sdstudio.training.concepts import CONCEPTS
from sdstudio.training.judge import Judge, load_judge
from sdstudio.training.scenes import PLACES, is_held_out
from sdstudio.training.vae import to_tensor

JUDGE = Path(__file__).parent / "data" / "judge.safetensors"
PAIRS = [
    ("frog", "snowman"),
    ("rabbit", "castle"),
    ("rabbit", "pumpkin"),
    ("swan", "giraffe"),
    ("swan", "banana"),
    ("robot", "snowman"),
    ("sunflower", "panda"),
    ("sunflower", "house"),
    ("pumpkin", "rose"),
    ("dog", "rocket"),
]
SEEDS = (101, 102)
SQUARES = tuple(
    tuple(slice(round(128 * (c - side / 2)), round(128 * (c + side / 2))) for c in (y, x))
    for side, x, y in PLACES["pair"]
)
"""Rows and columns of a pair's two places; the second hides what it covers of the first."""


def test_each_of_two_words_is_looked_at_where_its_thing_is() -> None:
    model, judge = load_model("builtin"), load_judge(JUDGE)
    shares: dict[tuple[str, str, int, str], float] = {}
    for pair in PAIRS:
        assert is_held_out(*(_index(name) for name in pair))
        prompt = f"a {pair[0]} and a {pair[1]}"
        places = {token.text: token.place for token in tokens_of(model, prompt).readable}
        for seed in SEEDS:
            request = Request(prompt=prompt, steps=20, seed=seed, guidance_scale=5.0)
            steps = list(denoise(model, request))
            sides = _sides(judge, model.decode_array(steps[-1].next_latents)[0], pair)
            if sides[0] == sides[1]:
                continue  # one of the two has taken both places
            found = attention_over(model, steps)
            for word, side in zip(pair, sides, strict=True):
                looked = found.together[places[word]]
                there = np.zeros((128, 128))
                there[SQUARES[side]] = 1
                if side == 0:
                    there[SQUARES[1]] = 0
                there = there.reshape(len(looked), 128 // len(looked), -1, 128 // len(looked))
                mask = there.mean(axis=(1, 3))
                inside = np.average(looked, weights=mask)
                shares[(*pair, seed, word)] = inside / np.average(looked, weights=1 - mask)
    # Ten of twenty scenes at least show two places; the network's eye may stray in a few.
    assert len(shares) >= 20, shares
    assert np.mean([share >= 1.5 for share in shares.values()]) >= 0.85, shares
    assert np.median(list(shares.values())) >= 5, shares


def _index(name: str) -> int:
    return next(number for number, each in enumerate(CONCEPTS) if each.name == name)


def _sides(judge: Judge, picture: np.ndarray, pair: tuple[str, str]) -> list[int]:
    """In which place, 0 or 1, the judge sees each of two things more."""
    around = ((20, 20), (20, 20), (0, 0))
    crops = np.stack([np.pad(picture[square], around, mode="edge") for square in SQUARES])
    seen = judge.ask(to_tensor(crops)).present
    return [int(seen[:, judge.names.index(name)].argmax()) for name in pair]
