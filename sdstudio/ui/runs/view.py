"""The tree of runs on the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTreeView, QWidget

from sdstudio.ui import theme
from sdstudio.ui.runs.actions import RunActions
from sdstudio.ui.runs.delegate import RunDelegate
from sdstudio.ui.runs.model import RunModel


class RunTreeView(QTreeView):
    """Shows the model; one row can be chosen, or several with Ctrl and Shift.

    Args:
        model: The runs.
        actions: What its context menu and its keys do.

    Signals:
        chosen: The person has chosen other rows.
        undo_wanted: Ctrl+Z was pressed here.
    """

    chosen = Signal()
    undo_wanted = Signal()

    def __init__(self, model: RunModel, actions: RunActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = model
        self._actions = actions
        self.undo_offered = False
        self.setModel(model)
        self.setItemDelegate(RunDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Runs"))
        self._menu = self._filled_menu()
        for action in actions.of_the_tree:
            self.addAction(action)
        self._quiet = False
        self.selectionModel().selectionChanged.connect(self._tell)
        model.rowsInserted.connect(self._unfold)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The chosen runs, from the top of the tree to its bottom."""
        rows = self.selectionModel().selectedIndexes()
        return tuple(
            int(row.internalId()) for row in sorted(rows, key=lambda i: self.visualRect(i).top())
        )

    def show_chosen(self, number: int) -> None:
        """Choose the row of a run without telling anybody; 0 chooses none."""
        index = self._runs.index_of(number) if number else QModelIndex()
        if self.numbers == ((number,) if index.isValid() else ()):
            return
        self._quiet = True
        if index.isValid():
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.scrollTo(index)
        else:
            self.clearSelection()
        self._quiet = False

    def rename(self, number: int) -> None:
        """Let the person write a run's name in its row."""
        index = self._runs.index_of(number)
        if index.isValid():
            self.setFocus()
            self.scrollTo(index)
            self.edit(index)

    def event(self, event: QEvent) -> bool:
        """Take Ctrl+Z for a deletion that can be undone before the window takes it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.undo_offered
            and event.matches(QKeySequence.StandardKey.Undo)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo a deletion; letters search nothing, as labels are no words."""
        if self.undo_offered and event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing; see :meth:`keyPressEvent`."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the chosen runs."""
        if self.numbers:
            self._menu.popup(event.globalPos())

    def _filled_menu(self) -> QMenu:
        actions = self._actions
        menu = QMenu(self)
        menu.addActions([actions.compare, actions.use])
        menu.addSeparator()
        menu.addActions([actions.rename, actions.pin])
        menu.addSeparator()
        menu.addAction(actions.save)
        menu.addMenu(actions.export_menu(menu))
        menu.addSeparator()
        menu.addAction(actions.delete)
        return menu

    def _tell(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        if not self._quiet:
            self.chosen.emit()

    def _unfold(self, parent: QModelIndex, first: int, last: int) -> None:
        if parent.isValid():
            self.expand(parent)

    def _resize(self) -> None:
        self.setIndentation(theme.current().px(16))
        self.doItemsLayout()
