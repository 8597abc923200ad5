"""The names and shapes of the tensors in a file, from its head alone; nothing is executed.

A .safetensors file begins with a table of them. Of a pickle the instructions are listed, not
followed: the texts among them are the names. Neither needs torch.
"""

from __future__ import annotations

import io
import json
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sdstudio.engine.problems import ModelError, Problem

PICKLES = frozenset({".ckpt", ".pt", ".pth", ".bin"})
"""Endings of pickles."""

_LENGTH = 8
"""Bytes that say how long the table is."""

_LONGEST = 100_000_000
"""Bytes of a table, by the format's rules."""

_PICKLED = 1 << 24
"""Bytes of a pickle's instructions that are looked through."""

_SEVERAL = 8
"""Pickles in one file, at most."""

_LFS = b"version https://git-lfs"
_PAGES = (b"<!doctype", b"<html", b"<?xml")
_ZIP = b"PK\x03\x04"

Shapes = dict[str, tuple[int, ...]]

_OF_TORCH = frozenset({"storage", "cpu", "cuda", "mps"})
"""Texts that torch writes beside the names."""


def read_head(path: Path) -> Shapes:
    """The shapes of a file's tensors by name; of a pickle, whose shapes stay unread, ``()``.

    Raises:
        ModelError: ``model_missing``, ``model_unreadable``, ``file_empty``,
            ``file_cut_short``, ``file_damaged``, or ``not_weights``: it is a web page, an
            archive, or a pointer that Git LFS left in place of the file.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            _refuse_others(file.read(64), path.name)
            if zipfile.is_zipfile(file):
                return _of_archive(file, path.name)
            file.seek(0)
            if path.suffix.lower() in PICKLES:
                return _of_pickles(file, path.name)
            return _of_table(file, size, path.name)
    except FileNotFoundError as error:
        raise ModelError(Problem.of("model_missing", name=str(path))) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelError(Problem.of("model_unreadable", name=path.name, reason=reason)) from error


def _refuse_others(start: bytes, name: str) -> None:
    if not start:
        raise ModelError(Problem.of("file_empty", name=name))
    if start.startswith(_LFS):
        raise ModelError(Problem.of("not_weights", name=name, reason="pointer"))
    if start.lstrip().lower().startswith(_PAGES):
        raise ModelError(Problem.of("not_weights", name=name, reason="page"))


def _of_table(file: IO[bytes], size: int, name: str) -> Shapes:
    length = int.from_bytes(file.read(_LENGTH), "little")
    if not 1 < length <= _LONGEST:
        raise _damaged(name, "its head is not that of a .safetensors file")
    if _LENGTH + length > size:
        raise _cut_short(name)
    try:
        table: dict[str, Any] = json.loads(file.read(length))
        entries = {each: table[each] for each in table if each != "__metadata__"}
        shapes = {each: tuple(map(int, entry["shape"])) for each, entry in entries.items()}
        ends = [int(entry["data_offsets"][1]) for entry in entries.values()]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise _damaged(name, "its table of contents cannot be read") from error
    whole = _LENGTH + length + max(ends, default=0)
    if whole > size:
        raise _cut_short(name, percent=int(100 * size / whole))
    return shapes


def _of_archive(file: IO[bytes], name: str) -> Shapes:
    with zipfile.ZipFile(file) as archive:
        inside = [each for each in archive.namelist() if each.endswith("data.pkl")]
        if not inside:
            raise ModelError(Problem.of("not_weights", name=name, reason="archive"))
        with archive.open(inside[0]) as pickled:
            return dict.fromkeys(_texts(pickled.read(_PICKLED)), ())


def _of_pickles(file: IO[bytes], name: str) -> Shapes:
    """Of torch's older layout: some pickles, one after another, before the numbers."""
    content = file.read(_PICKLED)
    if content.startswith(_ZIP):
        # The list of what is in it stands at its end.
        raise _cut_short(name)
    return dict.fromkeys(_texts(content), ())


def _texts(content: bytes) -> Iterator[str]:
    """The texts in pickles, without those that torch adds; up to what is no pickle."""
    stream = io.BytesIO(content)
    try:
        for _ in range(_SEVERAL):
            for instruction, argument, _place in pickletools.genops(stream):
                if "UNICODE" in instruction.name and isinstance(argument, str):
                    plain = argument.split(":")[0]
                    if plain not in _OF_TORCH and not plain.isdigit():
                        yield argument
    except Exception:  # noqa: BLE001 - garbage makes the parser raise anything
        return


def _damaged(name: str, reason: str) -> ModelError:
    return ModelError(Problem.of("file_damaged", name=name, reason=reason))


def _cut_short(name: str, **values: Any) -> ModelError:
    return ModelError(Problem.of("file_cut_short", name=name, **values))
