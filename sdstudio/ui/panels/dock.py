"""The dock of the anatomy: chooses a panel, explains it, and has its questions asked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sdstudio.engine.problems import Problem
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui import theme, wording
from sdstudio.ui.controls.section import Section
from sdstudio.ui.panels.chooser import Chooser
from sdstudio.ui.panels.pace import Pace
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.paragraph import paragraph
from sdstudio.ui.panels.questions import Questions
from sdstudio.ui.panels.registry import Entry, panels

WIDTH = 352

_NAME = "anatomy"
_SCRUBBED: frozenset[What] = frozenset({"playhead", "answers"})
_TOPICS: frozenset[What] = frozenset(
    {"run", "model", "tree", "playhead", "pictures", "jobs", "answers"}
)


class Anatomy(QWidget):
    """Shows the chosen panel; only that one asks, and only while it can be seen.

    Args:
        sitting: What the panels look at.
        settings: Where the chosen panel and what is folded are remembered.
        entries: What can be chosen; None takes all there are.

    Attributes:
        chooser: The button and the actions that choose; for a title line and a menu.

    Signals:
        wanted: A panel was chosen from elsewhere: the dock should come to the front.
    """

    wanted = Signal()

    def __init__(
        self,
        sitting: Sitting,
        settings: QSettings,
        entries: Sequence[Entry] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._settings = settings
        self._made: dict[str, Panel] = {}
        entries = entries or panels()
        self.chooser = Chooser(entries, self)
        self.explained = Section(self.tr("What this shows"))
        self.words = paragraph("muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.trouble = paragraph("note")
        self.nothing = paragraph("muted")
        self._body = QWidget()
        self._body.setProperty("kind", "body")
        self._body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self._body)
        self.less_memory = QPushButton(self.tr("Use less memory"))
        self.less_memory.clicked.connect(sitting.answer_with_less_memory)
        self.less_memory.hide()
        for widget in (self.explained, self.words, self.trouble, self.less_memory, self.nothing):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._pace = Pace(parent=self)
        self._pace.over.connect(self._catch_up)
        self._is_behind = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._catch_up)
        self._questions = Questions(sitting, _NAME)
        # What is as high as its width makes it is laid out with the heights of the width
        # before, and Qt does not always come back to it.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._lay_out_again)
        self.explained.unfolded.connect(self._remember_fold)
        self.chooser.chosen.connect(self._choose)
        self.chooser.called.connect(self.wanted)
        theme.current().changed.connect(self._resize)
        self._resize()
        remembered = self._settings.value(f"{_NAME}/panel", "")
        self._entry = next((each for each in entries if each.key == remembered), entries[0])
        self.chooser.show_chosen(self._entry)

    @property
    def panel(self) -> Panel | None:
        """The chosen panel, None before it first had something to show."""
        return self._made.get(self._entry.key)

    def choose(self, key: str) -> None:
        """Choose a panel by its key."""
        self.chooser.choose(key)

    def refresh(self, changed: set[What]) -> None:
        """Follow what has changed in the sitting; a run that is watched at a quiet pace."""
        if not changed & _TOPICS or not self.isVisible():
            return
        if not self._sitting.running:
            self._pace.stop()
            self._follow()
            return
        self._is_behind = True
        if not self._pace.is_pausing or (changed & _SCRUBBED and not self._questions.watches):
            # The canvas is painted first.
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Explain the panel, and show it once there is something to see."""
        super().showEvent(event)
        self._show_panel()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nothing any more."""
        super().hideEvent(event)
        self._pace.stop()
        self._questions.withdraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the panel out for the new width."""
        super().resizeEvent(event)
        self._settle.start()

    def sizeHint(self) -> QSize:
        """Wide enough for three pictures side by side."""
        px = theme.current().px
        return QSize(px(WIDTH), px(480))

    def minimumSizeHint(self) -> QSize:
        """The least in which a plot can be read."""
        px = theme.current().px
        return QSize(px(176), px(120))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the panel's ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("panel"))
        painter.end()

    def _choose(self, entry: Entry) -> None:
        self._entry = entry
        self._settings.setValue(f"{_NAME}/panel", entry.key)
        if self.isVisible():
            self._show_panel()

    def _show_panel(self) -> None:
        self._questions.forget()
        kind = self._entry.kind()
        self.words.setText(kind.explanation())
        folded = self._settings.value(f"{_NAME}/{kind.key}/folded", False, bool) is True
        self.explained.set_open(not folded)
        self.words.setVisible(not folded)
        for each in self._made.values():
            each.setVisible(each is self.panel)
        self._follow()
        self._settle.start()

    def _follow(self) -> None:
        self._is_behind = False
        if self._sitting.running:
            self._pace.begin()
        nothing = self._entry.kind().empty(self._sitting)
        is_beginning = self._questions.watches and self._sitting.playhead.step is None
        if nothing and is_beginning and self.panel is not None and self.panel.isVisible():
            return  # what is known of the run before stays until this one's first step
        self.nothing.setText(nothing)
        self.nothing.setVisible(bool(nothing))
        if nothing:
            if self.panel is not None:
                self.panel.setVisible(False)
            self._questions.withdraw()
            self._tell(())
            return
        panel = self.panel or self._make()
        panel.setVisible(True)
        shown = self._questions.ask(panel)
        if shown is not None:
            self._tell(panel.problems(shown))
            panel.refresh(shown)

    def _make(self) -> Panel:
        panel = self._made[self._entry.key] = self._entry.kind()()
        self._column.insertWidget(self._column.count() - 1, panel)
        panel.asking.connect(self._ask)
        panel.step_wanted.connect(self._go_to)
        return panel

    def _tell(self, problems: Sequence[Problem]) -> None:
        rung = self._sitting.thriftier_for(problems)
        self.less_memory.setVisible(bool(rung))
        if rung:
            problems = (*problems, Problem.of("less_memory", reason=rung))
        self.trouble.setText(wording.word_all(problems))
        self.trouble.setVisible(bool(problems))

    def _ask(self) -> None:
        if self.isVisible():
            self._questions.forget()
            self._follow()

    def _go_to(self, step: int) -> None:
        node = self._sitting.selected
        if node is not None and node.last is not None:
            self._sitting.park(node.number, min(max(0, step), node.last))

    def _catch_up(self) -> None:
        if self._is_behind and self.isVisible():
            self._follow()

    def _remember_fold(self, opened: bool) -> None:
        self.words.setVisible(opened)
        self._settings.setValue(f"{_NAME}/{self._entry.key}/folded", not opened)

    def _lay_out_again(self) -> None:
        self._column.invalidate()
        self._column.activate()

    def _resize(self) -> None:
        px = theme.current().px
        self._column.setContentsMargins(px(16), px(8), px(16), px(16))
        self._column.setSpacing(px(16))
        self._settle.start()
