"""Recognises a batch of runs that each lack one word of the first one's prompt."""

from __future__ import annotations

from collections.abc import Sequence

from sdstudio.engine.anatomy.words import Word, without, words_of
from sdstudio.engine.request import Request
from sdstudio.session.run_node import RunNode


def prompt_of(request: Request) -> str:
    """The prompt whose words count: the second one where it alone is used."""
    return request.prompt_b if request.mix == 1.0 else request.prompt


def lacking(node: RunNode, base: RunNode) -> Word | None:
    """The word of the base's prompt that a run of its batch lacks; None if it is not one."""
    prompt = prompt_of(base.request)
    words = words_of(prompt)
    place = node.number - base.number - 1
    if not 0 <= place < len(words):
        return None
    word = words[place]
    return word if prompt_of(node.request) == without(prompt, word) else None


def is_word_batch(members: Sequence[RunNode]) -> bool:
    """Whether all but the first of a family lack a word of its prompt."""
    return len(members) > 1 and all(lacking(node, members[0]) for node in members[1:])
