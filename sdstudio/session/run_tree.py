"""The tree of runs as the sampler's events make it grow."""

from __future__ import annotations

from typing import Any, assert_never

from sdstudio.engine.request import Edit
from sdstudio.session.events import (
    ModelFacts,
    Parent,
    RunFailed,
    RunFinished,
    RunOpened,
    RunStarted,
    RunStopped,
    StepNote,
    StepTaken,
)
from sdstudio.session.run_graph import LIMIT, RunGraph
from sdstudio.session.run_node import ModelName, RunNode
from sdstudio.session.run_watch import RunEvent

HASH_DIGITS = 10


class RunTree(RunGraph):
    """Holds a node for each run; follows the sampler's events and what the person does."""

    def __init__(self, limit: int = LIMIT) -> None:
        super().__init__(limit)
        self._expected: dict[int, tuple[StepNote, ...]] = {}

    def set_model(self, facts: ModelFacts) -> None:
        """Another model is loaded: runs of others are foreign from now on."""
        self._model = ModelName(facts.name, facts.hash)
        for number in [*self._nodes, *self._bin]:
            self._change(number)

    def expect(self, number: int, shared: tuple[StepNote, ...]) -> None:
        """A branch was asked for; whatever becomes of its parent, it has these steps of it."""
        self._expected[number] = shared

    def handle(self, event: RunEvent | RunOpened) -> None:
        """Take an event."""
        match event:
            case RunStarted():
                self._start(event)
            case StepTaken():
                self._step(event)
            case RunOpened():
                self._open(event)
            case RunFinished():
                self._end(
                    event.run,
                    event.edits,
                    state="finished",
                    seconds=event.seconds,
                    notes=event.notes,
                )
            case RunStopped():
                self._end(event.run, event.edits, state="stopped")
            case RunFailed():
                for node in self.nodes:
                    if node.running and event.run in (node.number, node.family):
                        self._change(node.number, state="failed")
            case _:
                assert_never(event)

    def give_up(self) -> None:
        """Nothing more comes of the runs that are going."""
        for node in self.nodes:
            if node.running:
                self._change(node.number, state="stopped")

    def _start(self, event: RunStarted) -> None:
        branched = event.parent
        origin = None
        if branched is not None:
            origin = self.node(branched.run) or self._bin.get(branched.run)
        if origin is not None and origin.number in self._bin and branched is not None:
            # Deleted while the branch waited for its turn.
            above = origin.parent
            branched = above and Parent(above.run, min(above.shared, branched.shared))
        parent = branched if origin is not None else None
        shared = (
            () if origin is None or event.parent is None else origin.steps[: event.parent.shared]
        )
        shared = self._expected.get(event.run, shared)
        self._expected = {n: steps for n, steps in self._expected.items() if n > event.run}
        self._nodes[event.run] = RunNode(
            number=event.run,
            label=self._labels.give(event.run, parent.run if parent else None, event.family),
            request=event.request,
            count=event.count,
            entry_noise_level=event.entry_noise_level,
            parent=parent,
            family=event.family,
            edits=event.edits,
            notes=event.notes,
            steps=shared,
            model=self._model,
        )

    def _step(self, event: StepTaken) -> None:
        node = self.node(event.run)
        if node is None:
            return
        note = StepNote(event.index, event.timestep, event.noise_level, event.seconds, event.edit)
        self._change(
            event.run,
            steps=(*node.steps, note),
            taken=node.taken + 1,
            edits=node.edits if event.edit is None else (*node.edits, event.edit),
            seconds=node.seconds + event.seconds,
        )

    def _open(self, event: RunOpened) -> None:
        self._nodes[event.run] = RunNode(
            number=event.run,
            label=self._labels.give(event.run),
            name=event.name,
            request=event.request,
            count=event.count,
            entry_noise_level=event.entry_noise_level,
            edits=event.edits,
            state="finished" if event.finished else "stopped",
            steps=event.steps,
            taken=len(event.steps),
            pinned=event.pinned,
            model=ModelName(
                str(event.model.get("name", "")), str(event.model.get("hash", ""))[:HASH_DIGITS]
            ),
            foreign=event.foreign,
            path=event.path,
            seconds=sum(step.seconds for step in event.steps),
        )

    def _end(self, number: int, edits: tuple[Edit, ...], **changes: Any) -> None:
        node = self.node(number)
        if node is None:
            return
        # What it shares was told when it began, whether or not its end tells that again.
        mine = tuple(edit for edit in edits if (edit.step or 0) >= node.shared)
        known = tuple(edit for edit in node.edits if (edit.step or 0) < node.shared)
        changes["notes"] = node.notes + changes.get("notes", ())
        self._change(number, edits=known + mine if mine else node.edits, **changes)
