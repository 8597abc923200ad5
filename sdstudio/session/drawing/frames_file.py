"""Frames as bytes, and back: a ZIP archive of drawings."""

from __future__ import annotations

from collections.abc import Sequence
from zipfile import ZipFile

from sdstudio.session.drawing.archive import (
    MAX_BYTES,
    MAX_HEADER,
    UNREADABLE,
    read_entry,
    stored_archive,
    unreadable,
    written,
)
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.drawing_file import from_bytes, to_bytes
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames
from sdstudio.session.files.strict_json import parse_json

FORMAT = 1
MAX_FRAME_PIXELS = 256_000_000
"""Of all frames together: nine bytes each once they are open."""

_HEADER = "frames.json"


def frames_to_bytes(frames: Frames) -> bytes:
    """All frames, and which of them is the current one."""
    return frames_bytes([to_bytes(drawing) for drawing in frames], frames.index)


def frames_bytes(drawings: Sequence[bytes], index: int) -> bytes:
    """The same of drawings that are packed already, on any thread."""
    header = {"format": FORMAT, "count": len(drawings), "index": index}
    return written(_HEADER, header, ((_entry(n), data) for n, data in enumerate(drawings)))


def frames_from_bytes(data: bytes) -> Frames:
    """Read what :func:`frames_to_bytes` wrote.

    Raises:
        PictureError: ``drawing_unreadable``, with a ``reason``.
    """
    try:
        drawings, index = _read(data)
        frames = Frames(drawings)
    except UNREADABLE as error:
        raise unreadable(error) from error
    frames.select(index)
    return frames


def current_frame(data: bytes) -> tuple[Drawing, int]:
    """Of what :func:`frames_to_bytes` wrote, the current frame alone, and how many there are.

    Raises:
        PictureError: ``drawing_unreadable``, with a ``reason``.
    """
    try:
        with stored_archive(data) as archive:
            count, index = _described(archive)
            return from_bytes(read_entry(archive, _entry(index), MAX_BYTES)), count
    except UNREADABLE as error:
        raise unreadable(error) from error


def _described(archive: ZipFile) -> tuple[int, int]:
    """How many frames an archive holds, and which of them is the current one."""
    plain = parse_json(read_entry(archive, _HEADER, MAX_HEADER).decode("utf-8"))
    if set(plain) != {"format", "count", "index"} or plain["format"] != FORMAT:
        raise ValueError("its description is another")
    count, index = plain["count"], plain["index"]
    if type(count) is not int or type(index) is not int:
        raise ValueError("its description makes no sense")
    if not 1 <= count <= MAX_FRAMES or not 0 <= index < count:
        raise ValueError("its description makes no sense")
    if sorted(archive.namelist()) != sorted([_HEADER, *map(_entry, range(count))]):
        raise ValueError("it holds what no frames hold")
    return count, index


def _read(data: bytes) -> tuple[list[Drawing], int]:
    with stored_archive(data) as archive:
        count, index = _described(archive)
        drawings: list[Drawing] = []
        for number in range(count):
            drawings.append(from_bytes(read_entry(archive, _entry(number), MAX_BYTES)))
            width = max(drawing.width for drawing in drawings)
            height = max(drawing.height for drawing in drawings)
            if len(drawings) * width * height > MAX_FRAME_PIXELS:
                raise ValueError("it is larger than memory should hold")
        return drawings, index


def _entry(number: int) -> str:
    return f"{number:04}.drawing"
