"""The panel of runs: the tree, a line of buttons, and what was deleted last."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.events import Place
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui import theme
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.icons import icon
from sdstudio.ui.runs import telling
from sdstudio.ui.runs.actions import RunActions
from sdstudio.ui.runs.model import RunModel
from sdstudio.ui.runs.view import RunTreeView

UNDO_MS = 20_000
"""So long the line that offers to undo a deletion stays."""

WIDTH = 288

REPAINT_MS = 100
"""No more often than this is a going run's row painted; its end always is."""

_NAME = "runs"
_WANTED = 16
"""So many missing small pictures are asked for at a time."""


class RunsPanel(QWidget):
    """Shows the sitting's runs and lets the person choose, rename, pin and delete them.

    Args:
        sitting: What holds the runs.
        actions: What the buttons do; the panel carries out rename, pin, delete and use.

    Signals:
        chosen: The person has chosen other runs.
    """

    chosen = Signal()

    def __init__(
        self, sitting: Sitting, actions: RunActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._actions = actions
        self._deleted: list[int] = []
        self._looked_at = -1
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(REPAINT_MS)
        self._bare: set[int] = set()
        self.model = RunModel(sitting, self)
        self.tree = RunTreeView(self.model, actions)
        self.empty = QLabel(
            self.tr(
                "Every run will be kept here, with all its steps.\n\n"
                "Go back to a step on the timeline and change the guidance, the mix or a prompt:"
                " a branch grows from there."
            )
        )
        self.empty.setWordWrap(True)
        self.empty.setProperty("kind", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.compare = _CompareButton(actions.compare)
        self._tools = [_tool(a) for a in (actions.pin, actions.delete)]
        self._export = _tool(self._export_action())
        self.undo_line = _UndoLine()
        self.undo_line.wanted.connect(self.undo)
        self._buttons = QWidget()
        self._row = QHBoxLayout(self._buttons)
        self._row.addWidget(self.compare, 1)
        for tool in (self._tools[0], self._export, self._tools[1]):
            self._row.addWidget(tool)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.tree)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self._pages, 1)
        self._column.addWidget(self.undo_line)
        self._column.addWidget(self._buttons)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(UNDO_MS)
        self._forget.timeout.connect(lambda: self.undo_line.setVisible(False))
        self._connect()
        theme.current().changed.connect(self._resize)
        self._resize()
        self.refresh({"tree", "playhead"})

    @property
    def numbers(self) -> tuple[int, ...]:
        """The chosen runs, from the top of the tree to its bottom."""
        return self.tree.numbers

    def refresh(self, changed: set[What]) -> None:
        """Follow what has changed in the sitting."""
        if "tree" in changed:
            self.model.refresh()
            has_runs = self.model.rowCount() > 0
            self._pages.setCurrentIndex(int(has_runs))
            self._buttons.setVisible(has_runs)
            self._bare = {node.number for node in self._sitting.tree.nodes}
        elif changed & {"run", "pictures"} and not self._pause.isActive():
            run = self._sitting.run
            if run is not None:
                self.model.refresh_run(run.number)
                self._pause.start()
        if changed & {"tree", "pictures"}:
            self._want_thumbnails()
        chosen = self._sitting.playhead.run or 0
        if "tree" in changed or chosen != self._looked_at:
            self._looked_at = chosen
            # Several may be chosen, as long as what is looked at is one of them.
            if len(self.numbers) <= 1 or chosen not in self.numbers:
                self.tree.show_chosen(chosen)
            self.refresh_actions()

    def refresh_actions(self) -> None:
        """Offer what can be done with the chosen runs."""
        actions = self._actions
        nodes = [n for n in map(self._sitting.tree.node, self.numbers) if n is not None]
        is_one, over = len(nodes) == 1, not any(node.running for node in nodes)
        for action in (actions.rename, actions.use):
            action.setEnabled(is_one)
        for action in (actions.save, *actions.exports.values()):
            action.setEnabled(is_one and over)
        for action in (actions.pin, actions.delete):
            action.setEnabled(bool(nodes) and over)
        actions.pin.setChecked(bool(nodes) and all(node.pinned for node in nodes))

    def delete(self) -> None:
        """Delete the chosen runs, and offer to take that back."""
        nodes = [node for node in map(self._sitting.tree.node, self.numbers) if node is not None]
        if not nodes:
            return
        for node in nodes:
            self._sitting.delete(node.number)
        self._deleted.append(len(nodes))
        if len(nodes) == 1:
            self.undo_line.say(self.tr("Deleted {run}").format(run=telling.short_title(nodes[0])))
        else:
            self.undo_line.say(self.tr("Deleted {count} runs").format(count=len(nodes)))
        self.tree.undo_offered = True
        self._forget.start()

    def undo(self) -> None:
        """Bring back what was deleted last."""
        for _ in range(self._deleted.pop() if self._deleted else 0):
            self._sitting.undo_delete()
        self.tree.undo_offered = bool(self._deleted)
        self.undo_line.setVisible(False)
        self.tree.setFocus()

    def sizeHint(self) -> QSize:
        """Wide enough for a name and what differs."""
        px = theme.current().px
        return QSize(px(WIDTH), px(400))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the panel's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("panel"))
        painter.end()

    def _connect(self) -> None:
        actions = self._actions
        self.tree.chosen.connect(self._choose)
        self.tree.undo_wanted.connect(self.undo)
        actions.rename.triggered.connect(self._rename)
        actions.pin.triggered.connect(self._pin)
        actions.delete.triggered.connect(self.delete)
        actions.use.triggered.connect(self._use)

    def _choose(self) -> None:
        numbers = self.numbers
        if len(numbers) == 1:
            self._sitting.select(numbers[0])
        self.refresh_actions()
        self.chosen.emit()

    def _want_thumbnails(self) -> None:
        """Have a picture made of each run that has none, as of one that a file brought."""
        wanted: list[Place] = []
        pictures = self._sitting.pictures
        for number in sorted(self._bare):
            node = self._sitting.tree.node(number)
            if node is None or node.running or node.last is None:
                continue
            place = Place(number, node.last)
            if pictures.thumbnail(number, node.last) is not None:
                self.model.refresh_run(number)
                self._bare.discard(number)
            elif pictures.problems(place):
                self._bare.discard(number)
            else:
                wanted.append(place)
        self._sitting.want(_NAME, wanted[:_WANTED])

    def _rename(self) -> None:
        if len(self.numbers) == 1:
            self.tree.rename(self.numbers[0])

    def _pin(self, on: bool) -> None:
        for number in self.numbers:
            self._sitting.pin(number, on)

    def _use(self) -> None:
        node = self._sitting.tree.node(self.numbers[0]) if self.numbers else None
        if node is not None:
            self._sitting.restore(node.request, node.edits)

    def _export_action(self) -> QAction:
        action = QAction(icon("export"), self.tr("Export run"), self)
        action.setToolTip(self.tr("Save or export this run"))
        menu = self._actions.export_menu(self)
        menu.insertAction(menu.actions()[0], self._actions.save)
        menu.insertSeparator(menu.actions()[1])
        action.setMenu(menu)
        return action

    def _resize(self) -> None:
        px = theme.current().px
        self.empty.setContentsMargins(px(16), px(16), px(16), px(16))
        self._column.setContentsMargins(0, px(4), 0, 0)
        self._row.setContentsMargins(px(8), px(8), px(8), px(8))
        self._row.setSpacing(px(2))
        self.compare.setIconSize(QSize(px(14), px(14)))
        self.compare.setMinimumWidth(px(40))
        for tool in (*self._tools, self._export):
            tool.setIconSize(QSize(px(16), px(16)))


class _CompareButton(QPushButton):
    """Triggers an action; its words change with what is chosen, but not the panel's width."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.setIcon(action.icon())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many of the words as fit."""
        super().resizeEvent(event)
        self._follow()

    def _follow(self) -> None:
        words = self._action.text().replace("&", "")
        room = self.width() - theme.current().px(48)
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        # The style leaves too little room between an icon and its word.
        self.setText(f" {shown}" if len(shown) > 2 else "")
        self.setAccessibleName(words)
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())


class _UndoLine(QWidget):
    """One line that says what was deleted and offers it back."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setVisible(False)
        self._text = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self.button = QPushButton(self.tr("Undo"))
        self.button.setProperty("kind", "quiet")
        self.button.setToolTip(self.tr("Bring it back (Ctrl+Z in this panel)"))
        self.button.clicked.connect(self.wanted)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self.button)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.whole

    def say(self, text: str) -> None:
        """Show what was deleted."""
        self._text.set_whole(text)
        self.setVisible(True)

    def _resize(self) -> None:
        px = theme.current().px
        self._row.setContentsMargins(px(16), px(4), px(8), px(4))


def _tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    if action.menu() is not None:
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(action.text().replace("&", "").removesuffix(" …"))
    return button
