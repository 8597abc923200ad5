"""Two prompts -> the words in which they differ, for the two ends of the mix slider."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import islice

_WORDS_COMPARED = 60
"""Words of each prompt that are looked at: more than fit a slider's end, and comparing is
cubic in the worst case."""


def differing_words(prompt: str, prompt_b: str) -> tuple[str, str]:
    """What is only in the first and what is only in the second prompt.

    A prompt that adds nothing of its own is named whole; two equal prompts, and empty
    ones, give their full text.

    >>> differing_words("a frog on stilts", "a rabbit on stilts")
    ('frog', 'rabbit')
    """
    words, words_b = _words(prompt), _words(prompt_b)
    lowered = [word.lower() for word in words]
    lowered_b = [word.lower() for word in words_b]
    only: list[str] = []
    only_b: list[str] = []
    matcher = SequenceMatcher(a=lowered, b=lowered_b, autojunk=False)
    for kind, start, end, start_b, end_b in matcher.get_opcodes():
        if kind != "equal":
            only += words[start:end]
            only_b += words_b[start_b:end_b]
    return " ".join(only or words), " ".join(only_b or words_b)


def _words(text: str) -> list[str]:
    return [word.strip(",;.") for word in islice(text[:4000].split(), _WORDS_COMPARED)]
