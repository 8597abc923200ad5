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

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from sdstudio.engine.model import Model


def main(argv: list[str]) -> int:
    """Render one or more pictures and write them as PNG with their requests inside."""
    arguments = _parser().parse_args(argv)
    fields = request_fields(arguments)
    # Mistakes that need no model are answered before one is loaded.
    first = Request(**fields)
    names = _file_names(arguments.output, arguments.count)
    if first.seed + arguments.count - 1 > MAX_SEED:
        raise Refusal(f"--count {arguments.count}: the seeds would pass {MAX_SEED}")

    with _bar("loading the model", None) as bar:
        model = load(arguments, progress=lambda stage, fraction: bar.set_postfix_str(stage))
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
            _save(path, _render(model, request, steps_folder, bar), request, model)
    for path in names:
        print(path)
    return 0


def _render(model: Model, request: Request, steps_folder: Path | None, bar: tqdm) -> Image:
    """Run every step, with each x0 written to ``steps_folder`` if there is one."""
    from sdstudio.engine import denoise

    for step in denoise(model, request):
        if steps_folder is not None:
            digits = len(str(step.count))
            name = f"step-{step.index + 1:0{digits}}.png"
            _save(steps_folder / name, _picture(model, step.x0), step.request, model)
        bar.update()
    return _picture(model, step.next_latents)


def _picture(model: Model, latents: torch.Tensor) -> Image:
    picture = model.decode(latents)
    assert not isinstance(picture, list)
    return picture


def _save(path: Path, picture: Image, request: Request, model: Model) -> None:
    import numpy as np

    from sdstudio.session.files.png import write_png

    write_png(path, np.asarray(picture), request, (), model.ref)


def _file_names(output: Path, count: int) -> list[Path]:
    """``frog.png``, or ``frog-1.png`` to ``frog-8.png`` for eight of them."""
    if output.suffix.lower() != ".png":
        raise Refusal(f"-o {output}: pictures are written as .png")
    if not output.parent.is_dir():
        raise Refusal(f"-o {output}: there is no folder {output.parent}")
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
    add_model_options(parser)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
