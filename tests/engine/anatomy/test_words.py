"""Words, tokens, and what the tokens do to each other in the text encoder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.engine.anatomy.neighbours import neighbours_of
from sdstudio.engine.anatomy.tokens import tokens_of
from sdstudio.engine.anatomy.words import without, words_of
from sdstudio.engine.cancel import Cancelled


@pytest.fixture(scope="module")
def builtin() -> Model:
    return load_model("builtin")


def test_words_stand_where_they_say() -> None:
    prompt = "a frog, on its teddy-bear's  back"
    words = words_of(prompt)
    assert [word.text for word in words] == ["a", "frog", "on", "its", "teddy-bear's", "back"]
    assert all(prompt[word.start : word.end] == word.text for word in words)


@pytest.mark.parametrize(
    ("prompt", "number", "wanted"),
    [
        ("a frog on a blue background", 1, "a on a blue background"),
        ("a frog, blue background", 1, "a, blue background"),
        ("frog, oil painting", 0, "oil painting"),
        ("a frog, blue, wide", 2, "a frog, wide"),
        ("a frog", 1, "a"),
        ("frog", 0, ""),
    ],
)
def test_a_dropped_word_leaves_nothing_behind(prompt: str, number: int, wanted: str) -> None:
    word = words_of(prompt)[number]
    assert without(prompt, word) == wanted


def test_tokens_are_what_the_network_is_told(builtin: Model) -> None:
    tokens = tokens_of(builtin, "a frog sdfk")
    ids = [token.id for token in tokens.tokens]
    padded = builtin.reader.tokenizer("a frog sdfk", padding="max_length").input_ids
    assert padded == ids + [tokens.padding_id] * tokens.padding
    assert tokens.capacity == len(padded) == builtin.max_tokens
    assert [token.text for token in tokens.readable][:2] == ["a", "frog"]
    assert tokens.readable[1].piece == "frog</w>"
    # No word of the vocabulary: it comes in pieces, which together are the word.
    rest = tokens.readable[2:]
    assert len(rest) > 1
    assert "".join(token.text for token in rest) == "sdfk"
    assert tokens.tokens[0].is_mark
    assert tokens.tokens[-1].is_mark
    assert tokens.rest == ""


def test_what_does_not_fit_is_told(tiny: Model) -> None:
    tokens = tokens_of(tiny, "abcdefghijklmnopqrst")
    assert len(tokens.tokens) == tokens.capacity == tiny.max_tokens
    assert tokens.padding == 0
    assert "".join(token.text for token in tokens.readable) + tokens.rest == "abcdefghijklmnopqrst"
    assert tokens.rest


def test_only_what_stands_before_a_token_changes_it(builtin: Model) -> None:
    found = neighbours_of(builtin, "a teddy bear on a blue background")
    count = len(found.tokens.readable)
    assert found.without.shape == (count, count + 1)
    assert found.alone.shape == (count + 1,)
    assert np.isnan(np.diagonal(found.without)).all()
    below = np.tril_indices(count, k=-1)
    np.testing.assert_allclose(found.without[below], 1.0, atol=1e-5)
    # Nothing but the start mark stands before the first token.
    assert found.alone[0] == pytest.approx(1.0, abs=1e-5)
    # "teddy" says which bear; "a" says little.
    teddy, bear = 1, 2
    assert found.without[teddy, bear] < 0.8 < 0.95 < found.without[0, bear]


def test_nothing_hidden_is_what_the_network_is_told(tiny: Model) -> None:
    tokens = tokens_of(tiny, "abc")
    ids = torch.tensor([[token.id for token in tokens.tokens]])
    for skip in (0, 1):
        with torch.no_grad():
            shown = tiny.reader.encode(ids, skip, torch.ones_like(ids))
            told = tiny.reader.embed("abc", skip)
        torch.testing.assert_close(shown, told[:, : ids.shape[1]], rtol=1e-4, atol=1e-5)


def test_it_gives_way(tiny: Model) -> None:
    with pytest.raises(Cancelled):
        neighbours_of(tiny, "abc", cancelled=lambda: True)


def test_dropping_the_concept_changes_more_than_dropping_an_unknown_word(
    builtin: Model, latents_of: Callable[[str], torch.Tensor]
) -> None:
    prompt = "a frog gabliru on a blue background"
    words = {word.text: word for word in words_of(prompt)}
    whole = latents_of(prompt)
    changed = {
        name: (latents_of(without(prompt, words[name])) - whole).square().mean().sqrt().item()
        for name in ("frog", "gabliru")
    }
    assert changed["frog"] > 1.5 * changed["gabliru"], changed


@pytest.fixture
def latents_of(builtin: Model) -> Callable[[str], torch.Tensor]:
    """The x0 at the end of runs that differ in their prompt."""

    def made(prompt: str) -> torch.Tensor:
        *_, last = denoise(builtin, Request(prompt=prompt, steps=20, seed=4, guidance_scale=3.0))
        return last.x0

    return made
