"""Jobs on recorded runs that the window asks of the sampler, done one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sdstudio.session.events import View

if TYPE_CHECKING:
    import numpy as np

ExportFormat = Literal["strip", "gif", "webp", "mp4", "npz"]
FilmFormat = Literal["gif", "webp", "mp4"]


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


@dataclass(frozen=True, eq=False)
class ExportFrames:
    """Write the frames of an animation, which plays over and over where the format can say so.

    Attributes:
        frames: (height, width, 3) uint8 each, all of one size; at least one.
        path: Where to.
        format: "webp" keeps every pixel, "gif" has 256 colours a frame, "mp4" loses a little.
        per_second: Frames a second, 1 to 60.
    """

    frames: tuple[np.ndarray, ...]
    path: Path
    format: FilmFormat
    per_second: int = 12


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


@dataclass(frozen=True)
class SpareMemory:
    """Take the model down to its next setting that spares memory.

    Its remarks say which, in a ModelReady; without another it is JobFailed.
    """


Job = (
    SaveRun
    | OpenRun
    | ExportRun
    | ExportFrames
    | PinRun
    | ForgetRun
    | CompareRuns
    | ReopenPinned
    | SpareMemory
)
