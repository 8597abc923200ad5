"""Jobs on recorded runs that the window asks of the sampler, done one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sdstudio.session.events import View

ExportFormat = Literal["strip", "gif", "webp", "mp4", "npz"]


@dataclass(frozen=True)
class SaveRun:
    """Write a run as one file that can be opened again."""

    run: int
    path: Path
    name: str = ""


@dataclass(frozen=True)
class OpenRun:
    """Read a run file; the answer is RunOpened and JobDone, or JobFailed."""

    path: Path


@dataclass(frozen=True)
class ExportRun:
    """Write a run for other programs.

    Attributes:
        run: The run's number.
        path: Where to.
        format: "strip" is one PNG of all steps side by side, "gif", "webp" and "mp4" are
            animations, "npz" holds the tensors.
        view: Which picture of each step.
        seconds: Length of an animation, its last frame held a second longer.
    """

    run: int
    path: Path
    format: ExportFormat
    view: View = "x0"
    seconds: float = 4.0


@dataclass(frozen=True)
class PinRun:
    """Keep a run for the sittings to come, on disk at once; or no longer."""

    run: int
    pinned: bool
    name: str = ""


@dataclass(frozen=True)
class ForgetRun:
    """Drop a run for good; runs that branched from it keep the steps they share."""

    run: int


@dataclass(frozen=True)
class CompareRuns:
    """Measure how far two runs are apart; the answer is Compared."""

    first: int
    second: int


@dataclass(frozen=True)
class ReopenPinned:
    """Read the runs that earlier sittings pinned; each is answered with RunOpened."""


Job = SaveRun | OpenRun | ExportRun | PinRun | ForgetRun | CompareRuns | ReopenPinned
