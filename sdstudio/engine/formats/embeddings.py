"""Textual inversions (Gal et al. 2022): new words, each a few vectors for the text encoder.

diffusers puts them in; here the layouts that are in use are told apart:

==================  ==============================================================
diffusers           one tensor, named after its word
AUTOMATIC1111, .pt  ``string_to_param`` with one tensor, and ``name``
its .safetensors    ``emb_params``
SDXL                ``clip_l`` and ``clip_g``, a tensor for each text encoder
==================  ==============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from sdstudio.engine.formats.components import Components, first_line, quiet
from sdstudio.engine.formats.heads import PICKLES
from sdstudio.engine.formats.pickles import read_pickle
from sdstudio.engine.problems import ModelError, Problem


@dataclass(frozen=True, eq=False)
class Inversion:
    """A word and what it means.

    Attributes:
        word: What is written in the prompt.
        vectors: For each text encoder in turn, (vectors, width).
    """

    word: str
    vectors: tuple[torch.Tensor, ...]


def read_inversion(path: Path) -> Inversion:
    """Read one file, of whichever layout.

    Raises:
        ModelError: ``file_missing``, ``file_damaged``, ``pickle_refused`` or
            ``not_an_inversion``.
    """
    if not path.is_file():
        raise ModelError(Problem.of("file_missing", name=path.name))
    word, tensors = _vectors(_content(path), path.stem)
    plain = [tensor for tensor in tensors if isinstance(tensor, torch.Tensor)]
    if not plain or len(plain) != len(tensors) or any(tensor.ndim > 2 for tensor in plain):
        raise ModelError(Problem.of("not_an_inversion", name=path.name))
    return Inversion(word, tuple(torch.atleast_2d(tensor).float() for tensor in plain))


def _content(path: Path) -> Any:
    if path.suffix.lower() in PICKLES:
        return read_pickle(path)
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except Exception as error:
        raise ModelError(
            Problem.of("file_damaged", name=path.name, reason=first_line(error))
        ) from error


def _vectors(content: Any, stem: str) -> tuple[str, list[Any]]:
    """The word and its tensors; no tensors where the layout is none of those known."""
    if not isinstance(content, dict):
        return stem, []
    if "clip_l" in content and "clip_g" in content:
        return stem, [content["clip_l"], content["clip_g"]]
    if isinstance(found := content.get("string_to_param"), dict):
        named = content.get("name")
        return named if isinstance(named, str) and named else stem, list(found.values())[:1]
    if "emb_params" in content:
        return stem, [content["emb_params"]]
    if len(content) == 1:
        ((word, tensor),) = content.items()
        return str(word), [tensor]
    return stem, []


def put_in(components: Components, path: Path) -> None:
    """Teach a model's text encoders a word, one more of its ``added_words``.

    Raises:
        ModelError: As :func:`read_inversion`; ``inversion_family``: it was made for another
            kind of model; ``inversion_known``: the model has such a word already.
    """
    inversion = read_inversion(path)
    encoders = components.encoders
    wanted = [encoder.get_input_embeddings().weight.shape[1] for _, encoder in encoders]
    widths = [tensor.shape[1] for tensor in inversion.vectors]
    if widths != wanted:
        raise ModelError(
            Problem.of(
                "inversion_family", name=path.name, widths=tuple(widths), wanted=tuple(wanted)
            )
        )
    if any(inversion.word in tokenizer.get_vocab() for tokenizer, _ in encoders):
        raise ModelError(Problem.of("inversion_known", name=path.name, word=inversion.word))
    for (tokenizer, encoder), vectors in zip(encoders, inversion.vectors, strict=True):
        # One vector is handed over as a line, as diffusers' own files have it.
        given = vectors[0] if len(vectors) == 1 else vectors
        with quiet():
            _loader().load_textual_inversion(
                {inversion.word: given},
                token=inversion.word,
                tokenizer=tokenizer,
                text_encoder=encoder,
            )
    components.added_words = (*components.added_words, inversion.word)


def has_long_words(tokenizer: Any) -> bool:
    """Whether a tokenizer knows words of several vectors."""
    return any(token.endswith("_1") for token in tokenizer.added_tokens_encoder)


def written_out(text: str, tokenizer: Any) -> str:
    """A prompt with each word of several vectors written as so many."""
    return _loader().maybe_convert_prompt(text, tokenizer)


@cache
def _loader() -> Any:
    """The loader of diffusers without a pipeline around it: tokenizer and encoder are given."""
    from diffusers.loaders import TextualInversionLoaderMixin

    class Loader(TextualInversionLoaderMixin):
        hf_device_map = None
        components: Mapping[str, Any] = {}

    return Loader()
