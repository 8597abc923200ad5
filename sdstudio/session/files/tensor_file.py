"""The safetensors container, written and read without trusting a byte of it.

The layout is that of https://huggingface.co/docs/safetensors: eight bytes with the header's
length, a JSON header, and the tensors' bytes one after the other. Beside what the format asks
for, a digest of everything is kept, so that a flipped bit is found.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from sdstudio.session.files.strict_json import parse_json

if TYPE_CHECKING:
    import numpy as np

MAX_FILE = 2 << 30
"""Bytes of a file beyond which it is not read."""

MAX_HEADER = 8 << 20
"""Bytes of a header beyond which it is not parsed."""

MAX_TENSORS = 20_000
MAX_SIDE = 1 << 31

DIGEST = "sha256"
"""Key of the digest among the metadata."""

_ITEM = {"F32": 4, "U8": 1}
_NUMPY = {"F32": "<f4", "U8": "u1"}


class Unreadable(ValueError):
    """The file is not what it should be.

    Attributes:
        kind: "foreign", "damaged", "too_large" or "too_new".
    """

    def __init__(self, kind: str, reason: str) -> None:
        self.kind = kind
        super().__init__(reason)


@dataclass(frozen=True)
class Entry:
    """Where a tensor lies: ``start`` counts from the first byte after the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    nbytes: int


@dataclass(frozen=True)
class Header:
    """What a file says of itself, checked against its size.

    Attributes:
        metadata: Texts by name.
        tensors: Entries by name, in the order they lie in.
        offset: Of the first tensor byte in the file.
    """

    metadata: Mapping[str, str]
    tensors: Mapping[str, Entry]
    offset: int


