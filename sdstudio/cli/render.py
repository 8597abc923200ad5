"""`sdstudio render`: a prompt to picture files, without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from sdstudio.cli.failure import Parser, Refusal
from sdstudio.cli.model_options import add_model_options, load
from sdstudio.cli.request_options import add_request_options, request_fields
from sdstudio.cli.wording import sentence
from sdstudio.engine.request import MAX_SEED, Request
from sdstudio.session.files.run_file import SUFFIX

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from sdstudio.engine.model import Model
    from sdstudio.session.step_record import StepRecord


def main(argv: list[str]) -> int:
    """Render one or more pictures and write them as PNG with their requests inside."""
    arguments = _parser().parse_args(argv)
    fields = request_fields(arguments)
    # Mistakes that need no model are answered before one is loaded.
    first = Request(**fields)
    names = _file_names("-o", arguments.output, ".png", "pictures", arguments.count)
    runs: list[Path] | None = None
    if arguments.record is not None:
        runs = _file_names("--record", arguments.record, SUFFIX, "runs", arguments.count)
    if first.seed + arguments.count - 1 > MAX_SEED:
        raise Refusal(f"--count {arguments.count}: the seeds would pass {MAX_SEED}")

    with _bar("loading the model", None) as bar:
        model = load(arguments, progress=lambda stage, *_: bar.set_postfix_str(stage))
    recommended = {
        name: getattr(model.recommended, name)
        for name in ("steps", "guidance_scale", "scheduler")
        if name not in fields
    }
    first = replace(first, **recommended)
    model.check(first)
    for note in model.notes(first):
        tqdm.write(f"sdstudio: {sentence(note)}", file=sys.stderr)

    count = model.entry(first).count
    with _bar(first.prompt, count * arguments.count) as bar:
        for offset, path in enumerate(names):
            request = replace(first, seed=first.seed + offset)
            steps_folder = _steps_folder(arguments.steps_dir, path, arguments.count)
            record: list[StepRecord] | None = None if runs is None else []
            _save(path, _render(model, request, steps_folder, record, bar), request, model)
            if runs is not None and record is not None:
                _save_run(runs[offset], record, request, model)
    for path in [*names, *(runs or ())]:
        print(path)
    return 0


def _render(
    model: Model,
    request: Request,
    steps_folder: Path | None,
    record: list[StepRecord] | None,
    bar: tqdm,
) -> Image:
    """Run every step, with each x0 written to ``steps_folder`` if there is one."""
    from sdstudio.engine import denoise
    from sdstudio.session.step_record import StepRecord

    for step in denoise(model, request):
        if record is not None:
            record.append(StepRecord.of(step))
        if steps_folder is not None:
            digits = len(str(step.count))
            name = f"step-{step.index + 1:0{digits}}.png"
            _save(steps_folder / name, _picture(model, step.x0, request), step.request, model)
        bar.update()
    return _picture(model, step.next_latents, request)


def _picture(model: Model, latents: torch.Tensor, request: Request) -> Image:
    picture = model.decode(latents, request)
    assert not isinstance(picture, list)
    return picture


def _save(path: Path, picture: Image, request: Request, model: Model) -> None:
    import numpy as np

    from sdstudio.session.files.png import write_png

    write_png(path, np.asarray(picture), request, (), model.ref)


def _save_run(path: Path, record: list[StepRecord], request: Request, model: Model) -> None:
    from sdstudio.session.files.filed import encoded, filed_run, full_steps
    from sdstudio.session.files.frames import roughly_decoded
    from sdstudio.session.files.run_file import write_run

    steps = full_steps(request, record)
    pictures = encoded(roughly_decoded(model, steps, len(record), lambda _: None), len(record))
    run = filed_run(request, model.ref.to_dict(), record, finished=True, pictures=pictures)
    write_run(path, run, durable=True)


def _file_names(option: str, output: Path, suffix: str, what: str, count: int) -> list[Path]:
    """``frog.png``, or ``frog-1.png`` to ``frog-8.png`` for eight of them."""
    if output.suffix.lower() != suffix:
        raise Refusal(f"{option} {output}: {what} are written as {suffix}")
    if not output.parent.is_dir():
        raise Refusal(f"{option} {output}: there is no folder {output.parent}")
    if count == 1:
        return [output]
    digits = len(str(count))
    return [output.with_stem(f"{output.stem}-{number:0{digits}}") for number in range(1, count + 1)]


def _steps_folder(chosen: Path | None, path: Path, count: int) -> Path | None:
    """Where a picture's steps go: a folder for each where there are several pictures."""
    if chosen is None:
        return None
    folder = chosen if count == 1 else chosen / path.stem
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"--steps-dir {folder}: {error.strerror}") from error
    return folder


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[tqdm]:
    """A progress bar on stderr; silent where stderr is no terminal."""
    layout = None if total else "{desc} … {elapsed}{postfix}"
    with tqdm(
        total=total,
        desc=title[:40],
        unit="step",
        bar_format=layout,
        disable=None,
        leave=False,
    ) as bar:
        yield bar


def _parser() -> Parser:
    parser = Parser(
        prog="sdstudio render",
        description="Make pictures from a prompt, without a window.",
        allow_abbrev=False,
    )
    add_request_options(parser)
    group = parser.add_argument_group("what is written")
    group.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    group.add_argument(
        "--count",
        type=_positive,
        default=1,
        metavar="N",
        help="pictures of consecutive seeds, in numbered files (default: 1)",
    )
    group.add_argument(
        "--steps-dir",
        type=Path,
        metavar="DIR",
        help="also write the estimate of the clean picture (x0) at every step",
    )
    group.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="also write the run with all its steps, as *.sdrun, which the window opens",
    )
    add_model_options(parser)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
