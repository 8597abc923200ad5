"""What the filmstrip says in words: of a row, of a step, of a change."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sdstudio.session.run_node import Change
from sdstudio.ui import wording
from sdstudio.ui.controls.difference import differing_words
from sdstudio.ui.timeline.film import Row

_LONGEST = 48
"""Characters of a prompt that are quoted."""


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


def change(done: Change) -> str:
    """One thing that an edit changed: "guidance scale 3 → 7"."""
    if done.field == "fresh_noise":
        return _tr("{share:.0%} fresh noise").format(share=done.after)
    label = wording.label(done.field)
    label = label[:1].lower() + label[1:]
    old, new = done.before, done.after
    if done.field == "mix":
        return _tr("{what} {old:.0%} → {new:.0%}").format(what=label, old=old, new=new)
    if isinstance(new, float):
        return _tr("{what} {old:.6g} → {new:.6g}").format(what=label, old=old, new=new)
    text = _tr("{what} {old} → {new}")
    if done.field != "blend":
        old, new = differing_words(old, new)
        text = _tr("{what} “{old}” → “{new}”")
    return text.format(what=label, old=_short(old), new=_short(new))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)
