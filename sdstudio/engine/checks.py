"""Whether a model can honour a request, and what is worth saying of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sdstudio import paths
from sdstudio.engine.inpaint import mask_notes, mask_problems
from sdstudio.engine.loras import locate
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.schedulers import check_scheduler
from sdstudio.engine.text import unknown_words
from sdstudio.engine.tiles import tile_problems

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Request


def check(model: Model, request: Request) -> None:
    """Raise RequestError, with every problem, when a model cannot honour a request."""
    problems = [*_size_problems(model, request)]
    problems += tile_problems(request, model.family)
    if not problems:
        problems += mask_problems(request, *model.size_of(request), model.family)
    if request.clip_skip > model.most_skipped:
        problems.append(
            Problem.of(
                "out_of_range",
                "clip_skip",
                value=request.clip_skip,
                low=0,
                high=model.most_skipped,
            )
        )
    try:
        check_scheduler(request)
        if request.image is not None:
            model.entry(request)
    except RequestError as error:
        problems += error.problems
    for source, _ in request.loras:
        try:
            locate(source, paths.builtin_model())
        except RequestError as error:
            problems += error.problems
    if problems:
        raise RequestError(problems)


def notes(model: Model, request: Request) -> tuple[Problem, ...]:
    """What is worth saying: ``prompt_truncated``, ``unknown_words``, ``mask_full``."""
    found = []
    for name in ("prompt", "prompt_b", "negative_prompt"):
        text = getattr(request, name)
        unused = (name == "prompt_b" and request.mix == 0.0) or (
            name == "negative_prompt" and not request.uses_guidance
        )
        if unused or not text:
            continue
        if rest := model.reader.not_read(text):
            tokens = model.max_tokens - 2
            found.append(Problem.of("prompt_truncated", name, tokens=tokens, rest=rest))
        if model.words and (unknown := unknown_words(_without_added(model, text), model.words)):
            found.append(Problem.of("unknown_words", name, words=unknown))
    return (*found, *mask_notes(request, *model.size_of(request)))


def _size_problems(model: Model, request: Request) -> Iterator[Problem]:
    low, high = model.size_range
    for name, side in zip(("width", "height"), model.size_of(request), strict=True):
        if not low <= side <= high:
            yield Problem.of("out_of_range", name, value=side, low=low, high=high)
        elif side % model.size_multiple:
            yield Problem.of("not_a_multiple", name, value=side, multiple=model.size_multiple)


def _without_added(model: Model, text: str) -> str:
    for word in model.added_words:
        text = text.replace(word, " ")
    return text
