"""What the canvas says of a run, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sdstudio.session.run_view import RunView


def duration(seconds: float) -> str:
    """A time span for people: "0.4 s", "12 s", "3 min 05 s"."""
    if seconds < 9.95:
        return _tr("{seconds:.1f} s").format(seconds=seconds)
    if seconds < 59.5:
        return _tr("{seconds:.0f} s").format(seconds=seconds)
    minutes, rest = divmod(round(seconds), 60)
    return _tr("{minutes} min {rest:02d} s").format(minutes=minutes, rest=rest)


def statement(run: RunView) -> str:
    """What the picture of a run that has taken a step is."""
    if run.state == "finished":
        return _tr("finished in {time}").format(time=duration(run.seconds))
    estimate = _tr("estimate of the finished picture (x0)")
    parts = [estimate, _how(run)]
    if run.state == "stopped":
        parts.insert(0, _tr("stopped"))
    elif run.state == "failed":
        parts.insert(0, _tr("broken off"))
    return "  ·  ".join(parts)


def _how(run: RunView) -> str:
    if run.kind == "vae":
        return _tr("decoded by the VAE")
    if run.kind == "tiny":
        return _tr("decoded by a tiny VAE")
    return _tr("linear preview")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
