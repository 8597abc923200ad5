"""Reading a request back out of a picture: ours, or one of AUTOMATIC1111's web UI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import Edit, Request
from sdstudio.session.events import ModelFacts
from sdstudio.session.files.a1111 import parse_parameters
from sdstudio.session.files.png_text import A1111_KEY, STUDIO_KEY, read_texts

_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286


@dataclass(frozen=True)
class Restored:
    """What a picture file says of its making.

    Attributes:
        request: As it stood when the run began; None where nothing could be read.
        edits: What was changed on the way.
        model: The model's reference, None where it is not named.
        notes: What could not be restored: ``no_metadata``, ``metadata_damaged``,
            ``field_not_restored`` (field, reason), ``unknown_scheduler``, ``model_differs``,
            ``settings_not_restored``, ``prompt_syntax``, ``file_incomplete``,
            ``file_missing``, ``file_unreadable``.
        source: Whose format it was.
    """

    request: Request | None = None
    edits: tuple[Edit, ...] = ()
    model: Mapping[str, Any] | None = None
    notes: tuple[Problem, ...] = ()
    source: Literal["sdstudio", "a1111"] | None = None

    def with_notes(self, *notes: Problem) -> Restored:
        """The same with more to say."""
        return replace(self, notes=(*notes, *self.notes))


def read_png(path: Path, facts: ModelFacts | None = None) -> Restored:
    """Read the request a picture was made of; whatever the file holds, nothing is raised.

    JPEG and WebP files are looked at as well, for what A1111's web UI writes into them.

    Args:
        path: The file.
        facts: The present model, to note that the picture was made by another.
    """
    try:
        with path.open("rb") as file:
            found = read_texts(file)
    except FileNotFoundError:
        return Restored(notes=(Problem.of("file_missing", "file", name=path.name),))
    except (OSError, ValueError) as error:
        return Restored(
            notes=(Problem.of("file_unreadable", "file", name=path.name, reason=str(error)),)
        )
    texts = found.texts if found.is_png else _exif_texts(path)
    notes = []
    if found.is_cut_off:
        notes.append(Problem.of("file_incomplete", "file", name=path.name))
    restored = _read_ours(texts[STUDIO_KEY]) if STUDIO_KEY in texts else None
    if found.is_damaged or (STUDIO_KEY in texts and restored is None):
        notes.append(Problem.of("metadata_damaged", "file", name=path.name))
    if restored is None and A1111_KEY in texts:
        restored = _read_a1111(texts[A1111_KEY])
    if restored is None:
        return Restored(notes=tuple(notes) or (Problem.of("no_metadata", "file", name=path.name),))
    return _compared(restored.with_notes(*notes), facts)


def _read_ours(text: str) -> Restored | None:
    try:
        plain = json.loads(text)
        values = plain["request"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    request, notes = _request_of(values)
    edits, more = _edits_of(plain.get("edits"))
    model = plain.get("model")
    return Restored(
        request=request,
        edits=edits,
        model=model if isinstance(model, dict) and model else None,
        notes=(*notes, *more),
        source="sdstudio",
    )


def _read_a1111(text: str) -> Restored:
    fields, notes = parse_parameters(text)
    model = {
        name: fields.pop(key)
        for name, key in (("name", "model"), ("hash", "model_hash"))
        if key in fields
    }
    request, more = _request_of(fields)
    understood = len(fields) > 2 or any(fields.values())
    return Restored(
        request=request if understood else None,
        model=model or None,
        notes=(*notes, *more),
        source="a1111",
    )


def _request_of(values: dict[str, Any]) -> tuple[Request, tuple[Problem, ...]]:
    """The request of all values that can stand, and a note for each that cannot."""
    notes: dict[str, Problem] = {}
    while True:
        try:
            return Request.from_dict(values), tuple(notes.values())
        except RequestError as error:
            for problem in error.problems:
                values.pop(problem.field, None)
                notes[problem.field] = Problem.of(
                    "field_not_restored", problem.field[:80], reason=problem.code
                )


def _edits_of(plain: Any) -> tuple[tuple[Edit, ...], tuple[Problem, ...]]:
    if plain is None:
        return (), ()
    try:
        return tuple(Edit.from_dict(each) for each in plain), ()
    except (RequestError, TypeError, AttributeError, ValueError):
        return (), (Problem.of("field_not_restored", "edits", reason="damaged"),)


def _compared(restored: Restored, facts: ModelFacts | None) -> Restored:
    theirs = str((restored.model or {}).get("hash", ""))[:10]
    if facts is None or not theirs or theirs == facts.hash[: len(theirs)]:
        return restored
    name = str((restored.model or {}).get("name", ""))[:80]
    return restored.with_notes(Problem.of("model_differs", name=name, present=facts.name))


def _exif_texts(path: Path) -> dict[str, str]:
    """The user comment of a JPEG or WebP file as the A1111 text; pixels are not decoded."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            comment = image.getexif().get_ifd(_EXIF_IFD).get(_USER_COMMENT)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
        KeyError,
        TypeError,
    ):
        return {}
    text = _comment_text(comment)
    # Cameras write comments of their own.
    return {A1111_KEY: text} if "Steps: " in text else {}


def _comment_text(comment: Any) -> str:
    if isinstance(comment, str):
        return comment
    if not isinstance(comment, bytes) or len(comment) < 8:
        return ""
    code, data = comment[:8], comment[8:]
    if code == b"UNICODE\0":
        # The standard leaves the byte order open: text of ours has a zero in each high byte.
        order = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(order, "replace")
    return data.decode("utf-8", "replace").strip("\0")
