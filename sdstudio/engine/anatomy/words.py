"""The words of a prompt, and the prompt with one of them dropped. Needs no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LOST_COMMA = re.compile(r"(^|,)\s*,")

MOST_WORDS = 15
"""Words of a prompt that are dropped in one batch: with the whole prompt it has 16 images."""


@dataclass(frozen=True)
class Word:
    """A word and where it stands: ``text == prompt[start:end]``."""

    text: str
    start: int
    end: int


def words_of(prompt: str) -> tuple[Word, ...]:
    """The words of a prompt in order; "teddy-bear's" is one."""
    return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(prompt))


def without(prompt: str, word: Word) -> str:
    """The prompt without a word, and without the space and the comma it leaves behind."""
    rest = prompt[: word.start] + prompt[word.end :]
    rest = _LOST_COMMA.sub(r"\1", re.sub(r"\s+", " ", rest))
    return re.sub(r"\s+,", ",", rest).strip(" ,")
