"""A recorded run and its steps, in memory and as safetensors files."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Edit, Request

if TYPE_CHECKING:
    import torch

    from sdstudio.engine.step import Step

FORMAT = "1"
Outcome = Literal["going", "finished", "stopped"]


@dataclass(frozen=True, eq=False)
class StepRecord:
    """What a step cannot be recomputed without; tensors are float32 on the CPU.

    Attributes:
        index: 0-based number of the network call.
        timestep: What the network was told, 0 to 999.
        sigma: Ratio of noise to signal in ``latents``.
        noise_level: sigma / sqrt(1 + sigma^2), 0 to 1.
        latents: x_t, (B, C, h, w).
        predictions: The network's raw outputs by name: "cond", and "uncond" with guidance.
        next_latents: x_{t-1}; kept for the last step only, else it is the next ``latents``.
        edit: What was changed right before this step.
    """

    index: int
    timestep: float
    sigma: float
    noise_level: float
    latents: torch.Tensor
    predictions: Mapping[str, torch.Tensor]
    next_latents: torch.Tensor | None
    edit: Edit | None

    @classmethod
    def of(cls, step: Step) -> StepRecord:
        """Keep what a step of the sampling loop shows, without the storage around it."""
        return cls(
            index=step.index,
            timestep=step.timestep,
            sigma=step.sigma,
            noise_level=step.noise_level,
            latents=_own(step.latents),
            predictions={name: _own(value) for name, value in step.predictions.items()},
            next_latents=_own(step.next_latents) if step.index + 1 == step.count else None,
            edit=step.edit,
        )

    @property
    def tensors(self) -> dict[str, torch.Tensor]:
        """Its tensors by name."""
        named = {"latents": self.latents, **{f"p.{k}": v for k, v in self.predictions.items()}}
        if self.next_latents is not None:
            named["next_latents"] = self.next_latents
        return named

    @property
    def nbytes(self) -> int:
        """Bytes of its tensors."""
        return sum(tensor.nbytes for tensor in self.tensors.values())


@dataclass(eq=False)
class RunRecord:
    """One run: what was asked, and its steps in memory and in files, oldest in files.

    Attributes:
        number: The run's number in its sitting.
        request: As it stood when the run began.
        model: ``ModelRef.to_dict()`` of what made it.
        outcome: How it ended.
        steps: Steps that are in memory.
        files: Files of the steps before those, in order.
        pinned: Whether it is spared when the disk's share is full.
    """

    number: int
    request: Request
    model: Mapping[str, Any]
    outcome: Outcome = "going"
    steps: list[StepRecord] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    pinned: bool = False

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return sum(step.nbytes for step in self.steps)

    def all_steps(self) -> list[StepRecord]:
        """Every step, those in files read back.

        Raises:
            StudioError: ``record_missing`` or ``record_damaged``.
        """
        return [step for path in self.files for step in read_steps(path)[1]] + self.steps

    def spill(self, folder: Path) -> None:
        """Move the steps in memory to one more file.

        Raises:
            OSError: It cannot be written; the steps stay in memory.
        """
        if not self.steps:
            return
        path = folder / f"run-{self.number:06}.{len(self.files):03}.safetensors"
        _write_steps(path, self)
        self.files.append(path)
        self.steps.clear()


def read_run(files: Sequence[Path]) -> RunRecord:
    """A run out of its files, all its steps in memory; its number is the one it had.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    head: dict[str, Any] = {}
    steps: list[StepRecord] = []
    for path in files:
        head, more = read_steps(path)
        steps += more
    try:
        return RunRecord(
            number=int(head["number"]),
            request=Request.from_dict(head["request"]),
            model=head["model"],
            outcome=head["outcome"],
            steps=steps,
        )
    except (KeyError, TypeError, ValueError, StudioError) as error:
        raise _damaged(files[0] if files else Path(), error) from error


def read_steps(path: Path) -> tuple[dict[str, Any], list[StepRecord]]:
    """What a file says of its run, and its steps.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            head = json.loads(metadata["run"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return head, [_read_step(plain, tensors) for plain in json.loads(metadata["steps"])]
    except FileNotFoundError as error:
        raise StudioError(Problem.of("record_missing", "file", name=path.name)) from error
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, StudioError) as error:
        raise _damaged(path, error) from error


def _write_steps(path: Path, record: RunRecord) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    tensors = {
        f"{step.index}.{name}": tensor
        for step in record.steps
        for name, tensor in step.tensors.items()
    }
    head = {
        "number": record.number,
        "request": record.request.to_dict(),
        "model": dict(record.model),
        "outcome": record.outcome,
    }
    steps = [
        {
            "index": step.index,
            "timestep": step.timestep,
            "sigma": step.sigma,
            "noise_level": step.noise_level,
            "edit": None if step.edit is None else step.edit.to_dict(),
        }
        for step in record.steps
    ]
    metadata = {"format": FORMAT, "run": json.dumps(head), "steps": json.dumps(steps)}
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


def _read_step(plain: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> StepRecord:
    start = f"{plain['index']}."
    mine = {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
    return StepRecord(
        index=plain["index"],
        timestep=plain["timestep"],
        sigma=plain["sigma"],
        noise_level=plain["noise_level"],
        latents=mine["latents"],
        predictions={k[2:]: v for k, v in mine.items() if k.startswith("p.")},
        next_latents=mine.get("next_latents"),
        edit=None if plain["edit"] is None else Edit.from_dict(plain["edit"]),
    )


def _damaged(path: Path, error: Exception) -> StudioError:
    return StudioError(
        Problem.of("record_damaged", "file", name=path.name, reason=str(error)[:200])
    )


def _own(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor as float32 on the CPU; a view would keep all of its batch alive."""
    import torch

    own = tensor.detach().to("cpu", torch.float32).contiguous()
    return own.clone() if own.untyped_storage().nbytes() > own.nbytes else own
