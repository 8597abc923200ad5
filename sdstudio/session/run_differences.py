"""In what two runs differ, edits included."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sdstudio.engine.request import STEERABLE, Request
from sdstudio.session.run_node import RunNode


@dataclass(frozen=True)
class Course:
    """A value that changed on the way.

    Attributes:
        values: Pairs of a step and the value from then on, the first at step 0.
    """

    values: tuple[tuple[int, Any], ...]


def differences(first: RunNode, second: RunNode) -> list[tuple[str, Any, Any]]:
    """What differs: the field and its value in each of the two runs.

    The fields are those of the request, then "fresh_noise", "noise_seed" and "model" (names).
    A value is a :class:`Course` where the run's edits changed it, and of fresh noise always.
    """
    found: list[tuple[str, Any, Any]] = []
    for name in (field.name for field in fields(Request)):
        one, other = _value(first, name), _value(second, name)
        if one != other:
            found.append((name, one, other))
    for name in ("fresh_noise", "noise_seed"):
        one, other = _injections(first, name), _injections(second, name)
        if one != other:
            found.append((name, one, other))
    if first.model.hash != second.model.hash:
        found.append(("model", first.model.name, second.model.name))
    return found


def _value(node: RunNode, name: str) -> Any:
    value = getattr(node.request, name)
    if name not in STEERABLE:
        return value
    course = [(0, value)]
    for edit in node.edits:
        if name not in edit.changes or edit.changes[name] == course[-1][1]:
            continue
        step = edit.step or 0
        if step == 0:
            course.clear()
        course.append((step, edit.changes[name]))
    return Course(tuple(course)) if len(course) > 1 else course[0][1]


def _injections(node: RunNode, name: str) -> Course:
    return Course(
        tuple(
            (edit.step or 0, getattr(edit, name))
            for edit in node.edits
            if edit.fresh_noise is not None
        )
    )
