"""Codes -> sentences: the one place where a problem, a field or a stage gets its words.

Below the window, errors are data (:class:`sdstudio.engine.problems.Problem`). Here each code
has one or more templates; the first whose values are all there is used, so that a problem
with fewer values still reads as a sentence. A code nobody worded falls back to a neutral
sentence that keeps the code, for a report.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.problems import Problem
from sdstudio.session.events import ModelLoading
from sdstudio.ui.sentences import sentences

translate = QCoreApplication.translate

_ROOTS = ("/", "~", "\\\\", *(f"{letter}:\\" for letter in "CDEFGH"))
"""What a path on a disk begins with."""

_LONGEST_VALUE = 60
"""Characters of a value that a sentence quotes; a pasted novel stays a sentence."""


def word(problem: Problem) -> str:
    """One sentence that a person understands; never raises, whatever the problem holds."""
    values = {name: _worded(value) for name, value in problem.values if _says_something(value)}
    values["label"] = label(problem.field)
    known = sentences()
    special = f"{problem.code}/{problem.by_name.get('reason')}"
    for template in (*known.get(special, ()), *known.get(problem.code, ())):
        if _placeholders(template) <= values.keys():
            return _filled(template, values)
    values["code"] = problem.code
    neutral = (
        translate("wording", "{label}: something is not right ({code}).")
        if problem.field
        else translate("wording", "Something went wrong ({code}).")
    )
    return _filled(neutral, values)


def word_all(problems: Iterable[Problem]) -> str:
    """The sentences of several problems, one after another, without repeats."""
    return " ".join(dict.fromkeys(word(problem) for problem in problems))


def label(field: str) -> str:
    """What the window calls a request field; unknown names become readable."""
    return _labels().get(field) or field.replace("_", " ").capitalize()


def loading(event: ModelLoading) -> str:
    """What is going on while a model loads, with the share done where that is known."""
    text = stage(event.stage)
    if event.fraction is None:
        return f"{text} …"
    return f"{text} … {round(100 * min(max(event.fraction, 0.0), 1.0))} %"


def stage(name: str) -> str:
    """What a stage of a model's loading does."""
    return _stages().get(name) or translate("wording", "Preparing the model")


def _labels() -> dict[str, str]:
    """The names of the request's fields."""
    return {
        "prompt": translate("wording", "Prompt"),
        "prompt_b": translate("wording", "Second prompt"),
        "mix": translate("wording", "Mix"),
        "blend": translate("wording", "Blend"),
        "negative_prompt": translate("wording", "Negative prompt"),
        "guidance_scale": translate("wording", "Guidance scale"),
        "guidance_rescale": translate("wording", "Guidance rescale"),
        "steps": translate("wording", "Steps"),
        "seed": translate("wording", "Seed"),
        "scheduler": translate("wording", "Scheduler"),
        "width": translate("wording", "Width"),
        "height": translate("wording", "Height"),
        "image": translate("wording", "Picture"),
        "strength": translate("wording", "Strength"),
        "mask": translate("wording", "Mask"),
        "tile": translate("wording", "Tile"),
        "eta": translate("wording", "Eta"),
        "clip_skip": translate("wording", "Clip skip"),
        "loras": translate("wording", "LoRAs"),
        "step": translate("wording", "Step"),
        "edits": translate("wording", "Edits"),
    }


def _stages() -> dict[str, str]:
    """What a model's loading goes through."""
    return {
        "imports": translate("wording", "Starting the engine"),
        "download": translate("wording", "Downloading the model"),
        "weights": translate("wording", "Reading the model's weights"),
        "check": translate("wording", "Checking that the fast mode agrees with the exact one"),
        "optimising": translate("wording", "Preparing a faster engine in the background"),
    }


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _filled(template: str, values: dict[str, str]) -> str:
    """The template with its values; a translation that names others keeps them visible."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template)


def _says_something(value: Any) -> bool:
    return value is not None and value != "" and value != ()


def _worded(value: Any) -> str:
    """A value as a person would write it: short, without brackets or float dust."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(map(str, value)) if isinstance(value, (set, frozenset)) else value
        return _shortened(", ".join(_worded(item) for item in items), 3 * _LONGEST_VALUE)
    text = " ".join(str(value).split())
    if len(text) > _LONGEST_VALUE and text.startswith(_ROOTS):
        # Of a path the end says which file it is.
        return "…" + text[1 - _LONGEST_VALUE :]
    return _shortened(text, _LONGEST_VALUE)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
