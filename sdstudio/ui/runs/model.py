"""The runs of a sitting as an item model."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui.pixels import to_qimage
from sdstudio.ui.runs import telling

Index = QModelIndex | QPersistentModelIndex

_THUMBNAILS = 600
"""So many small pictures are kept ready to be painted; each is at most 64 pixels long."""


class Role(IntEnum):
    """What a row answers beside Qt's own roles."""

    NUMBER = Qt.ItemDataRole.UserRole
    TITLE = Qt.ItemDataRole.UserRole + 1
    ORIGIN = Qt.ItemDataRole.UserRole + 2
    STATE = Qt.ItemDataRole.UserRole + 3
    THUMBNAIL = Qt.ItemDataRole.UserRole + 4
    PINNED = Qt.ItemDataRole.UserRole + 5
    FOREIGN = Qt.ItemDataRole.UserRole + 6


class RunModel(QAbstractItemModel):
    """Follows ``sitting.tree``.

    Rows come, go and move one by one, so that a view keeps its place, its selection and what
    is unfolded.

    Args:
        sitting: What holds the runs.
    """

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        # What the view has been told: 0 is the invisible root, run numbers start at 1.
        self._children: dict[int, list[int]] = {0: []}
        self._parents: dict[int, int] = {}
        self._nodes: dict[int, RunNode] = {}
        self._pixmaps: dict[int, tuple[object, QPixmap]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take over what the tree now holds."""
        nodes = {node.number: node for node in self._sitting.tree.nodes}
        wanted: dict[int, list[int]] = {0: [], **{number: [] for number in nodes}}
        parents: dict[int, int] = {}
        for number, node in nodes.items():
            parents[number] = node.parent.run if node.parent is not None else 0
            wanted[parents[number]].append(number)
        # The data first: views ask for it while rows come and go.
        before, self._nodes = self._nodes, {**self._nodes, **nodes}
        self._drop(parents)
        self._add(wanted, parents, 0)
        self._nodes = nodes
        for number in self._pixmaps.keys() - nodes.keys():
            del self._pixmaps[number]
        for number, node in nodes.items():
            if number in before and before[number] is not node:
                index = self.index_of(number)
                self.dataChanged.emit(index, index)

    def refresh_run(self, number: int) -> None:
        """Say that a run has come further, or has another small picture now."""
        index, node = self.index_of(number), self._sitting.tree.node(number)
        if index.isValid() and node is not None:
            self._nodes[number] = node
            self.dataChanged.emit(index, index)

    def node(self, index: Index) -> RunNode | None:
        """The run of a row."""
        return self._nodes.get(index.internalId()) if index.isValid() else None

    def index_of(self, number: int) -> QModelIndex:
        """The row of a run; invalid when it has none."""
        parent = self._parents.get(number)
        if parent is None:
            return QModelIndex()
        return self.createIndex(self._children[parent].index(number), 0, number)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The row's index; see Qt."""
        siblings = self._children.get(self._number(parent), [])
        if column != 0 or not 0 <= row < len(siblings):
            return QModelIndex()
        return self.createIndex(row, 0, siblings[row])

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        """The index of the run that a branch grew from; see Qt."""
        number = self._parents.get(self._number(index), 0)
        return self.index_of(number) if number else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many branches a run has; see Qt."""
        return len(self._children.get(self._number(parent), []))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One; see Qt."""
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be selected and renamed; see Qt."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsEditable if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row shows, and what a screen reader says of it; see Qt."""
        node = self.node(index)
        if node is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Role.TITLE:
                return telling.title(node)
            case Qt.ItemDataRole.EditRole:
                return node.name
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._told(node)
            case Role.NUMBER:
                return node.number
            case Role.ORIGIN:
                return self._origin(node)
            case Role.STATE:
                return telling.state(node)
            case Role.PINNED:
                return node.pinned
            case Role.FOREIGN:
                return node.foreign
            case Role.THUMBNAIL:
                return self._thumbnail(node)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a run; see Qt."""
        node = self.node(index)
        if node is None or role != Qt.ItemDataRole.EditRole:
            return False
        name = " ".join(str(value).split())[:80]
        if name != node.name:
            self._sitting.rename(node.number, name)
        return True

    def _origin(self, node: RunNode) -> str:
        return telling.origin(node, self._sitting.tree.family(node.number))

    def _told(self, node: RunNode) -> str:
        parts = [telling.title(node), self._origin(node), telling.figures(node.request)]
        parts += [telling.state(node)] if telling.state(node) else []
        parts += [self.tr("pinned: kept for the sittings to come")] if node.pinned else []
        if node.foreign:
            told = self.tr("made by another model: {model}")
            parts.append(told.format(model=node.model.name or self.tr("unknown")))
        return "\n".join(parts)

    def _thumbnail(self, node: RunNode) -> QPixmap | None:
        if not node.steps:
            return None
        small = self._sitting.pictures.thumbnail(node.number, len(node.steps) - 1)
        kept = self._pixmaps.get(node.number)
        if small is None or (kept is not None and kept[0] is small):
            return kept[1] if kept is not None else None
        pixmap = QPixmap.fromImage(to_qimage(small))
        if len(self._pixmaps) >= _THUMBNAILS:
            del self._pixmaps[next(iter(self._pixmaps))]
        self._pixmaps[node.number] = (small, pixmap)
        return pixmap

    def _drop(self, parents: dict[int, int]) -> None:
        """Take away the rows that are gone or belong elsewhere, with all below them."""
        for number in sorted(self._parents):
            if number in self._parents and parents.get(number) != self._parents[number]:
                index = self.index_of(number)
                self.beginRemoveRows(index.parent(), index.row(), index.row())
                self._children[self._parents[number]].remove(number)
                self._forget(number)
                self.endRemoveRows()

    def _forget(self, number: int) -> None:
        for child in self._children.pop(number, []):
            self._forget(child)
        self._parents.pop(number, None)

    def _add(self, wanted: dict[int, list[int]], parents: dict[int, int], top: int) -> None:
        """Insert what is missing below ``top``, in the tree's order."""
        mine = self._children.setdefault(top, [])
        for row, number in enumerate(wanted[top]):
            if number not in self._parents:
                self.beginInsertRows(self.index_of(top) if top else QModelIndex(), row, row)
                mine.insert(row, number)
                self._parents[number] = top
                self._children[number] = []
                self.endInsertRows()
            self._add(wanted, parents, number)

    def _number(self, index: Index) -> int:
        return int(index.internalId()) if index.isValid() else 0
