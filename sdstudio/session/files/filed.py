"""Between recorded steps and what a run file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.files import previews
from sdstudio.session.files.run_file import FiledRun, RunFileError, read_run
from sdstudio.session.files.run_head import RunHead, StepHead
from sdstudio.session.record_files import StepFile
from sdstudio.session.run_record import RunRecord
from sdstudio.session.step_record import StepRecord

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step


def filed_run(
    request: Request,
    model: Mapping[str, Any],
    steps: Sequence[StepRecord],
    *,
    finished: bool,
    name: str = "",
    shared: int = 0,
    pictures: Mapping[int, bytes] | None = None,
) -> FiledRun:
    """What is to be written of a run.

    Args:
        request: As it stood when the run began.
        model: ``ModelRef.to_dict()`` of what made it.
        steps: All its steps, those it shares with its parent included.
        finished: Whether it came to its end.
        name: What the person calls it, "" for nothing.
        shared: How many of the steps are its parent's.
        pictures: Encoded small pictures of x0 by step.
    """
    head = RunHead(
        name=name,
        request=request,
        model=_with_threads(model),
        count=steps[0].count,
        outcome="finished" if finished else "stopped",
        prediction_type=steps[0].prediction_type,
        shared=min(shared, len(steps)),
        steps=tuple(
            StepHead(s.timestep, s.level, s.seconds, s.edit, s.network_seconds) for s in steps
        ),
    )
    tensors: list[Mapping[str, np.ndarray]] = [
        {name: tensor.numpy() for name, tensor in step.tensors.items()} for step in steps
    ]
    return FiledRun(head, request, tuple(tensors), pictures or {})


def steps_of(run: FiledRun) -> list[StepRecord]:
    """Those steps of a run whose tensors were read."""
    import torch

    records = []
    for index, (said, arrays) in enumerate(zip(run.head.steps, run.steps, strict=True)):
        if not arrays:
            continue
        tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
        records.append(
            StepRecord(
                index=index,
                count=run.head.count,
                timestep=said.timestep,
                level=said.level,
                prediction_type=run.head.prediction_type,
                seconds=said.seconds,
                edit=said.edit,
                latents=tensors["latents"],
                predictions={k[2:]: v for k, v in tensors.items() if k.startswith("p.")},
                network_input=tensors.get("network_input"),
                next_latents=tensors.get("next_latents"),
                network_seconds=said.network_seconds,
            )
        )
    return records


@dataclass(frozen=True)
class FiledSteps(StepFile):
    """The steps of a run that stay in a run file until they are looked at."""

    is_own: bool = False

    def read(self, first: int, until: int) -> list[StepRecord]:
        """Those of its steps that are in a range, by index.

        Raises:
            RunFileError: See :func:`~sdstudio.session.files.run_file.read_run`.
        """
        return steps_of(read_run(self.path, range(first, until)))


def kept_pictures(record: RunRecord, indices: Iterable[int]) -> dict[int, np.ndarray]:
    """The pictures of x0 that a run's file brought, (height, width, 3) uint8, by step.

    Args:
        record: The run.
        indices: Steps; those that have no picture are left out.

    Raises:
        RunFileError: The file cannot be read, or a picture in it.
    """
    there = previews_of(record)
    try:
        return previews.decode_all({index: there[index] for index in indices if index in there})
    except ValueError as error:
        raise RunFileError(Problem.of("run_damaged", "file", reason=str(error))) from error


def previews_of(record: RunRecord) -> Mapping[int, bytes]:
    """The encoded pictures of x0 that a run's file brought, by step.

    Raises:
        RunFileError: The file cannot be read.
    """
    for file in record.stored:
        if isinstance(file, FiledSteps):
            return read_run(file.path, range(0)).previews
    return record.previews


def full_steps(request: Request, records: Sequence[StepRecord]) -> Iterator[Step]:
    """The steps as the sampling loop yielded them, to the bit, one after the other.

    Args:
        request: As it stood when the run began.
        records: All of the run's.
    """
    for record, following in zip(records, [*records[1:], None], strict=True):
        if record.edit is not None:
            request = request.with_edit(record.edit)
        yield record.step(request, None if following is None else following.latents)


def edits_of(steps: Sequence[StepRecord] | Sequence[StepHead]) -> tuple[Edit, ...]:
    """What was changed on the way, each with its step."""
    return tuple(step.edit for step in steps if step.edit is not None)


def encoded(pictures: Iterable[np.ndarray], count: int) -> dict[int, bytes]:
    """Pictures of all ``count`` steps, made small enough for a run file."""
    return {index: previews.encode(each, count) for index, each in enumerate(pictures)}


def is_foreign(reference: Mapping[str, Any], model: Model | None) -> bool:
    """Whether another model than the loaded one made a run, by the digests of their weights."""
    return model is not None and str(reference.get("hash", "")) != model.ref.hash


def _with_threads(model: Mapping[str, Any]) -> dict[str, Any]:
    """The model's reference with the number of threads, which decides the last bits as well."""
    import torch

    return {"threads": torch.get_num_threads(), **model}
