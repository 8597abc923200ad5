"""Which frames are to be made, in which order, and what each is pulled towards."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.recipe import Recipe


@dataclass(frozen=True)
class Turn:
    """A frame to be made.

    Attributes:
        key: Of its result.
        frame: What is drawn.
        before: Key of the result that it is pulled towards, None for none.
    """

    key: str
    frame: Drawing
    before: str | None = None


def turns(
    recipe: Recipe,
    frames: Sequence[Drawing],
    digest: Callable[[Drawing], str],
    made: Container[str],
) -> Iterator[Turn]:
    """What is to be made, in order.

    A pulled animation begins with its first frame alone, towards which that frame is then
    pulled: a result of a result differs from one of a drawing, and the step between the two
    would be seen.

    Args:
        recipe: How.
        frames: All of them, at least one.
        digest: Gives a text that is equal where what is drawn is.
        made: Keys of the results there are.
    """
    before: str | None = None
    keys = recipe.keys(map(digest, frames))
    if recipe.pull > 0 and keys[0] not in made:
        before = replace(recipe, pull=0.0).keys([digest(frames[0])])[0]
        if before not in made:
            yield Turn(before, frames[0])
    for key, frame in zip(keys, frames, strict=True):
        if key not in made:
            yield Turn(key, frame, before)
        before = key if recipe.pull > 0 else None
