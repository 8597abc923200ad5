"""Frames as bytes, and back: a ZIP archive of drawings."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

from sdstudio.engine.problems import PictureError, Problem
from sdstudio.session.drawing.drawing_file import MAX_BYTES, from_bytes, sheet_bytes
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames
from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.files.strict_json import parse_json

FORMAT = 1
_HEADER = "frames.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def frames_bytes(sheets: Sequence[Sheet], index: int, title: str = "") -> bytes:
    """Drawings of one size, and which of them is the current one; on any thread."""
    header = {"format": FORMAT, "count": len(sheets), "index": index, "title": title}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_HEADER, _EPOCH), json.dumps(header, sort_keys=True))
        for number, sheet in enumerate(sheets):
            entry = zipfile.ZipInfo(_entry(number), _EPOCH)
            archive.writestr(entry, sheet_bytes(sheet))
    return file.getvalue()


def frames_from_bytes(data: bytes) -> tuple[Frames, str]:
    """Read what :func:`frames_bytes` wrote: the frames and their title.

    Raises:
        PictureError: ``drawing_unreadable``, with a ``reason``.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError(f"{len(data)} bytes")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(e.compress_type != zipfile.ZIP_STORED for e in archive.infolist()):
                raise ValueError("it is compressed in another way")
            plain = parse_json(archive.read(_HEADER).decode("utf-8"))
            count, index, title = plain["count"], plain["index"], plain["title"]
            if plain["format"] != FORMAT or type(count) is not int or type(index) is not int:
                raise ValueError("its description is another")
            if not 1 <= count <= MAX_FRAMES or not 0 <= index < count or type(title) is not str:
                raise ValueError("its description makes no sense")
            if sorted(archive.namelist()) != sorted([_HEADER, *map(_entry, range(count))]):
                raise ValueError("it holds what no frames hold")
            drawings = [from_bytes(archive.read(_entry(number))) for number in range(count)]
        frames = Frames(drawings)
    except (zipfile.BadZipFile, ValueError, TypeError, KeyError, OSError, RuntimeError) as error:
        reason = str(error)[:200] or type(error).__name__
        raise PictureError(Problem.of("drawing_unreadable", reason=reason)) from error
    frames.select(index)
    return frames, title


def _entry(number: int) -> str:
    return f"{number:04}.drawing"
