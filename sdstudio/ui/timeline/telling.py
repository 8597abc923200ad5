"""What the filmstrip says in words: of a row, of a step, of a change."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from sdstudio.session.run_node import Change
from sdstudio.ui.controls.difference import differing_words
from sdstudio.ui.runs import telling as runs
from sdstudio.ui.timeline.film import Row

_TEXTS = ("prompt", "prompt_b", "negative_prompt")


def row(shown: Row) -> str:
    """A row's label and words."""
    return " · ".join(part for part in (shown.label, shown.about) if part)


def step(shown: Row, index: int) -> str:
    """A step of a row, with what was changed before it."""
    text = _tr("{label}, step {step} of {count}").format(
        label=shown.label, step=index + 1, count=shown.count
    )
    parts = [text]
    note = shown.note(index)
    if note is not None:
        parts.append(_tr("t {timestep:.0f}").format(timestep=note.timestep))
        parts.append(_tr("noise {level:.2f}").format(level=note.noise_level))
        parts.append(milliseconds(note.seconds))
    else:
        parts.append(_tr("not taken yet") if shown.going else _tr("never taken"))
    parts += [mark.text for mark in shown.marks if mark.index == index]
    return " · ".join(parts)


def milliseconds(seconds: float) -> str:
    """The time of a step: "31 ms", "1.2 s"."""
    if seconds < 0.9995:
        return _tr("{time:.0f} ms").format(time=1000 * seconds)
    return _tr("{time:.1f} s").format(time=seconds)


def change(made: Change) -> str:
    """What was changed, of texts only the words: "guidance 3 → 7", "prompt “frog” → “tiger”"."""
    if made.field in _TEXTS:
        before, after = differing_words(made.before, made.after)
        made = replace(made, before=before, after=after)
    return runs.change(made)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)
