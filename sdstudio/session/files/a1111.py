"""The ``parameters`` text that AUTOMATIC1111's web UI writes into pictures, both ways."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import NAMES

MAX_TEXT = 1_000_000
"""Characters of a text beyond which nobody wrote it by hand."""

_NEGATIVE = "Negative prompt:"
_PARAMETER = re.compile(
    # Bounded, so that a megabyte without a colon takes no longer than one with.
    r'\s{0,4}(\w[\w \-/]{0,60}):\s{0,4}("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)'
)
_KARRAS = " Karras"
_TO_A1111 = {"PNDM": "PLMS"}
_FROM_A1111 = {
    **{_TO_A1111.get(name, name).lower(): name for name in NAMES if not name.endswith(_KARRAS)},
    "euler ancestral": "Euler a",
    "euler_a": "Euler a",
    "k_euler": "Euler",
    "k_euler_a": "Euler a",
    "pndm": "PNDM",
}
# What its web UI means by "Automatic" for a sampler whose default timetable is not its plain one.
_AUTOMATIC = {"DPM++ 2M": "Karras"}
# Says where the picture came from, and changes nothing in a request.
_PROVENANCE = frozenset(
    ("Model hash", "Model", "VAE hash", "VAE", "Version", "User", "Lora hashes", "TI hashes")
)
_SYNTAX = re.compile(r"\([^():]*:\s*\d|\[[^\[\]:]*:[^\[\]]*\]|<\w{1,20}:[^<>]*>|\bAND\b|\bBREAK\b")


def format_parameters(
    request: Request,
    width: int,
    height: int,
    *,
    model_name: str = "",
    model_hash: str = "",
    version: str = "",
) -> str:
    """Write the text; what it has no word for (a second prompt, …) is left out.

    Args:
        request: What the picture was made of.
        width: Pixels of the picture that was made.
        height: Pixels of the picture that was made.
        model_name: What the model is called.
        model_hash: Hexadecimal digest of its weights, of which ten digits are written.
        version: Of this program.
    """
    sampler = request.scheduler.removesuffix(_KARRAS)
    settings: dict[str, Any] = {
        "Steps": request.steps,
        "Sampler": _TO_A1111.get(sampler, sampler),
        "Schedule type": "Karras" if request.scheduler.endswith(_KARRAS) else None,
        "CFG scale": _number(request.guidance_scale),
        "Seed": request.seed,
        "Size": f"{width}x{height}",
        "Model hash": model_hash[:10] or None,
        "Model": model_name or None,
        "Denoising strength": None if request.image is None else _number(request.strength),
        "Clip skip": request.clip_skip + 1 if request.clip_skip else None,
        "Version": version or None,
    }
    line = ", ".join(
        f"{name}: {_quoted(value)}" for name, value in settings.items() if value is not None
    )
    blocks = [request.prompt] if request.prompt or request.negative_prompt else []
    if request.negative_prompt:
        blocks.append(f"{_NEGATIVE} {request.negative_prompt}")
    return "\n".join([*blocks, line])


def parse_parameters(text: str) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Read the text; nonsense gives no fields, never an exception.

    Returns:
        Request fields by name, each of the right type though perhaps out of its range, with
        ``model`` and ``model_hash`` beside them where they are named; and notes on what could
        not be taken over: ``unknown_scheduler``, ``field_not_restored`` (with ``reason``),
        ``settings_not_restored`` (with ``names``), ``prompt_syntax``, ``metadata_damaged``.
    """
    if len(text) > MAX_TEXT:
        return {}, (Problem.of("metadata_damaged", reason="too_long"),)
    lines = text.split("\n")
    settings = dict(_PARAMETER.findall(lines[-1])) if _is_settings(lines[-1]) else {}
    if settings:
        lines.pop()
    fields: dict[str, Any] = dict(_prompts(lines))
    notes = [
        Problem.of("prompt_syntax", name)
        for name, prompt in fields.items()
        if _SYNTAX.search(prompt)
    ]
    if not settings:
        return fields, (*notes, Problem.of("metadata_damaged", reason="no_settings"))
    settings = {name: _unquoted(value.strip()) for name, value in settings.items()}
    notes += _take_settings(settings, fields)
    return fields, tuple(notes)


def _is_settings(line: str) -> bool:
    return line.startswith("Steps: ") or len(_PARAMETER.findall(line)) >= 3


def _prompts(lines: list[str]) -> dict[str, str]:
    for number, line in enumerate(lines):
        if line.startswith(_NEGATIVE):
            first = line.removeprefix(_NEGATIVE).removeprefix(" ")
            return {
                "prompt": "\n".join(lines[:number]),
                "negative_prompt": "\n".join([first, *lines[number + 1 :]]),
            }
    return {"prompt": "\n".join(lines), "negative_prompt": ""}


def _take_settings(settings: dict[str, str], fields: dict[str, Any]) -> list[Problem]:
    notes: list[Problem] = []
    left = dict(settings)

    def take(name: str, field: str, read: Callable[[str], Any]) -> None:
        value = left.pop(name, None)
        if value is None:
            return
        try:
            fields[field] = read(value)
        except (ValueError, OverflowError):
            notes.append(
                Problem.of("field_not_restored", field, value=value[:80], reason="not_a_number")
            )

    take("Steps", "steps", int)
    take("CFG scale", "guidance_scale", float)
    take("Seed", "seed", int)
    take("Clip skip", "clip_skip", lambda value: max(0, int(value) - 1))
    take("Denoising strength", "strength", float)
    size = left.pop("Size", None)
    if size is not None:
        if match := re.fullmatch(r"(\d{1,6})x(\d{1,6})", size.strip()):
            fields["width"], fields["height"] = int(match[1]), int(match[2])
        else:
            notes.append(
                Problem.of("field_not_restored", "width", value=size[:80], reason="not_a_size")
            )
    notes += _take_scheduler(left.pop("Sampler", None), left.pop("Schedule type", None), fields)
    for name, field in (("Model", "model"), ("Model hash", "model_hash")):
        if left.get(name):
            fields[field] = left[name]
    if "strength" in fields and not any(name.startswith("Hires") for name in left):
        notes.append(Problem.of("field_not_restored", "image", reason="not_in_file"))
    if names := tuple(name for name in left if name not in _PROVENANCE):
        notes.append(Problem.of("settings_not_restored", names=names[:20]))
    return notes


def _take_scheduler(
    sampler: str | None, timetable: str | None, fields: dict[str, Any]
) -> list[Problem]:
    if sampler is None:
        return []
    plain = sampler.strip()
    if plain.endswith(_KARRAS):
        plain, timetable = plain.removesuffix(_KARRAS), "Karras"
    name = _FROM_A1111.get(plain.lower())
    if name is None:
        return [Problem.of("unknown_scheduler", "scheduler", name=sampler[:80], known=NAMES)]
    if timetable == "Automatic":
        timetable = _AUTOMATIC.get(name)
    if timetable == "Karras" and name + _KARRAS in NAMES:
        name, timetable = name + _KARRAS, None
    fields["scheduler"] = name
    if timetable not in (None, "", "Uniform"):
        return [
            Problem.of(
                "field_not_restored", "scheduler", value=timetable[:80], reason="schedule_type"
            )
        ]
    return []


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(float(value))


def _quoted(value: Any) -> str:
    text = str(value)
    if not any(mark in text for mark in ',:\n"') and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=False)


def _unquoted(text: str) -> str:
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text
