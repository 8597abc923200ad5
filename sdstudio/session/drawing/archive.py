"""ZIP archives of drawings, opened without trusting a byte of them."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from PIL import Image

from sdstudio.engine.problems import PictureError, Problem

MAX_BYTES = 1 << 30
"""Bytes of an archive beyond which it is not opened."""

MAX_HEADER = 64 << 10
"""Bytes of a description beyond which it is not parsed."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the bytes tell what is drawn, not when."""

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What the libraries raise over bytes that are not what they should be."""


def written(name: str, description: Mapping[str, Any], parts: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive that :func:`stored_archive` opens.

    Args:
        name: Of the entry with the description, which comes first.
        description: Plain values for JSON.
        parts: Names and bytes of the other entries.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, EPOCH), json.dumps(description, sort_keys=True))
        for part, data in parts:
            archive.writestr(zipfile.ZipInfo(part, EPOCH), data)
    return file.getvalue()


@contextmanager
def stored_archive(data: bytes) -> Iterator[zipfile.ZipFile]:
    """An archive whose entries are stored as they are, each name once.

    Raises:
        ValueError: It is not such a one, or too large.
        zipfile.BadZipFile: It is no archive.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data)} bytes")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len({entry.filename for entry in entries}) != len(entries):
            raise ValueError("a name comes twice")
        # What is packed tightly could unpack to more than there is memory.
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("it is compressed in another way")
        if sum(entry.file_size for entry in entries) > len(data):
            raise ValueError("its entries overlap")
        yield archive


def read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """An entry's bytes, checked by their sum.

    Raises:
        ValueError: There are more than ``most``.
        KeyError: There is no such entry.
    """
    if archive.getinfo(name).file_size > most:
        raise ValueError(f"{name} is too long")
    return archive.read(name)


def unreadable(error: Exception) -> PictureError:
    """What is said of an archive over which ``error`` was raised."""
    if isinstance(error, PictureError):
        return error
    reason = str(error)[:200] or type(error).__name__
    return PictureError(Problem.of("drawing_unreadable", reason=reason))
