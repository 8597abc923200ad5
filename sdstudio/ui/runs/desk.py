"""Ties the runs' panel, their files, their comparison and their actions to the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QWidget

from sdstudio.session.draft import Draft
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting, What
from sdstudio.session.word_batch import is_word_batch
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.runs.actions import RunActions
from sdstudio.ui.runs.job_line import JobLine
from sdstudio.ui.runs.panel import RunsPanel
from sdstudio.ui.runs.run_files import RunFiles

if TYPE_CHECKING:
    from sdstudio.ui.compare import ComparePage


class RunDesk(QObject):
    """Everything of the window that is about recorded runs, the timeline aside.

    Args:
        window: The window.
        sitting: What holds the runs.
        actions: What menus and buttons do.
        canvas: Whose place the comparison takes, and where messages show.
        settings: Where the last folder is remembered.
        tell: Called with a short text of success.
        draft: Where recent files are remembered.
    """

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        actions: RunActions,
        canvas: Canvas,
        settings: QSettings,
        *,
        tell: Callable[[str], None],
        draft: Draft | None = None,
    ) -> None:
        super().__init__(window)
        self._sitting = sitting
        self._actions = actions
        self._canvas = canvas
        self.panel = RunsPanel(sitting, actions)
        self.jobs = JobLine(sitting)
        self.files = RunFiles(window, sitting, settings, say=canvas.say, tell=tell, draft=draft)
        self._page: ComparePage | None = None
        self._shown_run: int | None = None
        self._families: set[int] = set()
        self._connect()
        self._stop_observing = sitting.observe(self._hear)
        self.refresh({"tree", "playhead"})

    @property
    def compare_page(self) -> ComparePage:
        """The comparison, made when first asked for: its plots take half a second to import."""
        if self._page is None:
            from sdstudio.ui.compare import ComparePage

            self._page = ComparePage(self._sitting, self._canvas)
            self._page.closed.connect(self._uncover)
            self._page.run_wanted.connect(self._show_run)
            self._canvas.installEventFilter(self)
        return self._page

    @property
    def comparing(self) -> bool:
        """Whether the comparison has the canvas's place."""
        return self._page is not None and not self._page.isHidden()

    def refresh(self, changed: set[What]) -> None:
        """Follow what has changed in the sitting."""
        self.panel.refresh(changed)
        if "tree" in changed or self._sitting.playhead.run != self._shown_run:
            self._offer_compare()
            self._follow_playhead()
        if "jobs" in changed:
            self.jobs.refresh()
        if self._page is not None:
            self._page.refresh(changed)

    def close(self) -> None:
        """Stop listening."""
        self._stop_observing()

    def compare(self) -> None:
        """Compare what is chosen: two runs, a branch with its parent, or a family."""
        pair, family = self._comparable()
        if pair is not None:
            self.compare_page.compare(*pair)
        elif family:
            self.compare_page.show_family(family)
        else:
            return
        self._cover()

    def leave_compare(self) -> None:
        """Give the canvas back its place."""
        if self.comparing:
            self.compare_page.leave()

    def take(self, path: Path) -> None:
        """Open a run file."""
        self.files.open(path)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the comparison as large as the canvas."""
        if event.type() == QEvent.Type.Resize and self.comparing:
            self.compare_page.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        actions = self._actions
        actions.compare.triggered.connect(self.compare)
        actions.open.triggered.connect(self.files.ask_and_open)
        actions.save.triggered.connect(lambda: self._of_chosen(self.files.ask_and_save))
        for name, action in actions.exports.items():
            action.triggered.connect(
                lambda _=False, name=name: self._of_chosen(
                    lambda number: self.files.ask_and_export(number, name)
                )
            )
        self.panel.chosen.connect(self._follow_choice)

    def _of_chosen(self, act: Callable[[int], None]) -> None:
        if len(self.panel.numbers) == 1:
            act(self.panel.numbers[0])

    def _hear(self, what: What) -> None:
        # Two jobs may end before the window draws: each is heard of here.
        if what == "jobs":
            self.files.follow()

    def _comparable(self) -> tuple[tuple[int, int] | None, tuple[int, ...]]:
        """The two runs, or the family, that Compare would show now."""
        tree = self._sitting.tree
        nodes = [node for node in map(tree.node, self.panel.numbers) if node is not None]
        if len(nodes) == 2:
            return (nodes[0].number, nodes[1].number), ()
        if len(nodes) == 1 and nodes[0].parent is not None:
            return (nodes[0].parent.run, nodes[0].number), ()
        families = {node.family for node in nodes}
        if nodes and len(families) == 1 and None not in families:
            members = tree.family(nodes[0].number)
            # A batch without one word each has no order to go along.
            if not is_word_batch(members):
                return None, tuple(node.number for node in members)
        return None, ()

    def _offer_compare(self) -> None:
        pair, family = self._comparable()
        action, tree = self._actions.compare, self._sitting.tree
        action.setEnabled(pair is not None or len(family) > 1)
        if pair is not None and len(self.panel.numbers) == 1:
            parent = tree.node(pair[0])
            name = parent.label if parent is not None else ""
            action.setText(self.tr("&Compare with {run}").format(run=name))
        elif family:
            action.setText(self.tr("&Compare stops"))
        else:
            action.setText(self.tr("&Compare"))
        action.setToolTip(
            action.text().replace("&", "") + " (Ctrl+D)"
            if action.isEnabled()
            else self.tr("Choose two runs to compare them: Ctrl+click the second one")
        )

    def _follow_choice(self) -> None:
        """Another pair chosen while comparing is compared; a single run goes to the canvas."""
        self._offer_compare()
        if not self.comparing:
            return
        if len(self.panel.numbers) == 2:
            self.compare()
        elif len(self.panel.numbers) == 1:
            self.compare_page.leave()

    def _follow_playhead(self) -> None:
        """Show a family when it begins; leave the comparison for a run that is new."""
        run = self._sitting.playhead.run
        if run == self._shown_run:
            return
        self._shown_run = run
        node = self._sitting.selected
        is_new = node is not None and node.family not in (None, *self._families)
        if node is not None and is_new and not is_word_batch(self._sitting.tree.family(run or 0)):
            self._show_family(node)
        elif self.comparing and run not in self.compare_page.numbers:
            self.compare_page.leave()

    def _show_family(self, node: RunNode) -> None:
        assert node.family is not None
        self._families.add(node.family)
        numbers = tuple(other.number for other in self._sitting.tree.family(node.number))
        self.compare_page.show_family(numbers)
        self._cover()

    def _show_run(self, number: int) -> None:
        self.compare_page.leave()
        self._sitting.select(number)

    def _cover(self) -> None:
        page, canvas = self.compare_page, self._canvas
        self._shown_run = self._sitting.playhead.run
        page.setGeometry(canvas.rect())
        page.raise_()
        canvas.banner.raise_()
        # What lies below is not to be reached with Tab.
        canvas.view.setVisible(False)

    def _uncover(self) -> None:
        self._canvas.view.setVisible(True)
        self._canvas.view.setFocus()
