"""The page that takes the canvas's place while runs are compared."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from sdstudio.session.sitting import Sitting, What
from sdstudio.ui import theme
from sdstudio.ui.compare.family import FamilyView
from sdstudio.ui.compare.header import Header
from sdstudio.ui.compare.pair import PairView
from sdstudio.ui.compare.stage import MODES, Mode

_NAME = "compare"
_TOPICS: frozenset[What] = frozenset({"tree", "playhead", "pictures", "jobs"})


class ComparePage(QWidget):
    """Compares two runs or shows a family; asks the sitting for what it needs.

    Args:
        sitting: What holds the runs.

    Signals:
        closed: The person leaves; the page hides itself before.
        run_wanted: The person wants this run on the canvas.
    """

    closed = Signal()
    run_wanted = Signal(int)

    def __init__(self, sitting: Sitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._asked: set[tuple[int, int]] = set()
        self.setVisible(False)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.header = Header()
        self.pair = PairView(sitting)
        self.family = FamilyView(sitting)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.pair)
        self._pages.addWidget(self.family)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._pages, 1)
        for division in (self.pair.division, self.family.division):
            division.low_changed.connect(self._follow_room)
            self.header.figures.toggled.connect(division.want_figures)
        header, stage = self.header, self.pair.stage
        header.mode_chosen.connect(self.set_mode)
        header.wiped.connect(stage.set_wipe)
        header.amplified.connect(stage.set_amplification)
        header.swap_wanted.connect(self.swap)
        header.closed.connect(self.leave)
        stage.wiped.connect(header.set_wipe)
        stage.stepped.connect(self._step)
        stage.jumped.connect(self._jump)
        self.pair.step_wanted.connect(self._go_to)
        self.family.run_wanted.connect(self.run_wanted)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The runs that are compared; none while the page is away."""
        if self.isHidden():
            return ()
        return self._shown.numbers

    def compare(self, first: int, second: int) -> None:
        """Show two runs."""
        self._pages.setCurrentWidget(self.pair)
        self._open()
        self.pair.show_runs(first, second)
        self._told()
        self._ask(self.pair.pairs())
        self.pair.stage.setFocus()

    def show_family(self, numbers: tuple[int, ...]) -> None:
        """Show the runs of a family."""
        self._pages.setCurrentWidget(self.family)
        self._open()
        self.family.show_runs(numbers)
        self._told()
        self._ask(self.family.pairs())
        self.setFocus()

    def leave(self) -> None:
        """Give the canvas its place back."""
        if not self.isHidden():
            self.setVisible(False)
            self._sitting.want(_NAME, [])
            self.closed.emit()

    def set_mode(self, mode: Mode) -> None:
        """Show the two another way."""
        self.pair.stage.set_mode(mode)
        self.header.show_mode(mode)

    def swap(self) -> None:
        """Put each of the two on the other's side."""
        first, second = self.pair.numbers
        self.compare(second, first)

    def refresh(self, changed: set[What]) -> None:
        """Follow what has changed in the sitting; leave when a run is gone."""
        if self.isHidden() or not changed & _TOPICS:
            return
        if any(number not in self._sitting.tree for number in self.numbers):
            self.leave()
            return
        if self._shown is self.family:
            self.family.grow()
        self._shown.refresh()
        self._ask(self._shown.pairs())
        self._told()

    def event(self, event: QEvent) -> bool:
        """Take Esc before Stop does, which has it everywhere else."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave, swap, choose a mode."""
        is_pair = self._shown is self.pair
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key == Qt.Key.Key_D and self._shown.division.is_low:
            self.header.figures.toggle()
        elif is_pair and key == Qt.Key.Key_X:
            self.swap()
        elif is_pair and Qt.Key.Key_1 <= key <= Qt.Key.Key_3:
            self.set_mode(MODES[key - Qt.Key.Key_1])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the header."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("panel"))
        painter.end()

    def _follow_room(self) -> None:
        self.header.figures.setVisible(self._shown.division.is_low)

    @property
    def _shown(self) -> PairView | FamilyView:
        return self.pair if self._pages.currentWidget() is self.pair else self.family

    def _open(self) -> None:
        if self.isHidden():
            self._asked.clear()
            self.setVisible(True)
            self.raise_()

    def _told(self) -> None:
        self._sitting.want(_NAME, self._shown.places())
        nodes = [n for n in map(self._sitting.tree.node, self.numbers) if n is not None]
        is_pair = self._shown is self.pair
        text = ""
        if nodes and not is_pair:
            text = self.tr("{first} to {last}: {count} stops along the mix").format(
                first=nodes[0].label, last=nodes[-1].label, count=len(nodes)
            )
        self.header.show_title(text, pair=is_pair)
        self._follow_room()

    def _ask(self, pairs: list[tuple[int, int]]) -> None:
        """Have distances measured, once, of runs that are over."""
        for first, second in pairs:
            nodes = [self._sitting.tree.node(number) for number in (first, second)]
            over = all(node is not None and not node.running for node in nodes)
            known = self._sitting.distances(first, second) is not None
            if over and not known and (first, second) not in self._asked:
                self._asked.add((first, second))
                self._sitting.compare(first, second)

    def _step(self, by: int) -> None:
        step = self._sitting.playhead.step
        if step is not None:
            self._go_to(step + by)

    def _jump(self, to_end: bool) -> None:
        self._go_to(10**9 if to_end else 0)

    def _go_to(self, step: int) -> None:
        node = self._sitting.selected
        if node is not None and node.last is not None:
            self._sitting.park(node.number, min(max(0, step), node.last))
