"""What the canvas says of what it shows, in words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from sdstudio.session.events import View
from sdstudio.session.playhead import Playhead, Shown
from sdstudio.session.run_node import RunNode
from sdstudio.session.run_tree import RunTree
from sdstudio.ui import wording

Phrasing = tuple[str, ...]
"""One statement in several lengths, the longest and clearest first."""


@dataclass(frozen=True)
class Saying:
    """The words below the picture.

    Attributes:
        what: What the picture is.
        notes: What keeps a person from taking it for something else.
    """

    what: Phrasing = ("",)
    notes: tuple[Phrasing, ...] = ()


def duration(seconds: float) -> str:
    """A time span for people: "0.4 s", "12 s", "3 min 05 s"."""
    if seconds < 9.95:
        return _tr("{seconds:.1f} s").format(seconds=seconds)
    if seconds < 59.5:
        return _tr("{seconds:.0f} s").format(seconds=seconds)
    minutes, rest = divmod(round(seconds), 60)
    return _tr("{minutes} min {rest:02d} s").format(minutes=minutes, rest=rest)


def saying(shown: Shown, playhead: Playhead, tree: RunTree) -> Saying:
    """What is to be said of a picture of a run; nothing before its first step."""
    node, note = shown.node, shown.note
    if node is None or note is None:
        return Saying()
    notes = [_entry(node), _shared(node, tree)]
    if shown.is_result:
        what: Phrasing = (_tr("finished in {time}").format(time=duration(node.seconds)),)
    else:
        what = _what(shown, playhead)
        if playhead.view == "x0" and (not playhead.following or node.state == "stopped"):
            notes.insert(0, _on_the_way(note.index + 1, node.count))
    return Saying(what, tuple(phrasing for phrasing in notes if phrasing))


def _what(shown: Shown, playhead: Playhead) -> Phrasing:
    """What a picture of a step is and how it was made, or why it is not there."""
    assert shown.node is not None
    long, short, least = _names(playhead.view)
    begin = {"stopped": _tr("stopped"), "failed": _tr("broken off")}.get(shown.node.state, "")
    # A parked playhead is asked about its step, not about how the run ended.
    parts = [begin] if begin and playhead.following else []
    if shown.problems:
        return (_join(*parts, short, wording.word_all(shown.problems)),)
    if not shown.is_playhead and not (playhead.following and shown.node.running):
        return _join(*parts, long, _tr("decoding …")), _join(short, _tr("decoding …")), least
    if playhead.view.startswith("noise"):
        how = _tr("decoded as if it were a picture")
    else:
        how = _how(shown)
    return _join(*parts, long, how), _join(*parts, short, how), _join(*parts, short), least


def _names(view: View) -> tuple[str, str, str]:
    """What a view is called, in three lengths."""
    return {
        "x0": (_tr("estimate of the finished picture (x0)"), _tr("estimate (x0)"), "x0"),
        "latents": (
            _tr("noisy latents that go into this step (x_t)"),
            _tr("latents (x_t)"),
            "x_t",
        ),
        "next_latents": (
            _tr("latents that this step hands on (x_t−1)"),
            _tr("latents (x_t−1)"),
            "x_t−1",
        ),
        "noise": (_tr("predicted noise, guided"), _tr("noise, guided"), _tr("noise")),
        "noise_cond": (
            _tr("predicted noise with the text"),
            _tr("noise, with text"),
            _tr("noise"),
        ),
        "noise_uncond": (
            _tr("predicted noise without the text"),
            _tr("noise, no text"),
            _tr("noise"),
        ),
        "noise_difference": (
            _tr("what the text changes in the noise"),
            _tr("noise, text’s change"),
            _tr("noise"),
        ),
    }[view]


def _how(shown: Shown) -> str:
    if shown.kind == "vae":
        return _tr("decoded by the VAE")
    if shown.kind == "tiny":
        return _tr("decoded by a tiny VAE")
    return _tr("linear preview")


def _on_the_way(step: int, count: int) -> Phrasing:
    """That a step of a longer run is not a shorter run; nothing at its end."""
    if step >= count:
        return ()
    return tuple(
        text.format(step=step, count=count)
        for text in (
            _tr(
                "step {step} of {count} is an estimate on the way to {count} steps, "
                "not what a run of {step} gives"
            ),
            _tr("on the way to {count} steps, not what a run of {step} gives"),
            _tr("not what a run of {step} gives"),
            _tr("not a run of {step} steps"),
        )
    )


def _entry(node: RunNode) -> Phrasing:
    """Where a run that starts from a picture enters."""
    if node.request.image is None:
        return ()
    long = _tr("from a picture: {count} of {steps} steps, entering at noise level {level:.2f}")
    short = _tr("from a picture, at noise {level:.2f}")
    return tuple(
        text.format(count=node.count, steps=node.request.steps, level=node.entry_noise_level)
        for text in (long, short)
    )


def _shared(node: RunNode, tree: RunTree) -> Phrasing:
    """What a branch has in common with the run it grew from."""
    parent = tree.node(node.parent.run) if node.parent is not None else None
    if parent is None:
        return ()
    name = parent.name or parent.label
    if node.shared == 0:
        return (_tr("a branch of {parent} from its first step").format(parent=name),)
    if node.shared == 1:
        return (_tr("shares the first step with {parent}").format(parent=name),)
    long = _tr("shares the first {shared} steps with {parent}")
    short = _tr("shares {shared} steps")
    return tuple(text.format(shared=node.shared, parent=name) for text in (long, short))


def _join(*parts: str) -> str:
    return "  ·  ".join(part for part in parts if part)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
