"""A sampler without an engine: flat pictures, at the test's pace."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Edit, Request
from sdstudio.session.additions import Additions
from sdstudio.session.events import (
    Compared,
    JobDone,
    JobFailed,
    JobProgress,
    ModelCancelled,
    ModelFacts,
    ModelFailed,
    ModelLoading,
    ModelReady,
    PictureMade,
    Place,
    RunFailed,
    RunFinished,
    RunOpened,
    RunStarted,
    RunStopped,
    SamplerClosed,
    StepNote,
    StepTaken,
)
from sdstudio.session.jobs import (
    CompareRuns,
    ExportFrames,
    ExportRun,
    ForgetRun,
    Job,
    OpenRun,
    ReopenPinned,
    SaveRun,
    SpareMemory,
)
from sdstudio.session.mailbox import Mailbox, ModelWish, Order, Verdict
from sdstudio.session.outbox import Outbox
from tests.session.standins import facts

FACTS = facts(
    dtype="bfloat16",
    parameters=24_300_000,
    native_size=(128, 128),
    size_range=(64, 512),
    max_tokens=77,
    steps=10,
    guidance_scale=7.5,
    scheduler="DDIM",
    words=frozenset({"a", "frog", "rabbit"}),
    examples=("a frog", "a rabbit", "a castle"),
)


@dataclass
class Kept:
    """A run that the sampler remembers."""

    request: Request
    edits: tuple[Edit, ...] = ()
    steps: list[StepNote] = field(default_factory=list)


class FakeSampler:
    """Serves a mailbox as the local sampler does; each step's picture is one shade of grey.

    It answers branches, families, wishes for pictures and jobs too. A family is made run by
    run; views other than x0 are tinted; files are not written, and any path can be opened.

    Attributes:
        gate: Cleared, it holds the sampler before its next step.
        model_gate: Cleared, it holds a model that is being loaded.
        picture_gate: Cleared, it holds the sampler before a picture that was wished for.
        step_seconds: How long a step takes.
        fail_with: Problems that the next run fails with.
        refuse_model: Problems that loading fails with.
        refuse_pictures: Problems that wishes for pictures are answered with.
        refuse_jobs: Problems that jobs fail with.
        foreign: Whether opened runs are of another model.
        pinned: Names of the runs that earlier sittings pinned.
        steps: How many steps were taken in all.
        orders: The requests that were answered.
        edits: What was steered.
        wished: The pictures that were made because they were wished for.
        jobs: The jobs that were done.
        loaded: The sources of the models that were loaded.
        added: What was laid over each.
    """

    def __init__(self, step_seconds: float = 0.0) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.model_gate = threading.Event()
        self.model_gate.set()
        self.picture_gate = threading.Event()
        self.picture_gate.set()
        self.step_seconds = step_seconds
        self.fail_with: tuple[Problem, ...] = ()
        self.refuse_model: tuple[Problem, ...] = ()
        self.refuse_pictures: tuple[Problem, ...] = ()
        self.refuse_jobs: tuple[Problem, ...] = ()
        self.notes: tuple[Problem, ...] = ()
        self.foreign = False
        self.pinned: tuple[str, ...] = ()
        self.facts = FACTS
        self.steps = 0
        self.orders: list[Order] = []
        self.edits: list[Edit] = []
        self.wished: list[Place] = []
        self.jobs: list[Job] = []
        self.loaded: list[str] = []
        self.added: list[Additions] = []
        self.breaks = False
        self._kept: dict[int, Kept] = {}

    def run(self, mailbox: Mailbox, outbox: Outbox) -> None:
        while True:
            mailbox.wait(None)
            if mailbox.closed:
                break
            if self.breaks:
                raise RuntimeError("broken on purpose")
            if (wish := mailbox.take_model()) is not None:
                outbox.put(ModelLoading(wish.source, "imports"))
                while not self.model_gate.wait(0.002) and not mailbox.load_is_unwanted():
                    pass
                if mailbox.load_is_unwanted():
                    if mailbox.take_cancelled_load():
                        outbox.put(ModelCancelled())
                elif self.refuse_model:
                    outbox.put(ModelFailed(wish.source, self.refuse_model))
                else:
                    self.loaded.append(wish.source)
                    self.added.append(wish.additions)
                    outbox.put(ModelReady(self._facts_of(wish)))
            elif mailbox.take_cancelled_load():
                outbox.put(ModelCancelled())
            elif (order := mailbox.take_order()) is not None:
                self._answer(order, mailbox, outbox)
            elif mailbox.take_optimising():
                outbox.put(ModelReady(replace(self.facts, engine="openvino"), swapped=True))
            elif (job := mailbox.take_job()) is not None:
                self._do(*job, mailbox, outbox)
            elif (place := mailbox.take_wanted()) is not None:
                self._hold(self.picture_gate, mailbox)
                self._make(place, outbox)
        outbox.put(SamplerClosed())

    def picture(self, index: int, count: int, view: str = "x0") -> np.ndarray:
        picture = np.full((128, 128, 3), 255 * (index + 1) // count, np.uint8)
        if view not in ("x0", "next_latents"):
            picture[..., 0] = 90
        return picture

    def _facts_of(self, wish: ModelWish) -> ModelFacts:
        facts = replace(
            self.facts,
            dtype=wish.dtype or FACTS.dtype,
            additions=wish.additions,
            added_words=tuple(f"<{Path(each).stem}>" for each in wish.additions.embeddings),
        )
        what = (wish.source, wish.additions)
        digits = f"{hash(what) & 0xFFFFFFFFFF:010x}"
        if wish.source == "builtin":
            return replace(facts, hash=digits) if wish.additions.options else facts
        return replace(facts, source=wish.source, name=Path(wish.source).name, hash=digits)

    def _hold(self, gate: threading.Event, mailbox: Mailbox) -> None:
        while not gate.wait(0.002) and not mailbox.closed:
            pass

    def _answer(self, order: Order, mailbox: Mailbox, outbox: Outbox) -> None:
        self.orders.append(order)
        requests = (order.request, *order.family)
        family = order.run if order.family else None
        parent = order.parent
        shared = 0 if parent is None else parent.shared
        edits = tuple(edit for edit in order.edits if (edit.step or 0) < shared)
        for row, request in enumerate(requests):
            number = order.run + row
            notes = self._kept[parent.run].steps[:shared] if parent is not None else []
            self._kept[number] = Kept(request, edits, list(notes))
            outbox.put(
                RunStarted(number, request, request.steps, 1.0, self.notes, parent, edits, family)
            )
        if self.fail_with:
            outbox.put(RunFailed(order.run, self.fail_with))
            return
        count = order.request.steps
        recorded = {edit.step: edit for edit in order.edits}
        for index in range(shared, count):
            while not self.gate.wait(0.002):
                if mailbox.verdict(order.run) is not Verdict.GO_ON:
                    break
            verdict = mailbox.verdict(order.run)
            if verdict is not Verdict.GO_ON:
                for row in range(len(requests)):
                    kept = self._kept[order.run + row]
                    superseded = verdict is Verdict.SUPERSEDED
                    outbox.put(RunStopped(order.run + row, index, kept.edits, superseded))
                return
            edit = mailbox.take_edit(order.run)
            if edit is not None:
                edit = replace(edit, step=index)
                self.edits.append(edit)
            elif index in recorded:
                edit = recorded[index]
            if self.step_seconds:
                threading.Event().wait(self.step_seconds)
            self.steps += 1
            for row in range(len(requests)):
                self._step(order.run + row, index, count, edit, outbox)
        for row in range(len(requests)):
            picture = self.picture(count - 1, count)
            outbox.put(
                RunFinished(order.run + row, picture, self._kept[order.run + row].edits, 2.14)
            )

    def _step(self, number: int, index: int, count: int, edit: Edit | None, outbox: Outbox) -> None:
        kept = self._kept[number]
        note = StepNote(
            index,
            1000 * (count - index) / count - 19,
            1 - index / count,
            self.step_seconds or 0.01,
            edit,
        )
        kept.steps.append(note)
        if edit is not None:
            kept.edits += (edit,)
        outbox.put(
            StepTaken(
                number,
                index,
                count,
                note.timestep,
                note.noise_level,
                self.picture(index, count),
                "vae",
                note.seconds,
                edit,
            )
        )

    def _make(self, place: Place, outbox: Outbox) -> None:
        kept = self._kept.get(place.run)
        problems = self.refuse_pictures
        if kept is None or place.index >= len(kept.steps):
            problems = problems or (Problem.of("record_missing", "run", number=place.run),)
        if kept is None or problems:
            outbox.put(PictureMade(place, None, "vae", problems))
            return
        self.wished.append(place)
        picture = self.picture(place.index, kept.request.steps, place.view)
        outbox.put(PictureMade(place, picture, "vae"))

    def _do(self, number: int, job: Job, mailbox: Mailbox, outbox: Outbox) -> None:
        if self.refuse_jobs:
            outbox.put(JobFailed(number, self.refuse_jobs))
            return
        self.jobs.append(job)
        path = ""
        match job:
            case CompareRuns(first, second):
                steps = min(len(self._kept[first].steps), len(self._kept[second].steps))
                shared = tuple(0.1 * index for index in range(steps))
                outbox.put(Compared(first, second, shared))
            case OpenRun():
                path = str(job.path)
                self._open(mailbox, outbox, job.path)
            case ReopenPinned():
                for name in self.pinned:
                    self._open(mailbox, outbox, Path(f"{name}.sdrun"), name)
            case SaveRun() | ExportRun() | ExportFrames():
                path = str(job.path)
                outbox.put(JobProgress(number, 0.5))
            case ForgetRun():
                self._kept.pop(job.run, None)
            case SpareMemory():
                said = Problem.of("memory_spared", reason=self.facts.thriftier)
                self.facts = replace(self.facts, thriftier="", remarks=(said,))
                outbox.put(ModelReady(self.facts, swapped=True))
        outbox.put(JobDone(number, path))

    def _open(self, mailbox: Mailbox, outbox: Outbox, path: Path, pinned: str = "") -> None:
        number, count = mailbox.new_number(), 10
        kept = Kept(Request(prompt="a castle", steps=count))
        for index in range(count):
            kept.steps.append(StepNote(index, 980.0 - 100 * index, 1 - index / count, 0.01))
        self._kept[number] = kept
        name, digits = ("Another", "f" * 64) if self.foreign else (FACTS.name, FACTS.hash)
        outbox.put(
            RunOpened(
                run=number,
                name=pinned or path.stem,
                request=kept.request,
                edits=(),
                steps=tuple(kept.steps),
                count=count,
                entry_noise_level=1.0,
                model={"name": name, "hash": digits},
                foreign=self.foreign,
                finished=True,
                pinned=bool(pinned),
                path=str(path),
            )
        )
