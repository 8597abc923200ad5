"""A run as one file, ``*.sdrun``: written whole or not at all, read without being trusted.

The file is a safetensors container with the metadata ``sdstudio.run`` (the format's number)
and ``run`` (JSON, see :class:`~sdstudio.session.files.run_head.RunHead`), and these tensors:

- ``<step>.latents``, ``<step>.p.cond``, ``<step>.p.uncond``, … of each step, float32
- ``preview.<step>``, ``picture.image``, ``picture.mask``: encoded pictures, uint8

Nothing in it is ever taken for a path, a name of code or a command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Request
from sdstudio.session.files.atomic import FileError, write_atomic
from sdstudio.session.files.run_head import RunHead
from sdstudio.session.files.tensor_file import (
    Entry,
    Header,
    Unreadable,
    read_header,
    read_tensors,
    write_tensors,
)

if TYPE_CHECKING:
    import numpy as np

SUFFIX = ".sdrun"
FORMAT = 1
MARK = "sdstudio.run"
"""Key among the metadata by which a run file is known; its value is the format's number."""

STEP_TENSORS = ("latents", "p.cond", "p.uncond", "next_latents", "network_input")
"""What a step may hold; the first two are always there."""

MAX_CHANNELS = 64
_PICTURES = ("image", "mask")
_STEP_NAME = re.compile(r"(0|[1-9][0-9]{0,4})\.([a-z_.]{1,20})")
_PREVIEW_NAME = re.compile(r"preview\.(0|[1-9][0-9]{0,4})")


class RunFileError(StudioError):
    """A run file that cannot be opened; the problem says why and names the file."""


@dataclass(frozen=True, eq=False)
class FiledRun:
    """What is in a run file.

    Attributes:
        head: What it says of the run.
        request: The head's request with its pictures.
        steps: Tensors of each step by name, (1, C, h, w) float32; empty where they were not
            read.
        previews: Encoded small pictures of x0 by step.
    """

    head: RunHead
    request: Request
    steps: tuple[Mapping[str, np.ndarray], ...]
    previews: Mapping[int, bytes]


def write_run(path: Path, run: FiledRun, *, durable: bool = False) -> None:
    """Write a run file whole or not at all.

    Args:
        path: Where to; what was there before is replaced.
        run: What to write, with all its steps.
        durable: Force the bytes to the medium.

    Raises:
        FileError: ``disk_full``, ``read_only``, ``folder_missing`` or ``not_writable``.
        RunFileError: ``run_too_large``: it could not be opened again.
    """
    import numpy as np

    tensors: dict[str, np.ndarray] = {}
    for index, data in sorted(run.previews.items()):
        tensors[f"preview.{index}"] = np.frombuffer(data, np.uint8)
    for name in _PICTURES:
        picture: Picture | None = getattr(run.request, name)
        if picture is not None:
            tensors[f"picture.{name}"] = np.frombuffer(picture.png, np.uint8)
    for index, step in enumerate(run.steps):
        tensors |= {f"{index}.{name}": array for name, array in step.items()}
    head = replace(run.head, request=run.request)
    metadata = {MARK: str(FORMAT), "run": head.to_json()}
    try:
        write_atomic(path, lambda file: write_tensors(file, metadata, tensors), durable=durable)
    except FileError as error:
        if isinstance(error.__cause__, Unreadable):
            raise _error(error.__cause__, path) from error
        raise


