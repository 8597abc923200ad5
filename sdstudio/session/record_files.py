"""Recorded steps as safetensors files: pieces of a run, read back whole or step by step."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Edit
from sdstudio.engine.x0 import Level
from sdstudio.session.step_record import StepRecord

if TYPE_CHECKING:
    import torch

FORMAT = "2"


@dataclass(frozen=True)
class StepFile:
    """A file with the steps ``first`` to ``until`` of a run, the latter not included.

    ``is_own`` is whether it belongs to the store, which removes it with its run.
    """

    path: Path
    first: int
    until: int
    is_own: bool = True

    @classmethod
    def write(cls, path: Path, head: Mapping[str, Any], steps: Sequence[StepRecord]) -> StepFile:
        """Write steps to a new file.

        Raises:
            OSError: It cannot be written; nothing is left of it.
        """
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        tensors = {
            f"{step.index}.{name}": tensor
            for step in steps
            for name, tensor in step.tensors.items()
        }
        plain = [_plain(step) for step in steps]
        metadata = {"format": FORMAT, "run": json.dumps(head), "steps": json.dumps(plain)}
        # Beside its place first: a reader never meets half a file, even after a kill.
        temporary = path.with_name(f"{uuid.uuid4().hex}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file(tensors, temporary, metadata)
            temporary.replace(path)
        except SafetensorError as error:
            raise OSError(str(error)) from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        return cls(path, steps[0].index, steps[-1].index + 1)

    def read(self, first: int, until: int) -> list[StepRecord]:
        """Those of its steps that are in a range, by index.

        Raises:
            StudioError: ``record_missing`` or ``record_damaged``.
        """
        return read_steps(self.path, lambda index: first <= index < until)


def read_head(path: Path) -> dict[str, Any]:
    """What a file says of the run it is a piece of.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    with _reading(path) as file:
        head: dict[str, Any] = json.loads(file.metadata()["run"])
        return head


def read_steps(path: Path, wanted: Callable[[int], bool] = lambda index: True) -> list[StepRecord]:
    """A file's steps, or those of them whose index is wanted.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    with _reading(path) as file:
        names = list(file.keys())
        return [
            _step(plain, _tensors(file, names, plain["index"]))
            for plain in json.loads(file.metadata()["steps"])
            if wanted(plain["index"])
        ]


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """A safetensors file while it is read; what goes wrong is told as a problem."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except FileNotFoundError as error:
        raise StudioError(Problem.of("record_missing", "file", name=path.name)) from error
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, StudioError) as error:
        reason = str(error)[:200]
        raise StudioError(
            Problem.of("record_damaged", "file", name=path.name, reason=reason)
        ) from error


def _tensors(file: Any, names: Sequence[str], index: int) -> dict[str, torch.Tensor]:
    start = f"{index}."
    return {
        name.removeprefix(start): file.get_tensor(name) for name in names if name.startswith(start)
    }


def _plain(step: StepRecord) -> dict[str, Any]:
    return {
        "index": step.index,
        "count": step.count,
        "timestep": step.timestep,
        "level": asdict(step.level),
        "prediction_type": step.prediction_type,
        "seconds": step.seconds,
        "network_seconds": step.network_seconds,
        "edit": None if step.edit is None else step.edit.to_dict(),
    }


def _step(plain: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> StepRecord:
    return StepRecord(
        index=plain["index"],
        count=plain["count"],
        timestep=plain["timestep"],
        level=Level(**plain["level"]),
        prediction_type=plain["prediction_type"],
        seconds=plain["seconds"],
        edit=None if plain["edit"] is None else Edit.from_dict(plain["edit"]),
        latents=tensors["latents"],
        predictions={k[2:]: v for k, v in tensors.items() if k.startswith("p.")},
        network_input=tensors.get("network_input"),
        next_latents=tensors.get("next_latents"),
        network_seconds=plain.get("network_seconds"),
    )
