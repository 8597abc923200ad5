"""What is said of a model that did not come: why, what to do, and what is in use after all."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.problems import Problem
from sdstudio.session.events import ModelFacts
from sdstudio.session.model_watch import ModelWatch
from sdstudio.ui import wording
from sdstudio.ui.models.telling import called

PASSING = frozenset({"hub_gated", "hub_unreachable", "hub_failed", "hub_no_room", "hub_corrupt"})
"""Problems that may be gone the next time, without another choice."""


def failure(watch: ModelWatch) -> str:
    """Why a model could not be loaded, what to do, and what is in use now."""
    why = reasons(watch.problems)
    name = called(watch.failed)
    # What was to be laid over the model in use is what failed then.
    is_known = name in why or (watch.facts is not None and watch.failed == watch.facts.source)
    parts = [
        "" if is_known else _tr("“{name}” was not loaded.").format(name=name),
        why,
        still(watch.facts),
    ]
    return " ".join(part for part in parts if part)


def reasons(problems: Iterable[Problem]) -> str:
    """What is wrong with something that was to be opened, and what to do about it."""
    problems = tuple(problems)
    why = wording.word_all(problems)
    if not why.endswith((".", "…", "!", "?")):
        why += "."
    return " ".join((why, *dict.fromkeys(filter(None, map(_remedy, problems)))))


def cancelled(source: str, facts: ModelFacts | None) -> str:
    """That a model was given up, and what is in use now."""
    return " ".join(
        (_tr("Loading “{name}” was cancelled.").format(name=called(source)), still(facts))
    )


def still(facts: ModelFacts | None) -> str:
    """Which model is in use after all."""
    if facts is None:
        return _tr("No model is in use.")
    return _tr("“{name}” is still in use.").format(name=facts.name)


def _remedy(problem: Problem) -> str:
    """What a person can do about a model that does not load."""
    return {
        "model_missing": _tr("It may have been moved or deleted; look for it where it is now."),
        "model_damaged": _tr("Copying or downloading it again may help."),
        "not_a_model": _tr("Choose the folder that has one, or a model file."),
        "not_a_checkpoint": _tr("Choose a model of Stable Diffusion 1, 2 or XL."),
        "file_empty": _tr("Copying or downloading it again may help."),
        "file_cut_short": _tr("Copying or downloading it again may help."),
        "part_missing": _tr("Copying or downloading it again may help."),
        "file_damaged": _tr("Copying or downloading it again may help."),
        "weights_missing": _tr("Copying or downloading it again may help."),
        "model_unreadable": _tr("Its owner can give you the right to read it."),
        "model_too_large": _tr("Closing other programs, or a smaller model, may help."),
    }.get(problem.code, "")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)
