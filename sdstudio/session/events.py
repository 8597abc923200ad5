"""What the sampler tells the window: plain values and numpy pictures, never tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sdstudio.engine.formats.hub_names import Download
from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.additions import NONE, Additions
from sdstudio.session.inquiries import Answer

if TYPE_CHECKING:
    import numpy as np

PreviewKind = Literal["vae", "tiny", "linear"]

View = Literal[
    "x0", "latents", "next_latents", "noise", "noise_cond", "noise_uncond", "noise_difference"
]
"""What may be shown of a step: the estimate x0, the latents x_t and x_{t-1}, the predicted
noise as guided, with the text and without, and the difference of the latter two; all decoded."""


@dataclass(frozen=True)
class Place:
    """A step of a run, and which of its pictures.

    Attributes:
        run: The run's number.
        index: 0-based step; steps shared with a parent have the same index there.
        view: Which picture.
    """

    run: int
    index: int
    view: View = "x0"


@dataclass(frozen=True)
class Parent:
    """Where a branch grew: its first ``shared`` steps are those of run ``run``."""

    run: int
    shared: int


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
        prediction_type: What the network predicts: "epsilon", "v_prediction" or "sample".
        weight_bytes: Memory that the weights of all its parts take, in bytes.
        remarks: What is worth saying of how it was loaded, and of what came up since.
        additions: What is laid over it.
        added_words: The words that its textual inversions define.
        precision: What the choice of ``dtype`` rests on; None where nobody says.
        has_tiny: Whether there is a tiny autoencoder for previews.
        thriftier: The next setting that spares memory, as
            :class:`sdstudio.engine.thrift.Ladder` names it; "" for none.
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
    prediction_type: str = "epsilon"
    weight_bytes: int = 0
    remarks: tuple[Problem, ...] = ()
    additions: Additions = NONE
    added_words: tuple[str, ...] = ()
    precision: Problem | None = None
    has_tiny: bool = False
    thriftier: str = ""


@dataclass(frozen=True)
class ModelLoading:
    """A model is being loaded.

    ``stage`` is "imports", "download", "weights", "check" or "optimising"; ``download`` says
    more of the second.
    """

    source: str
    stage: str
    fraction: float | None = None
    download: Download | None = None


@dataclass(frozen=True)
class ModelReady:
    """The model can be used.

    It comes again, as ``swapped``, when it has got a faster engine, or something is to be
    remarked of it.
    """

    facts: ModelFacts
    swapped: bool = False


@dataclass(frozen=True)
class ModelFailed:
    """A model could not be loaded; the one before it, if any, still works."""

    source: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ModelCancelled:
    """A model was given up before it was loaded; the one before it, if any, still works."""


@dataclass(frozen=True)
class RunStarted:
    """A run begins: ``count`` network calls, of which ``first_step`` is the timetable's index.

    ``notes`` are worth saying but no errors: ``prompt_truncated``, ``unknown_words``, …

    A branch tells its first step with index ``parent.shared``; ``edits`` are those of the
    steps it shares. The runs of a family, made as one batch, carry its first run's number.
    """

    run: int
    request: Request
    count: int
    entry_noise_level: float
    notes: tuple[Problem, ...] = ()
    parent: Parent | None = None
    edits: tuple[Edit, ...] = ()
    family: int | None = None


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


@dataclass(frozen=True, eq=False)
class PictureMade:
    """A picture that was wished for, (height, width, 3) uint8; None with the reason why not."""

    place: Place
    picture: np.ndarray | None
    kind: PreviewKind
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Compared:
    """How far apart two runs are: root mean square of the difference of their x0 by step.

    ``distances`` has one value, in latent units, for each step that both have.
    """

    first: int
    second: int
    distances: tuple[float, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, eq=False)
class StepNote:
    """What is known of a recorded step without its tensors; see :class:`StepTaken`."""

    index: int
    timestep: float
    noise_level: float
    seconds: float
    edit: Edit | None = None


@dataclass(frozen=True, eq=False)
class RunOpened:
    """A run out of a file is now among the kept ones, under a number of this sitting.

    Attributes:
        run: Its number here.
        name: What the person called it, "" for nothing.
        request: As it stood when the run began.
        edits: What was changed on the way.
        steps: All of them, those it shared with a parent included.
        count: Network calls of the whole run; more than there are steps if it was stopped.
        entry_noise_level: Noise level it entered at, 0 to 1.
        model: ``ModelRef.to_dict()`` of what made it.
        foreign: Whether the loaded model is not the one that made it.
        finished: Whether it came to its end.
        pinned: Whether it was found among the pinned ones.
        path: The file.
    """

    run: int
    name: str
    request: Request
    edits: tuple[Edit, ...]
    steps: tuple[StepNote, ...]
    count: int
    entry_noise_level: float
    model: dict[str, Any]
    foreign: bool
    finished: bool
    pinned: bool
    path: str


@dataclass(frozen=True)
class JobProgress:
    """A job on runs goes on: the share done, 0 to 1."""

    job: int
    fraction: float


@dataclass(frozen=True)
class JobDone:
    """A job on runs is done; ``path`` is what it wrote or read, "" for neither."""

    job: int
    path: str = ""


@dataclass(frozen=True)
class JobFailed:
    """A job on runs could not be done, and nothing has changed; ``log`` names the details.

    Of a job on many files it is told after the events of those that could be read.
    """

    job: int
    problems: tuple[Problem, ...]
    log: str = ""


@dataclass(frozen=True)
class SamplerClosed:
    """The sampler has dropped its model and will say no more."""


Event = (
    ModelLoading
    | ModelReady
    | ModelFailed
    | ModelCancelled
    | RunStarted
    | StepTaken
    | RunFinished
    | RunStopped
    | RunFailed
    | PictureMade
    | Compared
    | Answer
    | RunOpened
    | JobProgress
    | JobDone
    | JobFailed
    | SamplerClosed
)
