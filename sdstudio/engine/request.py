"""What determines an image, given a model: Request, and Edit for what changes on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sdstudio.engine.picture import Picture, PictureLike
from sdstudio.engine.problems import PictureError, Problem, RequestError

MAX_SEED = 2**63 - 1
MAX_STEPS = 1000
BLENDS = ("linear", "spherical")

_RANGES: dict[str, tuple[float, float]] = {
    "mix": (0.0, 1.0),
    "guidance_scale": (0.0, 100.0),
    "guidance_rescale": (0.0, 1.0),
    "strength": (0.0, 1.0),
    "eta": (0.0, 1.0),
}
_INTEGERS: dict[str, tuple[int, int]] = {
    "steps": (1, MAX_STEPS),
    "seed": (0, MAX_SEED),
    "clip_skip": (0, 23),
    "tile": (0, 16_384),
}
_TEXTS = ("prompt", "prompt_b", "negative_prompt", "scheduler", "blend")


@dataclass(frozen=True, kw_only=True)
class Request:
    """Everything that determines an image, given a model.

    Attributes:
        prompt: What the picture should show; empty means unconditional.
        prompt_b: A second prompt, blended in by ``mix``.
        mix: 0 is ``prompt`` alone, 1 is ``prompt_b`` alone.
        blend: How the two embeddings are interpolated: "linear" or "spherical".
        negative_prompt: What guidance pushes away from, in place of the empty prompt.
        guidance_scale: Classifier-free guidance (Ho and Salimans 2022), 0 to 100; at 1 and
            below guidance is off and the network runs once a step instead of twice.
        guidance_rescale: Share of the rescaling of Lin et al. 2023, section 3.4; 0 to 1.
        steps: Number of inference steps asked of the scheduler, 1 to 1000.
        seed: Seed of the starting noise, and of any noise the scheduler adds.
        scheduler: A name of :data:`sdstudio.engine.schedulers.NAMES`.
        width: Width in pixels; None is the model's own.
        height: Height in pixels; None is the model's own.
        image: The picture to start from (SDEdit, Meng et al. 2021); None starts from noise.
        strength: How far back into noise ``image`` is taken, 0 to 1.
        mask: Where ``image`` may change: white changes, black stays.
        eta: Share of fresh noise in DDIM (Song et al. 2020, eq. 16), 0 to 1.
        clip_skip: How many of the text encoder's last layers to leave out.
        loras: Pairs of a LoRA's source (name or path) and its weight.
        tile: Pixels of a side of the overlapping tiles that a larger picture is seen in, so that
            what it shows is as large as in pictures of that size; 0 is the whole picture.

    Raises:
        RequestError: From the constructor, with one problem for each field that is not of
            its type or out of its range.
    """

    prompt: str = ""
    prompt_b: str = ""
    mix: float = 0.0
    blend: str = "linear"
    negative_prompt: str = ""
    guidance_scale: float = 7.5
    guidance_rescale: float = 0.0
    steps: int = 50
    seed: int = 0
    scheduler: str = "DDIM"
    width: int | None = None
    height: int | None = None
    image: Picture | None = None
    strength: float = 0.8
    mask: Picture | None = None
    eta: float = 0.0
    clip_skip: int = 0
    loras: tuple[tuple[str, float], ...] = ()
    tile: int = 0

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name in _TEXTS:
            if not isinstance(getattr(self, name), str):
                problems.append(Problem.of("not_text", name))
        for name, (low, high) in _RANGES.items():
            problems += _check_number(name, getattr(self, name), low, high)
        for name, (least, most) in _INTEGERS.items():
            problems += _check_integer(name, getattr(self, name), least, most)
        for name in ("width", "height"):
            if getattr(self, name) is not None:
                problems += _check_integer(name, getattr(self, name), 8, 16_384)
        if isinstance(self.blend, str) and self.blend not in BLENDS:
            problems.append(Problem.of("unknown_choice", "blend", value=self.blend, known=BLENDS))
        for name in ("image", "mask"):
            problems += self._take_picture(name, getattr(self, name))
        problems += self._take_loras()
        if problems:
            raise RequestError(problems)

    def _take_picture(self, name: str, value: PictureLike | None) -> list[Problem]:
        if value is None or isinstance(value, Picture):
            return []
        try:
            object.__setattr__(self, name, Picture.of(value))
        except PictureError as error:
            return [replace(problem, field=name) for problem in error.problems]
        except (TypeError, AttributeError, ValueError):
            return [Problem.of("not_a_picture", name)]
        return []

    def _take_loras(self) -> list[Problem]:
        try:
            pairs = tuple((source, float(weight)) for source, weight in self.loras)
        except (TypeError, ValueError, OverflowError):
            return [Problem.of("not_pairs", "loras")]
        if not all(isinstance(source, str) and math.isfinite(weight) for source, weight in pairs):
            return [Problem.of("not_pairs", "loras")]
        object.__setattr__(self, "loras", pairs)
        return []

    @property
    def uses_guidance(self) -> bool:
        """Whether the network also runs without the text."""
        return self.guidance_scale > 1.0

    def with_edit(self, edit: Edit) -> Request:
        """This request as it stands after an edit."""
        return replace(self, **edit.changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; pictures become base64 PNG."""
        plain: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Picture):
                value = value.to_base64()
            elif field.name == "loras":
                value = [list(pair) for pair in value]
            plain[field.name] = value
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Request:
        """Read what :meth:`to_dict` wrote.

        Raises:
            RequestError: With a problem for each field that is unknown or wrong.
        """
        known = {field.name for field in fields(cls)}
        problems = [Problem.of("unknown_field", str(name)) for name in plain if name not in known]
        values = {name: value for name, value in plain.items() if name in known}
        for name in ("image", "mask"):
            if isinstance(values.get(name), str):
                try:
                    values[name] = Picture.from_base64(values[name])
                except PictureError as error:
                    problems += [replace(problem, field=name) for problem in error.problems]
                    del values[name]
        try:
            request = cls(**values)
        except RequestError as error:
            problems += error.problems
        if problems:
            raise RequestError(problems)
        return request


