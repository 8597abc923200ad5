"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from sdstudio.engine.problems import Problem, StudioError

_CODES = {
    errno.ENOSPC: "disk_full",
    getattr(errno, "EDQUOT", errno.ENOSPC): "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.ENOENT: "folder_missing",
    errno.ENOTDIR: "folder_missing",
}


class FileError(StudioError):
    """A file that could not be written or read; its problems carry ``name`` and ``folder``."""


def write_atomic(path: Path, write: Callable[[BinaryIO], object], *, durable: bool = False) -> None:
    """Let ``write`` fill a file beside ``path``, then put it in its place.

    Whatever goes wrong, ``path`` is as it was before and nothing half-written is left.

    Args:
        path: Where to.
        write: Given a new binary file that can be read, written and sought.
        durable: Force the bytes to the medium: without it a crash of the program cannot lose
            them, and a power cut may.

    Raises:
        FileError: ``disk_full``, ``read_only``, ``folder_missing`` or ``not_writable``.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        with temporary.open("x+b") as file:
            write(file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
        if durable:
            _sync_folder(path.parent)
    except (OSError, ValueError) as error:
        raise FileError(problem_of(error, path)) from error
    finally:
        _remove(temporary)


def problem_of(error: Exception, path: Path) -> Problem:
    """What an ``OSError`` on ``path`` means."""
    number = error.errno if isinstance(error, OSError) else None
    code = _CODES.get(number, "not_writable") if number is not None else "not_writable"
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Problem.of(code, "file", name=path.name, folder=str(path.parent), reason=reason)


def _sync_folder(folder: Path) -> None:
    # The new name is an entry of the folder. Windows cannot open one, and some network
    # folders will not be forced: the file is written all the same.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(path: Path) -> None:
    # Gone already when all went well; where even looking is refused, nothing was written.
    with suppress(OSError, ValueError):
        path.unlink(missing_ok=True)
