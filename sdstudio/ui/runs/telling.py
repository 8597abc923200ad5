"""What tells one run from another, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Request
from sdstudio.session.run_differences import Course
from sdstudio.session.run_node import Change, RunNode
from sdstudio.session.word_batch import is_word_batch, lacking
from sdstudio.ui import wording

_LONGEST = 60
_BETWEEN = " · "
_TEXTS = ("prompt", "prompt_b", "negative_prompt")
_SHARES = ("mix", "fresh_noise")


def title(node: RunNode) -> str:
    """What to call a run: the person's name for it beside its label."""
    return f"{node.label}  {node.name}" if node.name else node.label


def short_title(node: RunNode) -> str:
    """The same where there is room for one word or two."""
    return node.name or node.label


def origin(node: RunNode, family: Sequence[RunNode] = ()) -> str:
    """What a run is: of a branch what differs from its parent, else its prompt and figures.

    What is not a branch has two lines: the prompt, and what was changed on the way or figures.

    Args:
        node: The run.
        family: The runs of its batch, itself included.
    """
    changes = node.own_changes
    if node.parent is None:
        request = node.request
        parts = [] if node.family is None else [stop(node, family)]
        parts += [_later(found) for found in changes] or [_steps(request), _seed(request)]
        return f"{prompt(request)}\n{_BETWEEN.join(parts)}"
    first = [change(found) for found in changes if found.step == node.shared]
    later = [_later(found) for found in changes if found.step > node.shared]
    if not first:
        return _BETWEEN.join(
            [_tr("nothing changed from step {step}").format(step=node.shared + 1), *later]
        )
    first[-1] = _tr("{what} from step {step}").format(what=first[-1], step=node.shared + 1)
    return _BETWEEN.join([*first, *later])


def stop(node: RunNode, family: Sequence[RunNode]) -> str:
    """What sets a run of a batch apart from the others: its mix, or the word it lacks."""
    if not is_word_batch(family):
        return _tr("mix {percent}").format(percent=value("mix", node.request.mix))
    word = lacking(node, family[0])
    return _tr("all words") if word is None else _tr("without “{word}”").format(word=word.text)


def prompt(request: Request) -> str:
    """The prompt, or both."""
    if request.mix <= 0 or not request.prompt_b:
        return _one_line(request.prompt) or _tr("no prompt")
    if request.mix >= 1:
        return _one_line(request.prompt_b)
    return _tr("{first} → {second} {percent}").format(
        first=_one_line(request.prompt) or _tr("no prompt"),
        second=_one_line(request.prompt_b),
        percent=value("mix", request.mix),
    )


def figures(request: Request) -> str:
    """The numbers that a run began with."""
    guidance = _tr("guidance {guidance}").format(guidance=f"{request.guidance_scale:g}")
    return _BETWEEN.join([_steps(request), _seed(request), guidance, request.scheduler])


def state(node: RunNode) -> str:
    """How a run stands; "" for one that finished."""
    if node.running:
        return _tr("step {step} of {count}").format(step=len(node.steps), count=node.count)
    if node.state == "stopped":
        return _tr("stopped at {step}").format(step=len(node.steps))
    return ""


def step(index: int, count: int) -> str:
    """Which step, as people count."""
    return _tr("step {step} of {count}").format(step=index + 1, count=count)


def noise(level: float) -> str:
    """A noise level."""
    return _tr("noise {level}").format(level=f"{level:.2f}")


def finished() -> str:
    """What a result is."""
    return _tr("finished")


def change(made: Change) -> str:
    """What was changed, as "guidance scale 3 → 7"."""
    if made.field == "fresh_noise":
        return _tr("{percent} fresh noise").format(percent=value("fresh_noise", made.after))
    return _tr("{field} {before} → {after}").format(
        field=_short_label(made.field),
        before=value(made.field, made.before),
        after=value(made.field, made.after),
    )


def _later(made: Change) -> str:
    return _tr("{what} at step {step}").format(what=change(made), step=made.step + 1)


def _steps(request: Request) -> str:
    return _tr("{steps} steps").format(steps=request.steps)


def _seed(request: Request) -> str:
    return _tr("seed {seed}").format(seed=request.seed)


def _short_label(field: str) -> str:
    known = {"guidance_scale": _tr("guidance"), "negative_prompt": _tr("negative")}
    return known.get(field) or label(field).lower()


def label(field: str) -> str:
    """What the window calls something that runs can differ in."""
    known = {
        "fresh_noise": _tr("Fresh noise"),
        "noise_seed": _tr("Seed of fresh noise"),
        "model": _tr("Model"),
    }
    return known.get(field) or wording.label(field)


def value(field: str, plain: Any) -> str:
    """A value for people, whatever it is; "–" for none."""
    if isinstance(plain, Course):
        return _course(field, plain)
    if plain is None or plain in ("", ()):
        return "–"
    if isinstance(plain, Picture):
        return _tr("{width} × {height} pixels").format(width=plain.size[0], height=plain.size[1])
    if field in _SHARES:
        return f"{100 * plain:.0f} %"
    if isinstance(plain, float):
        return f"{plain:g}"
    if field in _TEXTS:
        return f"“{_short(str(plain))}”"
    if isinstance(plain, tuple):
        return ", ".join(f"{_short(str(name))} {weight:g}" for name, weight in plain)
    return _short(str(plain))


def _course(field: str, course: Course) -> str:
    """Values with the steps they begin at: "3, from step 13 on 7"."""
    parts = []
    for step, plain in course.values:
        said = value(field, plain)
        if field in ("fresh_noise", "noise_seed"):
            said = _tr("{value} at step {step}").format(value=said, step=step + 1)
        elif step > 0:
            said = _tr("from step {step} on {value}").format(value=said, step=step + 1)
        parts.append(said)
    return ", ".join(parts) or "–"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    text = _one_line(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)
