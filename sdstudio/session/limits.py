"""Whether a model can honour a request, as far as its facts tell without asking it."""

from __future__ import annotations

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import check_scheduler
from sdstudio.session.events import ModelFacts


def problems_with(request: Request, facts: ModelFacts | None) -> tuple[Problem, ...]:
    """What keeps ``request`` from running on a model; sizes are unknown before one is ready."""
    problems: list[Problem] = []
    if facts is not None:
        problems += _size_problems(request, facts)
    try:
        check_scheduler(request)
    except RequestError as error:
        problems += error.problems
    if request.image is not None and int(request.steps * request.strength) == 0:
        problems.append(
            Problem.of(
                "strength_too_low",
                "strength",
                value=request.strength,
                steps=request.steps,
                least=1.0 / request.steps,
            )
        )
    return tuple(problems)


def _size_problems(request: Request, facts: ModelFacts) -> list[Problem]:
    problems: list[Problem] = []
    low, high = facts.size_range
    for name in ("width", "height"):
        value = getattr(request, name)
        if value is None:
            continue
        if not low <= value <= high:
            problems.append(Problem.of("out_of_range", name, value=value, low=low, high=high))
        elif value % facts.size_multiple:
            problems.append(
                Problem.of("not_a_multiple", name, value=value, multiple=facts.size_multiple)
            )
    return problems


def nearest_size(size: tuple[int, int], facts: ModelFacts | None) -> tuple[int, int]:
    """A size of about the same shape that a model can make.

    Args:
        size: Width and height in pixels.
        facts: Of the model; without one any multiple of 8 will do.
    """
    low, high = (8, 16_384) if facts is None else facts.size_range
    multiple = 8 if facts is None else facts.size_multiple
    scale = min(1.0, high / max(size))
    if min(size) * scale < low:
        scale = min(low / min(size), high / max(size))
    width, height = (
        min(max(round(side * scale / multiple) * multiple, low), high) for side in size
    )
    return width, height
