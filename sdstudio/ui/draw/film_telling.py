"""What the film says in words: how far it is, how restless, what is on a frame."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sdstudio.session.drawing.animating import Animating
from sdstudio.session.drawing.flicker import Flicker
from sdstudio.ui import wording
from sdstudio.ui.canvas.telling import duration


def progress(animating: Animating, count: int) -> str:
    """How far the making of ``count`` frames is, or why it ended."""
    if animating.problems:
        return wording.word_all(animating.problems)
    if animating.at is not None:
        text = _tr("Frame {number} of {count}").format(number=animating.at + 1, count=count)
        left = animating.seconds_left
        if left is None:
            return text
        return " · ".join((text, _tr("{time} left").format(time=duration(left))))
    made = count - animating.lacking
    if animating.recipe is None or not made:
        return ""
    if made == count:
        return _tr("All made")
    return _tr("{made} of {count} made").format(made=made, count=count)


def button(animating: Animating, pull: float) -> str:
    """What the button that animates does now."""
    if animating.going:
        return _tr("Stop")
    lacking = animating.would_make(pull)
    if lacking == 1:
        return _tr("Animate 1 frame")
    return _tr("Animate {count} frames").format(count=lacking) if lacking else _tr("Animate")


def flicker(found: Flicker | None) -> str:
    """The small number: how many times what was drawn the results change."""
    if found is None:
        return ""
    if found.ratio is None:
        return _tr("Flicker {results:.1f}").format(results=found.results)
    return _tr("Flicker {ratio:.2f} ×").format(ratio=found.ratio)


def about_flicker(found: Flicker | None) -> str:
    """What that number is."""
    text = _tr(
        "How restless the results are: the mean absolute difference between neighbouring results,"
        " by that between neighbouring drawings. Below 1 they are calmer than what was drawn."
    )
    if found is None:
        return text
    figures = _tr("Results {results:.2f}, drawings {drawings:.2f} of 255, {pairs} pairs").format(
        results=found.results, drawings=found.drawings, pairs=found.pairs
    )
    return f"{text}\n{figures}"


def frame(number: int, count: int, *, made: bool, going: bool) -> str:
    """A frame for tooltips and screen readers."""
    state = _tr("being made") if going else _tr("made") if made else _tr("not made yet")
    return _tr("Frame {number} of {count}, {state}").format(
        number=number + 1, count=count, state=state
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Film", text)
