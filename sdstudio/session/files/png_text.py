"""The text chunks of a PNG file, read without decoding a pixel."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 128 << 20
"""Bytes of text beyond which a file is taken for an attack."""
MAX_CHUNKS = 100_000

A1111_KEY = "parameters"
"""Keyword of the text that AUTOMATIC1111's web UI writes."""

STUDIO_KEY = "sdstudio"
"""Keyword of our own."""


@dataclass
class PngTexts:
    """What was found.

    Attributes:
        texts: Texts by keyword; of equal keywords the first.
        is_png: Whether the file begins as a PNG does.
        is_cut_off: Whether it ends early.
        is_damaged: Whether a text in it is broken or too large.
    """

    texts: dict[str, str] = field(default_factory=dict)
    is_png: bool = False
    is_cut_off: bool = False
    is_damaged: bool = False


def read_texts(file: BinaryIO) -> PngTexts:
    """Read ``tEXt``, ``zTXt`` and ``iTXt`` chunks (PNG specification, 11.3.3).

    Raises:
        OSError: The file cannot be read.
    """
    found = PngTexts()
    found.is_png = file.read(len(SIGNATURE)) == SIGNATURE
    if not found.is_png:
        return found
    room = MAX_TEXT
    for _ in range(MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            found.is_cut_off = True
            return found
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return found
        if kind not in (b"tEXt", b"zTXt", b"iTXt"):
            file.seek(length + 4, 1)
            continue
        if length > room:
            found.is_damaged = True
            return found
        data, check = file.read(length), file.read(4)
        if len(check) < 4:
            found.is_cut_off = found.is_damaged = True
            return found
        if struct.unpack(">I", check)[0] != zlib.crc32(kind + data):
            found.is_damaged = True
            continue
        try:
            keyword, text = _decode(kind, data, room)
        except (ValueError, zlib.error):
            found.is_damaged = True
            continue
        room -= len(data) + len(text)
        found.texts.setdefault(keyword, text)
    found.is_damaged = True
    return found


def _decode(kind: bytes, data: bytes, room: int) -> tuple[str, str]:
    keyword, separator, rest = data.partition(b"\0")
    if not separator:
        raise ValueError("no keyword")
    name = keyword.decode("latin-1")
    if kind == b"tEXt":
        return name, rest.decode("latin-1")
    if kind == b"zTXt":
        return name, _inflate(rest[1:], room).decode("latin-1")
    if len(rest) < 2:
        raise ValueError("no compression flag")
    compressed, rest = rest[0] == 1, rest[2:]
    _language, first, rest = rest.partition(b"\0")
    _translated, second, rest = rest.partition(b"\0")
    if not (first and second):
        raise ValueError("no text")
    return name, (_inflate(rest, room) if compressed else rest).decode("utf-8")


def _inflate(data: bytes, room: int) -> bytes:
    """Decompress, but never to more than ``room`` bytes."""
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, max(1, room))
    if inflater.unconsumed_tail or not inflater.eof:
        raise ValueError("too large, or cut off")
    return text
