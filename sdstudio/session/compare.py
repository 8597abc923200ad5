"""How far two recorded runs are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, StudioError

if TYPE_CHECKING:
    from sdstudio.session.run_store import RunStore


def distances(store: RunStore, first: int, second: int) -> tuple[float, ...]:
    """Root mean square of the difference of two runs' x0, for each step that both have.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``; ``sizes_differ``: the runs made
            pictures of different sizes.
    """
    runs = [store.record(number).full_steps(store.steps(number)) for number in (first, second)]
    apart = []
    for one, other in zip(*runs, strict=False):
        if one.x0.shape != other.x0.shape:
            raise StudioError(Problem.of("sizes_differ"))
        apart.append(float((one.x0 - other.x0).square().mean().sqrt()))
    return tuple(apart)
