"""What the sampler tells the window: plain values and numpy pictures, never tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request

if TYPE_CHECKING:
    import numpy as np

PreviewKind = Literal["vae", "tiny", "linear"]


@dataclass(frozen=True)
class ModelFacts:
    """What the window shows of a loaded model, and needs for its controls.

    Attributes:
        source: What was asked for: "builtin", a folder, a file or a hub name.
        name: What to call it.
        family: "SD 1", "SD 2", …
        hash: First ten hexadecimal digits of the weights' digest.
        device: "cpu", "cuda:0", …
        dtype: "float32", "bfloat16", …
        engine: What runs the network: "torch" or "openvino".
        parameters: Number of parameters of the denoising network.
        native_size: Width and height in pixels that it was trained on.
        size_range: Least and most pixels a side may have.
        size_multiple: Sides are multiples of this many pixels.
        max_tokens: Tokens a prompt may have, start and end included.
        steps: Recommended number of steps.
        guidance_scale: Recommended guidance scale.
        scheduler: Recommended scheduler.
        words: The words it was trained on, or None where that is not known.
        examples: Prompts worth trying.
    """

    source: str
    name: str
    family: str
    hash: str
    device: str
    dtype: str
    engine: str
    parameters: int
    native_size: tuple[int, int]
    size_range: tuple[int, int]
    size_multiple: int
    max_tokens: int
    steps: int
    guidance_scale: float
    scheduler: str
    words: frozenset[str] | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class ModelLoading:
    """A model is being loaded; ``stage`` is "imports", "weights", "check" or "optimising"."""

    source: str
    stage: str
    fraction: float | None = None


@dataclass(frozen=True)
class ModelReady:
    """The model can be used; comes again when a faster engine has swapped in."""

    facts: ModelFacts


@dataclass(frozen=True)
class ModelFailed:
    """A model could not be loaded; the one before it, if any, still works."""

    source: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class RunStarted:
    """A run begins: ``count`` network calls, of which ``first_step`` is the timetable's index.

    ``notes`` are worth saying but no errors: ``prompt_truncated``, ``unknown_words``, …
    """

    run: int
    request: Request
    count: int
    entry_noise_level: float
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, eq=False)
class StepTaken:
    """One network call is done.

    Attributes:
        run: The run's number.
        index: 0-based step.
        count: Steps of this run.
        timestep: The training timestep the network was told, 0 to 999.
        noise_level: sigma / sqrt(1 + sigma^2) of x_t, 0 to 1.
        picture: The x0 estimate as (height, width, 3) uint8, or None where none was made.
        kind: How ``picture`` was made.
        seconds: Wall time of the step with its preview.
        edit: What was changed before this step, if anything.
    """

    run: int
    index: int
    count: int
    timestep: float
    noise_level: float
    picture: np.ndarray | None
    kind: PreviewKind
    seconds: float
    edit: Edit | None = None


@dataclass(frozen=True, eq=False)
class RunFinished:
    """All steps are done; ``picture`` is the decoded result, (height, width, 3) uint8."""

    run: int
    picture: np.ndarray
    edits: tuple[Edit, ...]
    seconds: float
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class RunStopped:
    """The run was ended early after ``steps`` steps; ``superseded`` by a newer one or by Stop."""

    run: int
    steps: int
    edits: tuple[Edit, ...]
    superseded: bool


@dataclass(frozen=True)
class RunFailed:
    """The run could not start or go on. ``log`` names the file with the details, if any."""

    run: int
    problems: tuple[Problem, ...]
    log: str = ""


@dataclass(frozen=True)
class SamplerClosed:
    """The sampler has dropped its model and will say no more."""


Event = (
    ModelLoading
    | ModelReady
    | ModelFailed
    | RunStarted
    | StepTaken
    | RunFinished
    | RunStopped
    | RunFailed
    | SamplerClosed
)