STEERABLE = (
    "prompt",
    "prompt_b",
    "mix",
    "blend",
    "negative_prompt",
    "guidance_scale",
    "guidance_rescale",
    "eta",
)
"""The request fields that may change between two steps of one run."""

_INJECTION = ("fresh_noise", "noise_seed")


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change to a running request, from one step on. None leaves a field as it is.

    Attributes:
        step: The step before which it applies; ``denoise`` fills it in.
        fresh_noise: Share of the noise in the latents to replace once, before the step, 0 to
            1; there is as much noise as before.
        noise_seed: Seed of what replaces it; None is 0.
    """

    step: int | None = None
    prompt: str | None = None
    prompt_b: str | None = None
    mix: float | None = None
    blend: str | None = None
    negative_prompt: str | None = None
    guidance_scale: float | None = None
    guidance_rescale: float | None = None
    eta: float | None = None
    fresh_noise: float | None = None
    noise_seed: int | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """The fields of the request it sets, by name."""
        return self._given(STEERABLE)

    @property
    def injection(self) -> dict[str, Any]:
        """The fresh noise and its seed, by name; empty where there is none."""
        return {} if self.fresh_noise is None else self._given(_INJECTION)

    def followed_by(self, later: Edit) -> Edit:
        """One edit in place of this one and a later one at the same step."""
        injection = later.injection or self.injection
        return Edit(step=self.step, **{**self.changes, **later.changes, **injection})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: the step and the fields it sets."""
        return {"step": self.step, **self.changes, **self.injection}

    def _given(self, names: Iterable[str]) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Edit:
        """Read what :meth:`to_dict` wrote.

        Raises:
            RequestError: A field is unknown, or its value could not stand in a request.
        """
        own = {name: plain[name] for name in ("step", *_INJECTION) if name in plain}
        changes = {name: value for name, value in plain.items() if name not in own}
        problems = [Problem.of("unknown_field", str(n)) for n in changes if n not in STEERABLE]
        given = {name: value for name, value in own.items() if value is not None}
        if "step" in given:
            problems += _check_integer("step", given["step"], 0, 10 * MAX_STEPS)
        if "fresh_noise" in given:
            problems += _check_number("fresh_noise", given["fresh_noise"], 0.0, 1.0)
        if "noise_seed" in given:
            problems += _check_integer("noise_seed", given["noise_seed"], 0, MAX_SEED)
        if problems:
            raise RequestError(problems)
        Request(**changes)
        return cls(**given, **changes)


def _check_number(name: str, value: Any, low: float, high: float) -> list[Problem]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or (isinstance(value, float) and not math.isfinite(value)):
        return [Problem.of("not_a_number", name)]
    if not low <= value <= high:
        return [Problem.of("out_of_range", name, value=value, low=low, high=high)]
    return []


def _check_integer(name: str, value: Any, low: int, high: int) -> list[Problem]:
    if isinstance(value, bool) or not isinstance(value, int):
        return [Problem.of("not_a_whole_number", name)]
    if not low <= value <= high:
        return [Problem.of("out_of_range", name, value=value, low=low, high=high)]
    return []
