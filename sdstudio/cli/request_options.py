"""An option for every field of a Request, read off the dataclass so that none is forgotten."""

from __future__ import annotations

import argparse
import re
from dataclasses import Field, fields
from typing import Any, get_type_hints

from sdstudio.cli.failure import Refusal
from sdstudio.engine.picture import Picture
from sdstudio.engine.request import BLENDS, Request
from sdstudio.engine.schedulers import NAMES

_CHOICES = {"blend": BLENDS, "scheduler": NAMES}
_RECOMMENDED = ("steps", "guidance_scale", "scheduler")
"""Fields that take the model's recommendation when they are not given."""

_NEEDS_IMAGE = ("strength", "mask")


def add_request_options(parser: argparse.ArgumentParser) -> None:
    """Add the prompt as an argument, and an option for each other field."""
    explanations = _explanations()
    kinds = get_type_hints(Request)
    parser.add_argument("prompt", nargs="?", default="", help=explanations["prompt"])
    group = parser.add_argument_group("what determines the image")
    for field in fields(Request):
        if field.name == "prompt":
            continue
        if field.name == "loras":
            group.add_argument(
                "--lora",
                dest="loras",
                action="append",
                metavar="SOURCE[=WEIGHT]",
                default=argparse.SUPPRESS,
                help="a LoRA by name or path, with its weight (1 when left out); repeatable",
            )
            continue
        kind = _plain(kinds[field.name])
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            dest=field.name,
            type=str if kind is Picture else kind,
            choices=_CHOICES.get(field.name),
            metavar=_metavar(field.name, kind),
            default=argparse.SUPPRESS,
            help=explanations[field.name] + _known(field.name) + _default(field),
        )


def request_fields(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given, by name, as a Request takes them.

    Raises:
        Refusal: A weight is not a number, or a field makes no sense without ``image``.
    """
    given = {field.name for field in fields(Request)} & vars(arguments).keys()
    values = {name: getattr(arguments, name) for name in given}
    if "loras" in values:
        values["loras"] = tuple(_lora(text) for text in values["loras"])
    for name in _NEEDS_IMAGE:
        if name in values and "image" not in values:
            raise Refusal(f"--{name} needs --image")
    return values


def _lora(text: str) -> tuple[str, float]:
    source, equals, weight = text.rpartition("=")
    if not equals:
        return text, 1.0
    try:
        return source, float(weight)
    except ValueError:
        raise Refusal(f"--lora {text}: the weight {weight!r} is not a number") from None


def _explanations() -> dict[str, str]:
    """The sentences of Request's own docstring, by field."""
    documented = (Request.__doc__ or "").partition("Attributes:")[2].partition("Raises:")[0]
    found = re.findall(r"^ {8}(\w+): (.+(?:\n {12}.+)*)", documented, flags=re.MULTILINE)
    texts = {}
    for name, text in found:
        words = re.sub(r":\w+:`[\w.]*?(\w+)`", r"\1", " ".join(text.split()))
        words = re.sub(r"; None [^;]*| of NAMES", "", words.rstrip("."))
        words = words.replace("``", "").replace("%", "%%")
        texts[name] = words[0].lower() + words[1:]
    return texts


def _plain(kind: Any) -> Any:
    """The type without ``| None``."""
    members = [member for member in getattr(kind, "__args__", ()) if member is not type(None)]
    return members[0] if members else kind


def _metavar(name: str, kind: Any) -> str | None:
    if name in _CHOICES:
        return "NAME"
    return {Picture: "FILE", str: "TEXT", int: "N", float: "X"}[kind]


def _known(name: str) -> str:
    return f", one of {', '.join(NAMES)}" if name == "scheduler" else ""


def _default(field: Field[Any]) -> str:
    if field.name in _RECOMMENDED:
        return " (default: what suits the model)"
    if field.name in ("width", "height"):
        return " (default: the model's own)"
    if field.default is None or field.default == "":
        return ""
    return f" (default: {field.default})"
