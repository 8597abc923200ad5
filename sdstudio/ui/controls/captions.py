"""What the present request comes to, said below the controls it concerns."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import FEW_STEP, MAX_STEPS_OF
from sdstudio.session.run_view import RunView

translate = QCoreApplication.translate

TAKES_ETA = frozenset({"DDIM", "TCD"})
"""The schedulers whose step takes an eta (tests/ui/controls/test_captions.py asks diffusers)."""


def strength(request: Request, run: RunView | None) -> str:
    """What the strength comes to; the noise level only where a run has told it."""
    if request.image is None:
        return translate("controls", "used when there is a picture to start from")
    runs = min(int(request.steps * request.strength), request.steps)
    if runs == 0:
        text = translate("controls", "at this strength not one of {steps} steps would run")
        return text.format(steps=request.steps)
    if run is not None and _enters_alike(request, run.request):
        text = translate(
            "controls", "runs {runs} of {steps} steps, entering at noise level {level:.2f}"
        )
        return text.format(runs=runs, steps=request.steps, level=run.entry_noise_level)
    text = translate("controls", "runs {runs} of {steps} steps")
    return text.format(runs=runs, steps=request.steps)


def guidance(request: Request) -> str:
    """That guidance is off, when it is."""
    if request.uses_guidance:
        return ""
    return translate("controls", "off: one network call a step, with the words alone")


def scheduler(request: Request) -> str:
    """What a few-step scheduler needs."""
    if request.scheduler not in FEW_STEP:
        return ""
    most = MAX_STEPS_OF.get(request.scheduler)
    if most is None:
        return translate("controls", "made for few-step weights")
    text = translate("controls", "made for few-step weights; at most {most} steps")
    return text.format(most=most)


def eta(request: Request) -> str:
    """That the scheduler draws no noise by eta, when an eta is set."""
    if request.eta == 0.0 or request.scheduler in TAKES_ETA:
        return ""
    return translate("controls", "{scheduler} does not use it").format(scheduler=request.scheduler)


def _enters_alike(request: Request, other: Request) -> bool:
    """Whether both start at the same noise level on the same model."""
    return other.image is not None and all(
        getattr(request, name) == getattr(other, name)
        for name in ("steps", "strength", "scheduler")
    )
