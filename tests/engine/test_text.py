"""Prompts: embeddings, blends, what is not read and not known."""

from __future__ import annotations

import pytest
import torch

from sdstudio.engine import Model, Request, denoise
from sdstudio.engine.text import TextReader, blended, slerp, unknown_words
from tests.tiny_models import tiny_pipeline


@pytest.fixture(scope="module")
def reader() -> TextReader:
    pipeline = tiny_pipeline()
    return TextReader(pipeline.tokenizer, pipeline.text_encoder, torch.device("cpu"))


@torch.no_grad()
def test_clip_skip_leaves_layers_out_and_keeps_the_final_norm(reader: TextReader) -> None:
    tokens = reader.tokenizer(
        "a frog", padding="max_length", max_length=16, truncation=True, return_tensors="pt"
    ).input_ids
    states = reader.encoder(tokens, output_hidden_states=True).hidden_states
    norm = getattr(reader.encoder, "text_model", reader.encoder).final_layer_norm
    assert torch.equal(reader.embed("a frog", 1), norm(states[-2]))
    assert torch.equal(reader.embed("a frog", 2), norm(states[-3]))
    assert not torch.equal(reader.embed("a frog", 1), reader.embed("a frog"))


@torch.no_grad()
def test_a_blend_goes_from_one_prompt_to_the_other(reader: TextReader) -> None:
    frog, rabbit = reader.embed("a frog"), reader.embed("a rabbit")

    def mixed(mix: float, blend: str) -> torch.Tensor:
        request = Request(prompt="a frog", prompt_b="a rabbit", mix=mix, blend=blend)
        return blended([reader], request).text

    for blend in ("linear", "spherical"):
        assert torch.equal(mixed(0.0, blend), frog)
        assert torch.equal(mixed(1.0, blend), rabbit)
        distances = [(mixed(mix / 8, blend) - frog).norm().item() for mix in range(9)]
        assert distances == sorted(distances)
    torch.testing.assert_close(mixed(0.25, "linear"), 0.75 * frog + 0.25 * rabbit)


def test_slerp_keeps_to_the_arc() -> None:
    a = torch.tensor([[[2.0, 0.0]]])
    b = torch.tensor([[[0.0, 4.0]]])
    middle = slerp(a, b, 0.5)
    # Half the right angle, and a length half way between 2 and 4.
    torch.testing.assert_close(middle, torch.tensor([[[3.0, 3.0]]]) / 2**0.5)
    torch.testing.assert_close(slerp(a, a, 0.3), a)
    torch.testing.assert_close(slerp(a, -a, 0.5), torch.zeros_like(a))


def test_what_does_not_fit_is_named(tiny: Model) -> None:
    # 16 tokens of one letter each, two of them the start and end marks.
    fits, too_long = "abcdefg abcdefg", "abcdefg abcdefg hij"
    assert tiny.notes(Request(prompt=fits)) == ()
    (note,) = tiny.notes(Request(prompt=too_long))
    assert (note.code, note.field) == ("prompt_truncated", "prompt")
    assert note.by_name["rest"] == "hij"
    assert note.by_name["tokens"] == 14


@pytest.mark.parametrize("text", ["🐸 frog", "ضفدع", "a" * 10_000, "\x00\n\t", "🐸" * 200])
def test_any_text_makes_a_picture(text: str, tiny: Model) -> None:
    request = Request(prompt=text, prompt_b=text, mix=0.5, steps=1)
    (step,) = denoise(tiny, request)
    assert torch.isfinite(step.next_latents).all()
    tiny.notes(request)


def test_only_prompts_that_are_read_are_remarked_on(tiny: Model) -> None:
    long = "x" * 100
    assert tiny.notes(Request(prompt_b=long, negative_prompt=long, guidance_scale=1.0)) == ()
    fields = [n.field for n in tiny.notes(Request(prompt_b=long, negative_prompt=long, mix=0.5))]
    assert fields == ["prompt_b", "negative_prompt"]


def test_unknown_words() -> None:
    known = frozenset({"a", "frog", "on", "the", "beach"})
    assert unknown_words("A frog on the BEACH", known) == ()
    assert unknown_words("a zorp, a Zorp; 3 frobs!", known) == ("zorp", "frobs")
