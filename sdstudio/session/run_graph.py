"""The runs of a sitting, where they branched, and what becomes of branches when one goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sdstudio.session.events import Parent, Place
from sdstudio.session.run_differences import differences
from sdstudio.session.run_labels import RunLabels
from sdstudio.session.run_node import ModelName, RunNode

LIMIT = 500
"""Runs kept, pinned ones aside."""

UNDOABLE = 20
"""Deletions that can be undone."""


@dataclass(frozen=True, eq=False)
class _Deleted:
    """A deleted run, and where the branches that it had grew from it."""

    number: int
    branches: dict[int, Parent]


class RunGraph:
    """Holds a node for each run, and those of the runs deleted last.

    A run whose parent goes moves up to its parent's parent, its steps with it.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._nodes: dict[int, RunNode] = {}
        self._bin: dict[int, RunNode] = {}
        self._deleted: list[_Deleted] = []
        self._labels = RunLabels()
        self._model = ModelName()

    @property
    def nodes(self) -> tuple[RunNode, ...]:
        """All runs in the order of birth."""
        return tuple(self._nodes.values())

    @property
    def roots(self) -> tuple[RunNode, ...]:
        """The runs that branched from none, in the order of birth."""
        return tuple(node for node in self._nodes.values() if node.parent is None)

    def __contains__(self, number: int) -> bool:
        """Whether a run stands in the tree."""
        return number in self._nodes

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self._nodes)

    def node(self, number: int | None) -> RunNode | None:
        """A run by its number; None when it is not, or no longer, in the tree."""
        return None if number is None else self._nodes.get(number)

    def holds(self, number: int) -> bool:
        """Whether a run is in the tree, or deleted and can be brought back."""
        return number in self._nodes or number in self._bin

    def children(self, number: int) -> tuple[RunNode, ...]:
        """The branches of a run, in the order of birth."""
        return tuple(
            node
            for node in self._nodes.values()
            if node.parent is not None and node.parent.run == number
        )

    def lineage(self, number: int) -> tuple[RunNode, ...]:
        """The run's ancestors from the root down, and the run; empty when it is not there."""
        line: list[RunNode] = []
        node = self.node(number)
        while node is not None:
            line.append(node)
            node = self.node(node.parent.run) if node.parent is not None else None
        return tuple(reversed(line))

    def family(self, number: int) -> tuple[RunNode, ...]:
        """The runs made in one batch with this one, in its order; empty for most runs."""
        node = self.node(number)
        if node is None or node.family is None:
            return ()
        return tuple(other for other in self._nodes.values() if other.family == node.family)

    def resolve(self, place: Place) -> Place:
        """The same step where it was made: one shared with a parent is the parent's."""
        node = self.node(place.run)
        while node is not None and place.index < node.shared:
            node = self.node(node.parent.run) if node.parent is not None else None
            if node is not None:
                place = replace(place, run=node.number)
        return place

    def differences(self, first: int, second: int) -> list[tuple[str, Any, Any]]:
        """In what two runs differ; see :func:`sdstudio.session.run_differences.differences`."""
        one, other = self.node(first), self.node(second)
        return [] if one is None or other is None else differences(one, other)

    @property
    def last_deleted(self) -> RunNode | None:
        """The run that :meth:`undo_delete` brings back, None when there is none."""
        return self._bin[self._deleted[-1].number] if self._deleted else None

    def rename(self, number: int, name: str) -> None:
        """Give a run a name of the person's, or with "" none."""
        self._change(number, name=name)

    def pin(self, number: int, pinned: bool) -> None:
        """Mark a run as kept for the sittings to come, or no longer."""
        self._change(number, pinned=pinned)

    def delete(self, number: int) -> tuple[int, ...]:
        """Take a run out, so that it can be brought back.

        Returns:
            Runs deleted so long ago that they now are gone for good.
        """
        node = self._nodes.pop(number)
        self._bin[number] = node
        self._deleted.append(_Deleted(number, self._move_up(node)))
        gone = tuple(deleted.number for deleted in self._deleted[:-UNDOABLE])
        for old in gone:
            self._move_up(self._bin.pop(old))
        del self._deleted[:-UNDOABLE]
        return gone

    def undo_delete(self) -> RunNode | None:
        """Bring back the run deleted last; None when there is none."""
        if not self._deleted:
            return None
        deleted = self._deleted.pop()
        node = self._bin.pop(deleted.number)
        self._nodes = dict(sorted({**self._nodes, node.number: node}.items()))
        for number, parent in deleted.branches.items():
            self._change(number, parent=parent)
        return node

    def drop(self, number: int, *, quietly: bool = False) -> None:
        """Take a run out for good; ``quietly`` lets the next one have its label."""
        node = self._nodes.pop(number, None)
        if node is None:
            return
        self._move_up(node)
        if quietly:
            self._labels.take_back(number)

    def surplus(self, spared: Iterable[int] = ()) -> tuple[int, ...]:
        """The oldest runs beyond the limit; pinned, going and ``spared`` ones are not among."""
        kept = set(spared)
        excess = sum(not node.pinned for node in self._nodes.values()) - self._limit
        able = [
            node.number
            for node in self._nodes.values()
            if not (node.pinned or node.running or node.number in kept)
        ]
        return tuple(able[: max(0, excess)])

    def _move_up(self, node: RunNode) -> dict[int, Parent]:
        """Let the branches of a run that goes grow from its parent; where they grew before."""
        before: dict[int, Parent] = {}
        for branch in [*self._nodes.values(), *self._bin.values()]:
            if branch.parent is None or branch.parent.run != node.number:
                continue
            before[branch.number] = branch.parent
            shared = min(branch.shared, node.shared)
            above = None if node.parent is None else Parent(node.parent.run, shared)
            self._change(branch.number, parent=above)
        return before

    def _change(self, number: int, **changes: Any) -> None:
        for nodes in (self._nodes, self._bin):
            if number in nodes:
                node = replace(nodes[number], **changes)
                has_model = bool(node.model.hash and self._model.hash)
                foreign = node.model.hash != self._model.hash if has_model else node.foreign
                nodes[number] = replace(node, foreign=foreign)