def read_run(path: Path, steps: range | None = None) -> FiledRun:
    """Read a run file; whatever it holds, the answer is a run or a problem.

    Args:
        path: The file.
        steps: Read the tensors of these alone, the others' stay empty; None reads all of
            them, and checks the digest over all bytes.

    Raises:
        RunFileError: ``file_missing``, ``file_unreadable``, ``run_foreign`` (it is something
            else), ``run_damaged``, ``run_too_new`` or ``run_too_large``.
    """
    try:
        # Opening a pipe would wait for its other end.
        if path.exists() and not path.is_file():
            raise Unreadable("foreign", "it is no ordinary file")
        with path.open("rb") as file:
            return _read(file, steps)
    except Unreadable as error:
        raise _error(error, path) from error
    except FileNotFoundError as error:
        raise RunFileError(Problem.of("file_missing", "file", name=path.name)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunFileError(
            Problem.of("file_unreadable", "file", name=path.name, reason=reason)
        ) from error
    except (ValueError, StudioError) as error:
        raise _error(Unreadable("damaged", str(error)), path) from error


def _read(file: BinaryIO, wanted: range | None) -> FiledRun:
    header = read_header(file, MARK)
    written = header.metadata[MARK]
    if not re.fullmatch("[0-9]{1,6}", written):
        raise Unreadable("damaged", "its format has no number")
    if int(written) > FORMAT:
        raise Unreadable("too_new", written)
    head = RunHead.from_json(header.metadata.get("run", ""))
    _check_tensors(header, head)
    names = None if wanted is None else [name for name in header.tensors if _is_in(name, wanted)]
    arrays = read_tensors(file, header, names)
    image, mask = (
        Picture.of(arrays[f"picture.{name}"].tobytes()) if f"picture.{name}" in arrays else None
        for name in _PICTURES
    )
    steps: list[dict[str, np.ndarray]] = [{} for _ in head.steps]
    previews: dict[int, bytes] = {}
    for name, array in arrays.items():
        if found := _PREVIEW_NAME.fullmatch(name):
            previews[int(found[1])] = array.tobytes()
        elif found := _STEP_NAME.fullmatch(name):
            steps[int(found[1])][found[2]] = array
    return FiledRun(head, replace(head.request, image=image, mask=mask), tuple(steps), previews)


def _is_in(name: str, wanted: range) -> bool:
    """Whether a tensor is none of a step's, or one of a step that is wanted."""
    found = _STEP_NAME.fullmatch(name)
    return found is None or int(found[1]) in wanted


def _check_tensors(header: Header, head: RunHead) -> None:
    """Every tensor is known, and those of the steps fit each other and the request."""
    count = len(head.steps)
    found: list[set[str]] = [set() for _ in head.steps]
    shape: tuple[int, ...] | None = None
    for name, entry in header.tensors.items():
        if step := _STEP_NAME.fullmatch(name):
            if int(step[1]) >= count or step[2] not in STEP_TENSORS:
                raise ValueError(f"the tensor {name[:40]} has no place")
            shape = shape or entry.shape
            if entry.dtype != "F32" or entry.shape != shape:
                raise ValueError(f"the tensor {name[:40]} has another shape than the first")
            found[int(step[1])].add(step[2])
        elif not _is_encoded(name, entry, count):
            raise ValueError(f"the tensor {name[:40]} has no place")
    if any(not {"latents", "p.cond"} <= names for names in found):
        raise ValueError("a step lacks its tensors")
    if "next_latents" not in found[-1]:
        raise ValueError("the last step lacks its result")
    assert shape is not None
    _check_shape(shape, head.request)


def _is_encoded(name: str, entry: Entry, count: int) -> bool:
    if entry.dtype != "U8" or len(entry.shape) != 1:
        return False
    if preview := _PREVIEW_NAME.fullmatch(name):
        return int(preview[1]) < count
    return name in [f"picture.{each}" for each in _PICTURES]


def _check_shape(shape: tuple[int, ...], request: Request) -> None:
    """(1, C, h, w), and the request's size is the same multiple of h and w."""
    if len(shape) != 4 or shape[0] != 1 or not 1 <= shape[1] <= MAX_CHANNELS or 0 in shape:
        raise ValueError(f"latents of shape {shape}")
    high, wide = shape[2:]
    scales = {
        side / cells
        for side, cells in ((request.height, high), (request.width, wide))
        if side is not None
    }
    if len(scales) > 1 or any(scale < 1 or scale != int(scale) for scale in scales):
        raise ValueError(f"latents of {wide} x {high} for {request.width} x {request.height}")


def _error(error: Unreadable, path: Path) -> RunFileError:
    reason = str(error)[:200]
    match error.kind:
        case "foreign":
            problem = Problem.of("run_foreign", "file", name=path.name)
        case "too_large":
            problem = Problem.of("run_too_large", "file", name=path.name)
        case "too_new":
            problem = Problem.of("run_too_new", "file", name=path.name, format=reason, most=FORMAT)
        case _:
            problem = Problem.of("run_damaged", "file", name=path.name, reason=reason)
    return RunFileError(problem)
