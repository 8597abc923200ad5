"""What a run file says in words: everything but its tensors, as strict JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from sdstudio.engine.problems import StudioError
from sdstudio.engine.request import MAX_STEPS, Edit, Request
from sdstudio.engine.x0 import Level, PredictionType
from sdstudio.session.files.strict_json import parse_json

MAX_CALLS = 2 * MAX_STEPS + 16
"""Network calls of the longest run: two for each step, and a few to begin with."""

MAX_NAME = 200
_TEXTS_OF_MODEL = ("source", "name", "hash", "dtype", "device", "engine")
_MAX_TEXT_OF_MODEL = 1000
_MAX_VERSIONS = 50

HeadOutcome = Literal["finished", "stopped"]


@dataclass(frozen=True)
class StepHead:
    """What a file says of one step.

    Attributes:
        timestep: What the network was told, 0 to 999.
        level: Signal and noise in its latents.
        seconds: Wall time it took.
        edit: What was changed right before it.
        network_seconds: How much of that time the network took; None where that is not known,
            as in files of before it was kept.
    """

    timestep: float
    level: Level
    seconds: float
    edit: Edit | None
    network_seconds: float | None = None


@dataclass(frozen=True)
class RunHead:
    """What a file says of its run.

    Attributes:
        name: What the person called it, "" for nothing.
        request: As it stood when the run began, without its pictures.
        model: ``ModelRef.to_dict()`` of what made it, with ``threads`` of the processor.
        count: Network calls of the whole run; more than there are steps if it was stopped.
        outcome: How it ended.
        prediction_type: What the network's outputs are.
        shared: How many steps it shared with the run it branched from, 0 for a root.
        steps: All of them, the shared ones included.
    """

    name: str
    request: Request
    model: Mapping[str, Any]
    count: int
    outcome: HeadOutcome
    prediction_type: PredictionType
    shared: int
    steps: tuple[StepHead, ...]

    def to_json(self) -> str:
        """The text that :meth:`from_json` reads."""
        return json.dumps(
            {
                "name": clean_name(self.name),
                "request": replace(self.request, image=None, mask=None).to_dict(),
                "model": dict(self.model),
                "count": self.count,
                "outcome": self.outcome,
                "prediction_type": self.prediction_type,
                "shared": self.shared,
                "steps": [_step_to_plain(step) for step in self.steps],
            },
            allow_nan=False,
        )

    @classmethod
    def from_json(cls, text: str) -> RunHead:
        """Read a head, believing nothing.

        Raises:
            ValueError: What it says cannot be.
        """
        try:
            plain = parse_json(text)
            _encodable(plain)
            steps = tuple(_step_of(each, i) for i, each in enumerate(_list(plain["steps"])))
            head = cls(
                name=clean_name(_text(plain["name"])),
                request=Request.from_dict(_mapping(plain["request"])),
                model=_model_of(_mapping(plain["model"])),
                count=_whole(plain["count"], len(steps), MAX_CALLS),
                outcome=_choice(plain["outcome"], get_args(HeadOutcome)),
                prediction_type=_choice(plain["prediction_type"], get_args(PredictionType)),
                shared=_whole(plain["shared"], 0, len(steps)),
                steps=steps,
            )
        except (KeyError, TypeError, AttributeError, RecursionError, StudioError) as error:
            raise ValueError(f"{type(error).__name__}: {error}"[:200]) from error
        if not steps:
            raise ValueError("it has no steps")
        if head.count > 2 * head.request.steps + 1:
            raise ValueError("more network calls than any scheduler makes")
        if head.outcome == "finished" and len(steps) != head.count:
            raise ValueError("its steps are not all there")
        if head.request.image is not None or head.request.mask is not None:
            raise ValueError("a picture is in the wrong place")
        return head


def clean_name(name: str) -> str:
    """A name as one line of ordinary characters."""
    printable = "".join(mark if mark.isprintable() else " " for mark in name[: 4 * MAX_NAME])
    return re.sub(r"\s+", " ", printable).strip()[:MAX_NAME]


def _step_to_plain(step: StepHead) -> dict[str, Any]:
    level = step.level
    return {
        "timestep": step.timestep,
        "alpha": level.alpha,
        "noise": level.noise,
        # JSON knows no infinity, which is the ratio at zero terminal SNR.
        "sigma": level.sigma if math.isfinite(level.sigma) else None,
        "seconds": step.seconds,
        "network_seconds": step.network_seconds,
        "edit": None if step.edit is None else step.edit.to_dict(),
    }


def _step_of(plain: Any, index: int) -> StepHead:
    sigma = plain["sigma"]
    edit = None if plain["edit"] is None else Edit.from_dict(_mapping(plain["edit"]))
    if edit is not None and edit.step != index:
        raise ValueError(f"an edit of step {edit.step} stands at step {index}")
    network = plain.get("network_seconds")
    return StepHead(
        timestep=_number(plain["timestep"], -1.0, 10_000.0),
        level=Level(
            alpha=_number(plain["alpha"], 0.0, 1.0 + 1e-6),
            noise=_number(plain["noise"], 0.0, 1.0 + 1e-6),
            sigma=math.inf if sigma is None else _number(sigma, 0.0, 1e9),
        ),
        seconds=_number(plain["seconds"], 0.0, 1e9),
        edit=edit,
        network_seconds=None if network is None else _number(network, 0.0, 1e9),
    )


def _model_of(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are known, each of its kind; a foreign one is left out."""
    model: dict[str, Any] = {}
    for name in _TEXTS_OF_MODEL:
        model[name] = _text(plain.get(name, ""))[:_MAX_TEXT_OF_MODEL]
    versions = _mapping(plain.get("versions", {}))
    if len(versions) > _MAX_VERSIONS:
        raise ValueError("too many versions")
    model["versions"] = {str(name)[:80]: _text(value)[:80] for name, value in versions.items()}
    if "threads" in plain:
        model["threads"] = _whole(plain["threads"], 1, 1_000_000)
    return model


def _encodable(plain: Any) -> None:
    """Half characters would fail later, wherever a text is first written or tokenized."""
    json.dumps(plain, ensure_ascii=False).encode("utf-8")


def _number(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{value!r:.40} is not a number from {low} to {high}")
    return float(value)


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{value!r:.40} is not a whole number from {low} to {high}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.40} is not a text")
    return value


def _choice(value: Any, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise ValueError(f"{value!r:.40} is none of {choices}")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r:.40} is not an object")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_CALLS:
        raise ValueError("its steps are not a list, or too many")
    return value
