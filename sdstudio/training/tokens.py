"""The built-in model's tokenizer: byte-level BPE in CLIP's format, learned from its captions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from tokenizers import pre_tokenizers, trainers
from transformers import CLIPTokenizer

from .captions import caption, plural
from .concepts import COLOURS, CONCEPTS
from .scenes import Studio

MAX_TOKENS = 32
"""Tokens of a prompt, start and end marks included; the rest is cut off."""
VOCABULARY = 4096
START, END = "<|startoftext|>", "<|endoftext|>"


def cldr_words(data: Path) -> Iterator[str]:
    """English names and keywords of every emoji: what a person may also type."""
    for name in ("annotations", "derived"):
        path = data / "cldr/annotations/en" / f"{name}.json"
        if not path.exists():
            continue
        content = json.loads(path.read_text(encoding="utf-8"))
        # annotations.json says "annotations" twice, derived.json "annotationsDerived" once.
        root = next(iter(content.values()))["annotations"]
        for entry in root.values():
            yield from entry.get("tts", [])
            yield from entry.get("default", [])


def caption_corpus(studio: Studio, count: int = 20_000, seed: int = 1) -> Iterator[str]:
    """Captions as in training, so that every trained word becomes one token."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield caption(studio.random_scene(rng), rng)
    # Words are also learned where the artwork at hand lacks them.
    for words in ([c.name, plural(c.name), c.kind, *c.synonyms] for c in CONCEPTS):
        yield from words * 50
    yield from list(COLOURS) * 50


def train_tokenizer(corpus: Iterable[str], vocabulary: int = VOCABULARY) -> CLIPTokenizer:
    """A CLIPTokenizer over the corpus to which no text is unknown.

    CLIP's vocabulary is laid out as: the 256 bytes, the 256 bytes that end a word, the merges in
    the order they were learned, the start mark, the end mark.
    """
    bytes_ = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = CLIPTokenizer().backend_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(bytes_),
        min_frequency=2,
        initial_alphabet=bytes_,
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    backend.train_from_iterator(corpus, trainer)
    merges = [
        tuple(merge) if isinstance(merge, list) else tuple(merge.split(" "))
        for merge in json.loads(backend.to_str())["model"]["merges"]
    ]
    tokens = [*bytes_, *(byte + "</w>" for byte in bytes_)]
    room = vocabulary - len(tokens) - 2
    merges = merges[:room]
    tokens += [left + right for left, right in merges]
    # Two merges may spell the same token; a vocabulary holds it once.
    tokens = [*dict.fromkeys(tokens), START, END]
    return CLIPTokenizer(
        vocab={token: index for index, token in enumerate(tokens)},
        merges=merges,
        unk_token=END,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        model_max_length=MAX_TOKENS,
    )
