"""The pictures of a step that the canvas can show, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sdstudio.session.events import View

VIEWS: tuple[View, ...] = (
    "x0",
    "latents",
    "next_latents",
    "noise",
    "noise_cond",
    "noise_uncond",
    "noise_difference",
)
"""In the order in which they are offered."""


def name(view: View) -> str:
    """What a view is called in a list."""
    return {
        "x0": _tr("Estimate (x0)"),
        "latents": _tr("Noisy latents"),
        "next_latents": _tr("Next latents"),
        "noise": _tr("Noise, guided"),
        "noise_cond": _tr("Noise, with text"),
        "noise_uncond": _tr("Noise, no text"),
        "noise_difference": _tr("Text’s effect"),
    }[view]


def explanation(view: View) -> str:
    """What a view is, in a sentence."""
    return {
        "x0": _tr("What the network takes the finished picture to be at this step"),
        "latents": _tr("What goes into this step (x_t), decoded"),
        "next_latents": _tr("What this step hands on to the next one (x_t−1), decoded"),
        "noise": _tr("The noise that is taken away, decoded as if it were a picture"),
        "noise_cond": _tr("The noise predicted with the prompt, decoded as if it were a picture"),
        "noise_uncond": _tr(
            "The noise predicted without the prompt, decoded as if it were a picture"
        ),
        "noise_difference": _tr(
            "How the prompt changes the prediction, made stronger, decoded as if it were a picture"
        ),
    }[view]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Views", text)
