"""The jobs that write and read runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.events import Event, PictureMade, Place, RunOpened, StepNote
from sdstudio.session.files.export_frames import export_frames
from sdstudio.session.files.export_run import export_run
from sdstudio.session.files.filed import (
    FiledSteps,
    edits_of,
    encoded,
    filed_run,
    full_steps,
    is_foreign,
    kept_pictures,
    previews_of,
    steps_of,
)
from sdstudio.session.files.frames import roughly_decoded
from sdstudio.session.files.run_file import FiledRun, read_run, write_run
from sdstudio.session.jobs import (
    ExportFrames,
    ExportRun,
    OpenRun,
    PinRun,
    ReopenPinned,
    SaveRun,
)
from sdstudio.session.run_record import RunRecord

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.session.pinned import PinnedRuns
    from sdstudio.session.run_store import RunStore
    from sdstudio.session.step_record import StepRecord

Say = Callable[[float], None]
FileJob = SaveRun | OpenRun | ExportRun | ExportFrames | PinRun | ReopenPinned


def do_job(
    job: FileJob,
    store: RunStore,
    pinned: PinnedRuns,
    model: Model | None,
    say: Say,
    new_number: Callable[[], int],
) -> tuple[list[Event], str, tuple[Problem, ...]]:
    """Do one job on the files of runs.

    Args:
        job: What to do.
        store: The runs of this sitting.
        pinned: Those that outlive it.
        model: The loaded one, if any: it decodes what is to be seen.
        say: Told the share done, 0 to 1.
        new_number: Gives a number for a run that comes out of a file.

    Returns:
        What there is to tell; the file that was written or read ("" for none); and, of many
        files, what is wrong with those that could not be read.

    Raises:
        StudioError: It could not be done, and nothing has changed.
    """
    match job:
        case SaveRun():
            run = _filed(job.run, job.name, store, pinned, model, say)
            write_run(job.path, run, durable=True)
            return [], str(job.path), ()
        case OpenRun():
            return _open(job.path, store, model, new_number), str(job.path), ()
        case ExportRun():
            export_run(job, store.record(job.run), all_steps(store, job.run), model, say)
            return [], str(job.path), ()
        case ExportFrames():
            export_frames(job, say)
            return [], str(job.path), ()
        case PinRun(pinned=True):
            path = pinned.pin(job.run, _filed(job.run, job.name, store, pinned, model, say))
            store.pin(job.run)
            return [], str(path), ()
        case PinRun():
            _unpin(job.run, store, pinned)
            return [], "", ()
        case ReopenPinned():
            events, problems = _reopen(store, pinned, model, say, new_number)
            return events, "", problems


def all_steps(store: RunStore, number: int) -> list[StepRecord]:
    """Every step of a run, the shared ones included, so that they are whole without the store.

    Raises:
        StudioError: ``record_missing`` or ``record_damaged``.
    """
    steps = store.steps(number)
    for index, following in enumerate(steps[1:]):
        injected = following.edit is not None and following.edit.fresh_noise
        if injected and steps[index].next_latents is None:
            # The branch begins here: what its parent made of this step is the parent's.
            made = store.step(number, index).next_latents
            steps[index] = replace(steps[index], next_latents=made)
    return steps


def _filed(
    number: int, name: str, store: RunStore, pinned: PinnedRuns, model: Model | None, say: Say
) -> FiledRun:
    record, steps = store.record(number), all_steps(store, number)
    pictures = previews_of(record)
    kept = pinned.path_of(number)
    if not pictures and kept is not None:
        pictures = read_run(kept, range(0)).previews
    if not pictures and model is not None and not is_foreign(record.model, model):
        made = roughly_decoded(model, full_steps(record.request, steps), len(steps), say)
        pictures = encoded(made, len(steps))
    return filed_run(
        record.request,
        record.model,
        steps,
        finished=record.outcome == "finished",
        name=name,
        shared=record.first,
        pictures=pictures,
    )


def _unpin(number: int, store: RunStore, pinned: PinnedRuns) -> None:
    is_kept = number in store.numbers
    record = store.record(number) if is_kept else None
    if record is not None and any(not file.is_own for file in record.stored):
        # Its steps are in the file that goes.
        steps = record.own(0, record.length)
        store.adopt(replace(record, steps=steps, stored=[], previews=previews_of(record)))
    pinned.unpin(number)
    if is_kept:
        store.pin(number, False)


def _opened(
    run: FiledRun, record: RunRecord, model: Model | None, path: Path, *, pinned: bool
) -> RunOpened:
    head = run.head
    return RunOpened(
        run=record.number,
        name=head.name,
        request=run.request,
        edits=edits_of(head.steps),
        steps=tuple(
            StepNote(index, step.timestep, step.level.noise, step.seconds, step.edit)
            for index, step in enumerate(head.steps)
        ),
        count=head.count,
        entry_noise_level=head.steps[0].level.noise,
        model=dict(head.model),
        foreign=is_foreign(head.model, model),
        finished=head.outcome == "finished",
        pinned=pinned,
        path=str(path),
    )


def _shown(record: RunRecord, indices: Iterable[int]) -> list[PictureMade]:
    """The kept pictures, which stand until there are better ones."""
    return [
        PictureMade(Place(record.number, index), picture, "linear")
        for index, picture in kept_pictures(record, indices).items()
    ]


def _open(
    path: Path, store: RunStore, model: Model | None, new_number: Callable[[], int]
) -> list[Event]:
    run = read_run(path)
    record = RunRecord(
        number=new_number(),
        request=run.request,
        model=run.head.model,
        outcome=run.head.outcome,
        steps=steps_of(run),
        previews=run.previews,
    )
    shown = _shown(record, run.previews)
    store.adopt(record)
    return [_opened(run, record, model, path, pinned=False), *shown]


def _reopen(
    store: RunStore,
    pinned: PinnedRuns,
    model: Model | None,
    say: Say,
    new_number: Callable[[], int],
) -> tuple[list[Event], tuple[Problem, ...]]:
    events: list[Event] = []
    problems: list[Problem] = []
    paths = pinned.found()
    for index, path in enumerate(paths):
        try:
            events += _reopen_one(path, store, pinned, model, new_number())
        except StudioError as error:
            # One damaged file does not keep the others away.
            problems += error.problems
        say((index + 1) / len(paths))
    return events, tuple(problems)


def _reopen_one(
    path: Path, store: RunStore, pinned: PinnedRuns, model: Model | None, number: int
) -> list[Event]:
    """Its steps stay in the file: a hundred pinned runs are no reason to start slowly."""
    run = read_run(path, range(0))
    head = run.head
    record = RunRecord(
        number=number,
        request=run.request,
        model=head.model,
        outcome=head.outcome,
        edits=list(edits_of(head.steps)),
        stored=[FiledSteps(path, 0, len(head.steps))],
        count=head.count,
        pinned=True,
    )
    shown = _shown(record, [len(head.steps) - 1])
    store.adopt(record)
    pinned.claim(number, path)
    return [_opened(run, record, model, path, pinned=True), *shown]
