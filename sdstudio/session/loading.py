"""Bringing a model in, on the sampler's thread, for as long as it is wanted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sdstudio.engine.formats.hub_names import Download
from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.crash_log import CrashLog
from sdstudio.session.events import ModelCancelled, ModelFacts, ModelFailed, ModelLoading
from sdstudio.session.failures import problems_of
from sdstudio.session.loading_reasons import reasons_of
from sdstudio.session.mailbox import Mailbox, ModelWish
from sdstudio.session.outbox import Outbox

if TYPE_CHECKING:
    from sdstudio.engine.model import Model

_log = logging.getLogger(__name__)


def bring(
    wish: ModelWish,
    load: Callable[..., Model],
    mailbox: Mailbox,
    outbox: Outbox,
    log: CrashLog,
) -> Model | None:
    """Load what was wished for, and say how it goes.

    Between the parts of the model it is given up when it was cancelled, when another was asked
    for, and when the mailbox was closed; whoever cancelled is told with ``ModelCancelled``.

    Args:
        wish: What to load.
        load: :func:`sdstudio.engine.load_model`.
        mailbox: Knows whether it is still wanted.
        outbox: Told the stages, and why it failed.
        log: Where an unexpected error goes.

    Returns:
        The model, None when there is none to be had.
    """
    from sdstudio.engine import Cancelled

    def say(stage: str, fraction: float | None = None, download: Download | None = None) -> None:
        if mailbox.load_is_unwanted():
            raise Cancelled
        outbox.put(ModelLoading(wish.source, stage, fraction, download))

    try:
        model = load(wish.source, wish.dtype, progress=say, **wish.additions.options)
    except Exception as error:  # noqa: BLE001 - told, and logged when unexpected
        # A reader may have taken the cancelling for an error of its own.
        if not isinstance(error, Cancelled) and not mailbox.load_is_unwanted():
            outbox.put(ModelFailed(wish.source, _problems(error, wish.source, wish.additions, log)))
            return None
    else:
        if not mailbox.load_is_unwanted():
            return model
    if mailbox.take_cancelled_load():
        outbox.put(ModelCancelled())
    return None


def _problems(
    error: Exception, source: str, additions: Additions, log: CrashLog
) -> tuple[Problem, ...]:
    if isinstance(error, StudioError | OSError):
        _log.warning("loading %s failed", source, exc_info=error)
    if told := reasons_of(error, source, additions):
        return told
    problems, _ = problems_of(error, log, f"loading {source}")
    # What is said of a run, to try a smaller size, does not help here.
    return tuple(
        Problem.of("model_too_large") if each.code == "out_of_memory" else each for each in problems
    )


def facts_of(model: Any, additions: Additions = NONE) -> ModelFacts:
    """What the window is told of a loaded model and of what is laid over it."""
    recommended = model.recommended
    return ModelFacts(
        source=model.ref.source,
        name=model.ref.name,
        family=model.family.name,
        hash=model.ref.hash[:10],
        device=model.ref.device,
        dtype=model.ref.dtype,
        engine=model.engine,
        parameters=model.parameters,
        native_size=model.native_size,
        size_range=model.size_range,
        size_multiple=model.size_multiple,
        max_tokens=model.max_tokens,
        steps=recommended.steps,
        guidance_scale=recommended.guidance_scale,
        scheduler=recommended.scheduler,
        words=model.words,
        examples=tuple(recommended.examples),
        prediction_type=model.prediction_type,
        weight_bytes=model.weight_bytes,
        remarks=model.remarks,
        additions=additions,
        added_words=model.added_words,
        precision=model.precision,
        has_tiny=model.has_tiny,
        thriftier=model.ladder.next or "",
    )
