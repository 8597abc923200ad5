"""A recorded run written for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.engine.request import Edit
from sdstudio.session.files.atomic import write_atomic
from sdstudio.session.files.exports.animation import PER_SECOND, write_animation
from sdstudio.session.files.exports.film import RATE, write_film
from sdstudio.session.files.exports.strip import draw_strip
from sdstudio.session.files.exports.tensors import write_npz
from sdstudio.session.files.exports.timing import chosen_steps
from sdstudio.session.files.filed import edits_of, full_steps, is_foreign, kept_pictures
from sdstudio.session.files.frames import decoded
from sdstudio.session.files.png import write_png
from sdstudio.session.jobs import ExportRun

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step
    from sdstudio.session.run_record import RunRecord
    from sdstudio.session.step_record import StepRecord


def export_run(
    job: ExportRun,
    record: RunRecord,
    records: Sequence[StepRecord],
    model: Model | None,
    say: Callable[[float], None],
) -> None:
    """Write what a job asks for, whole or not at all.

    Args:
        job: What and where to.
        record: The run.
        records: All its steps.
        model: What decodes them; only tensors need none.
        say: Told the share done.

    Raises:
        StudioError: ``no_model``, ``model_differs``, ``view_missing``, or what keeps the file
            from being written.
    """
    edits = edits_of(records)
    if job.format == "npz":
        whole = list(full_steps(record.request, records))
        write_atomic(
            job.path,
            lambda file: write_npz(file, whole, record.request, edits, record.model, say),
        )
        return
    chosen = list(range(len(records)))
    if job.format in ("gif", "webp"):
        chosen = chosen_steps(len(records), job.seconds, PER_SECOND)
    elif job.format == "mp4":
        chosen = chosen_steps(len(records), job.seconds, RATE)
    steps = full_steps(record.request, records)
    _write(job, _pictures(job, record, steps, chosen, model, say), len(chosen), record, edits)


def _pictures(
    job: ExportRun,
    record: RunRecord,
    steps: Iterator[Step],
    chosen: Sequence[int],
    model: Model | None,
    say: Callable[[float], None],
) -> Iterator[np.ndarray]:
    if model is not None and not is_foreign(record.model, model):
        shown = set(chosen)
        return decoded(model, (s for s in steps if s.index in shown), job.view, len(chosen), say)
    # Another model's decoder would show something else than there was.
    kept = kept_pictures(record, chosen) if job.view == "x0" else {}
    if len(kept) == len(chosen):
        return iter(kept.values())
    if model is None:
        raise StudioError(Problem.of("no_model"))
    name = str(record.model.get("name", ""))
    raise StudioError(Problem.of("model_differs", name=name, present=model.name))


def _write(
    job: ExportRun,
    pictures: Iterator[np.ndarray],
    count: int,
    record: RunRecord,
    edits: tuple[Edit, ...],
) -> None:
    match job.format:
        case "strip":
            strip = draw_strip(pictures, count)
            # It says how it was made, as every picture of ours does.
            write_png(job.path, strip, record.request, edits, record.model)
        case "gif" | "webp" as kind:
            write_atomic(
                job.path, lambda file: write_animation(file, kind, pictures, count, job.seconds)
            )
        case "mp4":
            write_atomic(job.path, lambda file: write_film(file, pictures, count, job.seconds))
