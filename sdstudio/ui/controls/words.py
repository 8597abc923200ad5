"""Words of a prompt: where they are, which are unknown, how an unfinished one may go on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"[^\s,;()\[\]]*$")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def words_in(text: str) -> Iterator[tuple[int, str]]:
    """Each word with its start in ``text``, by the rule of the engine's ``unknown_words``."""
    for found in _WORD.finditer(text):
        yield found.start(), found[0]


def is_known(word: str, words: Collection[str]) -> bool:
    """Whether a model's words hold this one, whatever its case."""
    return word.lower() in words


def word_before(text: str, position: int) -> str:
    """The unfinished word that ends at ``position``; "" inside a word and outside any."""
    if position < len(text) and _WORD.match(text, position):
        return ""
    for start, word in words_in(text[max(0, position - 100) : position]):
        if max(0, position - 100) + start + len(word) == position:
            return word
    return ""


def run_before(text: str, position: int) -> str:
    """The signs before ``position`` back to a blank or a comma: "<cat-toy", "style_2"."""
    found = _RUN.search(text, max(0, position - 100), position)
    return found[0] if found is not None else ""


def added_continuations(run: str, added: Sequence[str]) -> list[str]:
    """The words of textual inversions that go on from ``run``, with or without its bracket."""
    prefix = run.lower()
    found = (
        word
        for word in added
        if word.lower().startswith(prefix) or word.lower().lstrip("<").startswith(prefix)
    )
    return [word for word in found if word != run]


def continuations(prefix: str, ordered: Sequence[str], most: int = 8) -> list[str]:
    """The first words of a sorted list that go on from ``prefix``, without itself."""
    prefix = prefix.lower()
    first = bisect_left(ordered, prefix)
    following = islice(ordered, first, first + most + 1)
    found = [word for word in following if word.startswith(prefix) and word != prefix]
    return found[:most]


def estimated_tokens(text: str) -> int:
    """About how many tokens a text makes: exact for common words, too few for rare ones."""
    return sum(1 for _ in _TOKEN.finditer(text))