def write_tensors(
    file: BinaryIO, metadata: Mapping[str, str], tensors: Mapping[str, np.ndarray]
) -> None:
    """Write float32 and uint8 arrays with their names, and a digest of it all.

    Args:
        file: Open for reading and writing, at its start.
        metadata: Texts by name.
        tensors: Arrays by name; they are not copied.

    Raises:
        Unreadable: "too_large": what would be written could not be read again.
        OSError: The file cannot be written.
    """
    import numpy as np

    entries: dict[str, dict[str, Any]] = {}
    end = 0
    for name, array in tensors.items():
        dtype = "U8" if array.dtype == np.uint8 else "F32"
        start, end = end, end + array.nbytes
        entries[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    digest = _digest(metadata, entries)
    header = _header_bytes({**metadata, DIGEST: "0" * 64}, entries)
    if len(header) > MAX_HEADER or 8 + len(header) + end > MAX_FILE or len(entries) > MAX_TENSORS:
        raise Unreadable("too_large", f"{8 + len(header) + end} bytes")
    file.write(struct.pack("<Q", len(header)) + header)
    for name, array in tensors.items():
        plain = np.ascontiguousarray(array, _NUMPY[entries[name]["dtype"]])
        data = plain.reshape(-1).view(np.uint8).data
        digest.update(data)
        file.write(data)
    # Known only now that the bytes have passed by; of the same length as its place.
    file.seek(8)
    file.write(_header_bytes({**metadata, DIGEST: digest.hexdigest()}, entries))
    file.seek(0, os.SEEK_END)


def read_header(file: BinaryIO, wanted: str) -> Header:
    """Read and check a header, and nothing else.

    Args:
        file: Open for reading, at its start.
        wanted: Key the metadata must have; without it the file is "foreign".

    Raises:
        Unreadable: It is.
        OSError: The file cannot be read.
    """
    size = os.fstat(file.fileno()).st_size
    first = file.read(8)
    length = struct.unpack("<Q", first)[0] if len(first) == 8 else 0
    if length < 2 or file.read(1) != b"{":
        raise Unreadable("foreign", "it begins otherwise")
    file.seek(8)
    if length > MAX_HEADER:
        raise Unreadable("foreign" if length > size else "too_large", "the header is too long")
    raw = file.read(length)
    mine = f'"{wanted}"'.encode() in raw
    if size > MAX_FILE:
        raise Unreadable("too_large" if mine else "foreign", f"{size} bytes")
    try:
        plain = parse_json(raw.decode("utf-8"))
        metadata = plain.pop("__metadata__", {})
        if not all(isinstance(value, str) for value in metadata.values()):
            raise ValueError("the metadata are not texts")
        if wanted not in metadata:
            raise Unreadable("foreign", "its metadata are of another kind")
        entries = {str(name): _entry(value) for name, value in plain.items()}
    except Unreadable:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise Unreadable("damaged" if mine else "foreign", _said(error)) from error
    _check_layout(entries, size - 8 - length)
    return Header(metadata, entries, 8 + length)


def read_tensors(
    file: BinaryIO, header: Header, names: Iterable[str] | None = None
) -> dict[str, np.ndarray]:
    """Read arrays, each with memory of its own.

    Args:
        file: The file the header came out of.
        header: From :func:`read_header`.
        names: Which; None reads all, and checks the digest.

    Raises:
        Unreadable: "damaged": the digest is another, or a float is not finite.
        OSError: The file cannot be read.
    """
    import numpy as np

    digest = _digest(
        header.metadata,
        {
            name: {
                "dtype": entry.dtype,
                "shape": list(entry.shape),
                "data_offsets": [entry.start, entry.start + entry.nbytes],
            }
            for name, entry in header.tensors.items()
        },
    )
    arrays: dict[str, np.ndarray] = {}
    for name in header.tensors if names is None else names:
        entry = header.tensors[name]
        array = np.empty(entry.shape, _NUMPY[entry.dtype])
        file.seek(header.offset + entry.start)
        data = array.reshape(-1).view(np.uint8).data
        if entry.nbytes and file.readinto(data) != entry.nbytes:  # type: ignore[attr-defined]
            raise Unreadable("damaged", "it is cut off")
        digest.update(data)
        if entry.dtype == "F32" and not np.isfinite(array).all():
            raise Unreadable("damaged", f"{name[:40]} is not finite")
        arrays[name] = array
    if names is None and digest.hexdigest() != header.metadata.get(DIGEST):
        raise Unreadable("damaged", "its digest is another")
    return arrays


def _header_bytes(metadata: Mapping[str, str], entries: Mapping[str, Any]) -> bytes:
    header = json.dumps({"__metadata__": dict(metadata), **entries}).encode("ascii")
    # Aligned, so that others may map the tensors.
    return header + b" " * (-len(header) % 8)


def _digest(metadata: Mapping[str, str], entries: Mapping[str, Any]) -> hashlib._Hash:
    named = {name: text for name, text in metadata.items() if name != DIGEST}
    return hashlib.sha256(json.dumps([named, entries], sort_keys=True).encode("ascii"))


def _entry(plain: Mapping[str, Any]) -> Entry:
    if set(plain) != {"dtype", "shape", "data_offsets"} or plain["dtype"] not in _ITEM:
        raise ValueError("a tensor of another kind")
    shape, (start, end) = plain["shape"], plain["data_offsets"]
    if not isinstance(shape, list) or len(shape) > 8:
        raise ValueError("a tensor without a shape")
    if any(type(n) is not int or not 0 <= n < MAX_SIDE for n in (*shape, start, end)):
        raise ValueError("a tensor's place is not a whole number")
    if end - start != math.prod(shape) * _ITEM[plain["dtype"]]:
        raise ValueError("a tensor's shape and length disagree")
    return Entry(plain["dtype"], tuple(shape), start, end - start)


def _check_layout(entries: Mapping[str, Entry], room: int) -> None:
    """The tensors lie one after the other and fill the file to its end."""
    if len(entries) > MAX_TENSORS:
        raise Unreadable("too_large", f"{len(entries)} tensors")
    end = 0
    for entry in sorted(entries.values(), key=lambda each: (each.start, each.nbytes)):
        if entry.start != end:
            raise Unreadable("damaged", "its tensors overlap or leave a gap")
        end += entry.nbytes
    if end != room:
        raise Unreadable("damaged", "it is cut off" if end > room else "it is too long")


def _said(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__
