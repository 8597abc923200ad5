"""Why a model did not load, as anybody can see who looks at its files.

What the libraries say of a file that they cannot read is about their own insides; a look at its
head tells what a person can do about it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sdstudio.engine.formats.heads import read_head
from sdstudio.engine.formats.recognition import WEIGHTS, recognise
from sdstudio.engine.problems import ModelError, Problem, StudioError
from sdstudio.session.additions import NONE, Additions

_SEEN = frozenset({"file_empty", "file_cut_short", "not_weights", "model_unreadable"})
"""What is wrong with a file whatever it was meant to be."""


VAGUE = frozenset(
    {
        "file_damaged",
        "model_damaged",
        "model_missing",
        "model_unsupported",
        "not_a_checkpoint",
        "part_missing",
        "weights_missing",
    }
)
"""What the readers say where a look at the files may tell more."""


def reasons_of(
    error: BaseException, source: str, additions: Additions = NONE
) -> tuple[Problem, ...]:
    """What a look at the files tells of a loading that failed; nothing where it tells no more.

    Args:
        error: What the loading raised.
        source: What was to be loaded.
        additions: What was to be laid over it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PermissionError):
            reason = cause.strerror or str(cause)
            name = _within(str(cause.filename or source), Path(source).parent)
            return (Problem.of("model_unreadable", name=name, reason=reason),)
        cause = cause.__cause__
    is_vague = isinstance(error, StudioError) and error.problems[0].code in VAGUE
    plain = None
    if is_vague or isinstance(error, OSError):
        plain = plain_reason(Path(source), additions)
    return (plain,) if plain is not None else ()


def _within(file: str, folder: Path) -> str:
    """What to call a file: from the model's own folder on, where it is in there."""
    path = Path(file)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file


def plain_reason(source: Path, additions: Additions = NONE) -> Problem | None:
    """What is plainly wrong with the files of a model that did not load; None for nothing.

    Args:
        source: The model's folder or file; a name on the hub is nothing that can be looked at.
        additions: What was to be laid over it.
    """
    try:
        if not source.exists():
            missing = Problem.of("model_missing", name=str(source))
            return missing if source.is_absolute() else None
        found = recognise(source)
    except ModelError as error:
        return error.problems[0]
    except OSError:
        return None
    if found.kind != "model":
        return Problem.of("not_the_model", name=found.path.name, reason=found.kind)
    if found.path != source:
        return Problem.of("model_inside", name=source.name, file=found.path.name)
    own = {file.relative_to(source).as_posix(): file for file in sorted(source.glob("*/*"))}
    over = {Path(each).name: Path(each) for each in (additions.vae, *additions.embeddings) if each}
    files = (own or {source.name: source}) | over
    return next(filter(None, (_seen(file, name) for name, file in files.items())), None)


def _seen(file: Path, name: str) -> Problem | None:
    if not file.is_file() or file.suffix.lower() not in WEIGHTS:
        return None
    try:
        read_head(file)
    except ModelError as error:
        problem = error.problems[0]
        if problem.code in _SEEN:
            return replace(problem, values=tuple({**problem.by_name, "name": name}.items()))
    return None
