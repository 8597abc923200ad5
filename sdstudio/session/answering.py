"""Answers inquiries from the recorded steps and the model, on the sampler's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.files.filed import is_foreign
from sdstudio.session.inquiries import Inquiry, kind_of
from sdstudio.session.run_store import RunStore

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step


class GaveWay(Exception):
    """An inquiry that needs the network made room for something else, unanswered."""


def answer(
    inquiry: Inquiry, model: Model | None, store: RunStore, should_wait: Callable[[], bool]
) -> Any:
    """What the inquiry's function says.

    Args:
        inquiry: What is asked.
        model: The loaded model, None before there is one.
        store: The recorded runs.
        should_wait: Answers True once something else is to be done first.

    Raises:
        StudioError: ``record_missing``, ``record_damaged``, ``no_model``, ``model_differs``,
            or what the function itself raises.
        GaveWay: ``should_wait`` said so.
    """
    kind = kind_of(inquiry)
    if kind.needs_model:
        check_model(inquiry.run, model, store)
    if kind.cost != "network":
        return _call(inquiry, model, store)
    from sdstudio.engine.cancel import Cancelled, cancellable

    try:
        with cancellable(getattr(model, "torch_network", None), should_wait):
            return _call(inquiry, model, store, cancelled=should_wait)
    except Cancelled as error:
        raise GaveWay from error


def _call(inquiry: Inquiry, model: Model | None, store: RunStore, **more: Any) -> Any:
    kind = kind_of(inquiry)
    options = {**dict(inquiry.options), **more}
    until = options.pop("until", None)
    first = inquiry.index or 0
    if kind.takes == "model":
        return kind.function(model, **options)
    if inquiry.run is None:
        raise ValueError(f"an inquiry of the kind {inquiry.kind!r} is about a run")
    if kind.takes == "step":
        return kind.function(model, store.step(inquiry.run, first), **options)
    return kind.function(model, steps_of(store, inquiry.run, first, until), **options)


def check_model(run: int | None, model: Model | None, store: RunStore) -> None:
    """Raise StudioError unless the loaded model is the one that made a run.

    Args:
        run: The run's number; None asks only whether there is a model.
    """
    if model is None:
        raise StudioError(Problem.of("no_model"))
    if run is None:
        return
    made_by = store.record(run).model
    if is_foreign(made_by, model):
        name = str(made_by.get("name", ""))
        raise StudioError(Problem.of("model_differs", name=name, present=model.ref.name))


def steps_of(store: RunStore, run: int, first: int = 0, until: int | None = None) -> list[Step]:
    """Steps of a run as the sampling loop yielded them, the shared ones included.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    records = store.steps(run, first, until)
    if not records:
        raise StudioError(Problem.of("record_missing", "step", number=run, step=first))
    return store.record(run).full_steps(records)
