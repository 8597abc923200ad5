"""Attention maps: their figures, that a step says them again, and where they lie."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from sdstudio.engine import Model, Request, denoise, load_model, record_attention
from sdstudio.engine.anatomy.attention import Attention, attention_at, attention_of, attention_over
from sdstudio.engine.anatomy.tokens import tokens_of
from sdstudio.engine.cancel import Cancelled

HELD_OUT = [("frog", "blue"), ("rabbit", "green"), ("tiger", "pink"), ("rocket", "black")]
"""Subjects and grounds, with seeds that the model was not tuned on."""


@pytest.fixture(scope="module")
def builtin() -> Model:
    return load_model("builtin")


def test_every_place_shares_its_look_among_the_tokens(tiny: Model) -> None:
    request = Request(prompt="a frog", steps=2, width=24, height=16)
    steps = list(denoise(tiny, request))
    found = attention_at(tiny, steps[0])
    # Latents of 12 x 8; the tiny network looks at the text at half that size.
    assert list(found.maps) == [(4, 6)]
    for maps in (*found.maps.values(), found.together):
        assert maps.shape[0] == tiny.max_tokens
        np.testing.assert_allclose(maps.sum(axis=0), 1.0, atol=1e-5)


def test_layers_of_a_size_are_averaged_and_sizes_laid_over_each_other() -> None:
    fine = torch.rand(2, 8 * 6, 3).softmax(-1)
    other = torch.rand(2, 8 * 6, 3).softmax(-1)
    coarse = torch.rand(2, 4 * 3, 3).softmax(-1)
    found = attention_of({"a": fine, "b": coarse, "c": other}, 8, 6, row=1)
    assert found.layers == {(8, 6): 2, (4, 3): 1}
    wanted = (fine[1] + other[1]).T.reshape(3, 8, 6).numpy() / 2
    np.testing.assert_allclose(found.maps[8, 6], wanted, atol=1e-6)
    # The corner of the enlarged map is the coarse map's own.
    corner = (2 * wanted[:, 0, 0] + coarse[1, 0].numpy()) / 3
    np.testing.assert_allclose(found.together[:, 0, 0], corner, atol=1e-6)
    np.testing.assert_allclose(found.together.sum(axis=0), 1.0, atol=1e-5)


def test_the_middle_block_is_shown_by_its_size_and_left_out_of_all_layers_as_one() -> None:
    fine = torch.rand(1, 8 * 6, 3).softmax(-1)
    middle = torch.rand(1, 4 * 3, 3).softmax(-1)
    name = "mid_block.attentions.0.transformer_blocks.0.attn2"
    found = attention_of({"a": fine, name: middle}, 8, 6, row=0)
    assert found.layers == {(8, 6): 1, (4, 3): 1}
    np.testing.assert_allclose(found.maps[4, 3], middle[0].T.reshape(3, 4, 3), atol=1e-6)
    np.testing.assert_array_equal(found.together, found.maps[8, 6])
    # A network that reads the text nowhere else still shows where it looked.
    alone = attention_of({name: middle}, 8, 6, row=0)
    np.testing.assert_array_equal(alone.together, alone.maps[4, 3])


@pytest.mark.parametrize("from_picture", [False, True])
def test_a_recorded_step_says_what_was_recorded_in_its_run(
    builtin: Model, from_picture: bool
) -> None:
    request = Request(prompt="a frog", steps=8, seed=1, guidance_scale=3.0)
    if from_picture:
        plain = Image.new("RGB", (128, 128), "green")
        plain.save(file := BytesIO(), "PNG")
        request = Request(prompt="a frog", steps=8, image=file.getvalue(), strength=0.5)
    steps, recorded = [], []
    with record_attention(builtin) as recorder:
        for step in denoise(builtin, request):
            steps.append(step)
            recorded.append(attention_of(recorder.maps, 16, 16, row=-1))
    assert len(steps) == (4 if from_picture else 8)
    for size, maps in attention_at(builtin, steps[2]).maps.items():
        np.testing.assert_allclose(maps, recorded[2].maps[size], atol=1e-6)
    over = attention_over(builtin, steps)
    assert over.steps == len(steps)
    for size, maps in over.maps.items():
        mean = np.mean([each.maps[size] for each in recorded], axis=0)
        np.testing.assert_allclose(maps, mean, atol=1e-6)
        np.testing.assert_allclose(maps.sum(axis=0), 1.0, atol=1e-5)


@pytest.mark.parametrize(("subject", "ground"), HELD_OUT)
def test_a_word_is_looked_at_where_its_concept_is(
    builtin: Model, subject: str, ground: str
) -> None:
    prompt = f"a {subject} on a {ground} background"
    places = {token.text: token.place for token in tokens_of(builtin, prompt).readable}
    inside: dict[str, list[float]] = {subject: [], ground: []}
    for seed in (101, 102):
        request = Request(prompt=prompt, steps=20, seed=seed, guidance_scale=3.0)
        steps = list(denoise(builtin, request))
        found = attention_over(builtin, steps)
        mask = _subject(builtin.decode_array(steps[-1].next_latents)[0], found)
        for word in inside:
            looked = found.together[places[word]]
            share = np.average(looked, weights=mask) / np.average(looked, weights=1 - mask)
            inside[word].append(float(share))
    assert min(inside[subject]) >= 1.5, inside
    # The word for the ground is not.
    assert max(inside[ground]) <= 1.2, inside


def _subject(picture: np.ndarray, found: Attention) -> np.ndarray:
    """How much of each place of the maps is not of the ground's colour, 0 to 1."""
    edge = np.concatenate([picture[:4].reshape(-1, 3), picture[-4:].reshape(-1, 3)])
    differs = (np.abs(picture - edge.mean(axis=0)).max(axis=-1) > 40).astype(float)
    height, width = next(iter(found.maps))
    return differs.reshape(height, 128 // height, width, 128 // width).mean(axis=(1, 3))


def test_it_gives_way(tiny: Model) -> None:
    steps = list(denoise(tiny, Request(prompt="a", steps=3)))
    with pytest.raises(Cancelled):
        attention_over(tiny, steps, cancelled=iter([False, True]).__next__)
