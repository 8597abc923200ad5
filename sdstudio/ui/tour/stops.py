"""The eight stops, in plain sentences about a run that was really made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from sdstudio.session.events import View
from sdstudio.session.run_node import RunNode

Spot = Literal["anatomy", "timeline"]

_LONGEST = 60
"""Characters of a prompt that are quoted."""


@dataclass(frozen=True)
class Stop:
    """A place of the tour.

    Attributes:
        title: What it is about.
        words: Two to four plain sentences.
        panel: Key of the panel that shows it.
        share: Which step, as a share of the run: 0 the first, 1 the last.
        view: What the canvas shows of that step.
        spot: What is outlined.
    """

    title: str
    words: str
    panel: str
    share: float
    view: View = "x0"
    spot: Spot = "anatomy"


def stops_of(node: RunNode) -> tuple[Stop, ...]:
    """The tour of a run, in order."""
    return (
        Stop(_tr("Words become numbers"), _words(node), "words", 0.0),
        Stop(_tr("It begins as noise"), _noise(node), "latents", 0.0, "latents"),
        Stop(_tr("A plan for the noise"), _plan(node), "schedule", 0.0, "latents", "timeline"),
        Stop(_tr("The network guesses"), _guess(), "network", 0.1),
        Stop(_tr("Pulled towards the words"), _guidance(node), "guidance", 0.25),
        Stop(_tr("One small step"), _step(node), "update", 0.5),
        Stop(_tr("When was it decided?"), _likeness(node), "likeness", 0.5),
        Stop(_tr("The picture, and your turn"), _end(node), "numbers", 1.0, spot="timeline"),
    )


def _words(node: RunNode) -> str:
    request = node.request_now
    if 0.0 < request.mix < 1.0:
        asked = _tr("You asked for a mix of “{prompt}” and “{prompt_b}”.").format(
            prompt=_short(request.prompt), prompt_b=_short(request.prompt_b)
        )
    elif prompt := (request.prompt_b if request.mix else request.prompt).strip():
        asked = _tr("You asked for “{prompt}”.").format(prompt=_short(prompt))
    else:
        asked = _tr("You asked for nothing in particular.")
    return asked + _tr(
        " The network that draws cannot read. So another one, the text encoder, cuts a prompt "
        "into pieces of words and turns each piece into a row of numbers, coloured by the words "
        "before it. These rows are all that the network will ever be told of your wish."
    )


def _noise(node: RunNode) -> str:
    if node.request.image is not None:
        return _tr(
            "This run did not start from nothing: noise was laid over your picture, and the canvas "
            "shows both together. Nor does the network see pixels. It works on latents, many times "
            "fewer numbers, which an autoencoder packs and unpacks."
        )
    return _tr(
        "Before the first step there is only noise, drawn from seed {seed}; the same seed always "
        "gives the same noise. The network never sees pixels. It works on latents, many times "
        "fewer numbers, which an autoencoder can unpack into a picture. Unpacked, the noise looks "
        "as it does on the canvas now."
    ).format(seed=node.request.seed)


def _plan(node: RunNode) -> str:
    return _tr(
        "The noise is to go in {count} steps, from left to right in the timeline. The line above "
        "its pictures is the noise that is left. In the panel the curve is the schedule that the "
        "network was trained with, and the marks are the places where {scheduler}, the sampler of "
        "this run, asks it."
    ).format(count=node.count, scheduler=node.request_now.scheduler)


def _guess() -> str:
    return _tr(
        "At every step the same network gets the noisy latents, the rows of your words and the "
        "place in the schedule. It answers one question: what in here is noise? Take all of that "
        "away at once, and what remains is its estimate of the finished picture. The canvas shows "
        "this estimate. So early it is often only a rough idea."
    )


def _guidance(node: RunNode) -> str:
    request = node.request_now
    if not request.uses_guidance:
        return _tr(
            "Usually the network is asked twice, with the words and without them, and the "
            "difference is enlarged to follow the words more closely. In this run the guidance "
            "scale was {scale:g}, so it was asked only once and took the words as it learned them."
        ).format(scale=request.guidance_scale)
    return _tr(
        "The network is asked twice: once with your words and once without. Where the answers "
        "differ, the words are at work. Guidance makes that difference {scale:g} times as large. "
        "Move the slider in the panel to see what another scale would make of this very step."
    ).format(scale=request.guidance_scale)


def _step(node: RunNode) -> str:
    return _tr(
        "The guess is not trusted all at once. {scheduler} takes away only as much noise as the "
        "plan says, and asks the network again. Early steps settle the large shapes, late ones the "
        "details. The panel tries other rules on the same noise, so you can see why this one is "
        "used."
    ).format(scheduler=node.request_now.scheduler)


def _likeness(node: RunNode) -> str:
    two = bool(node.request_now.prompt_b.strip())
    tail = (
        _tr(" Where the curves of both prompts part for good, the picture has been decided.")
        if two
        else _tr(" Where the curve levels off, what the picture shows has been decided.")
    )
    return (
        _tr(
            "A further network compares pictures with words. It has judged the estimate of every "
            "step: the higher the curve, the better it fits."
        )
        + tail
        + _tr(" That often happens long before the details are there.")
    )


def _end(node: RunNode) -> str:
    if node.finished:
        made = _tr("After {count} steps the last latents were unpacked: this is your picture.")
    else:
        made = _tr("This run was stopped before its {count} steps were over.")
    return made.format(count=node.count) + _tr(
        " The panel says how far each step went and where the time was spent. Now it is your turn: "
        "click any step in the timeline and change the prompt or the guidance. A new branch grows "
        "from there, and the old picture stays."
    )


def _short(prompt: str) -> str:
    prompt = " ".join(prompt.split())
    return prompt if len(prompt) <= _LONGEST else prompt[: _LONGEST - 1].rstrip() + "…"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tour", text)
