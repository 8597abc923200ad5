"""Growing the canvas: a button for each edge, how far it has come, and a way to stop."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from sdstudio.session.drawing.margins import Edge
from sdstudio.session.drawing.outpainting import STRENGTH, Outpainting
from sdstudio.ui import theme
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.draw.option import LENGTHS, Option
from sdstudio.ui.icons import icon
from sdstudio.ui.progress_line import ProgressLine

_PLACES = {Edge.TOP: (0, 1), Edge.LEFT: (1, 0), Edge.RIGHT: (1, 2), Edge.BOTTOM: (2, 1)}
_STRENGTH = Scale(0.05, 1, 0.05, 0.1, decimals=2)
_KEYS = {Edge.TOP: "Up", Edge.LEFT: "Left", Edge.RIGHT: "Right", Edge.BOTTOM: "Down"}


class OutpaintTools(QWidget):
    """Four arrows about a switch for dragging edges; how far it is, and what stops it.

    Attributes:
        actions_: Growing at each edge; Alt with an arrow key does the same.
        drag: Whether the sheet's edges are dragged.
        stop: Ends what is going.
        strength: How strongly what is new is made.
        progress: How far it is.
        note: What it does, or why it cannot.

    Signals:
        wanted: The edge to grow at, and how strongly what is new is made.
        stopped: What is going should end.
    """

    wanted = Signal(object, float)
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.actions_: dict[Edge, QAction] = {}
        self._buttons: list[QToolButton] = []
        cross = QWidget()
        grid = QGridLayout(cross)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for edge, text in (
            (Edge.TOP, self.tr("Grow upwards")),
            (Edge.LEFT, self.tr("Grow to the left")),
            (Edge.RIGHT, self.tr("Grow to the right")),
            (Edge.BOTTOM, self.tr("Grow downwards")),
        ):
            grid.addWidget(self._make(edge, text), *_PLACES[edge])
        self.drag = QAction(icon("grow"), self.tr("Drag the edges"), self)
        self.drag.setCheckable(True)
        self.drag.setShortcut(QKeySequence("Alt+G"))
        shown = self.drag.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.drag.setToolTip(
            self.tr(
                "Drag the sheet's edges and corners outwards ({keys}). By key: an arrow moves an"
                " edge, Shift takes it back, Enter makes what is hatched."
            ).format(keys=shown)
        )
        grid.addWidget(self._show(self.drag), 1, 1)
        self.stop = IconButton("stop", self.tr("Stop; the sheet stays as it is"))
        self.stop.clicked.connect(self.stopped)
        self.progress = ProgressLine()
        self.progress.set_hidden_line(True)
        self.strength = Option(
            self.tr("Strength"),
            _STRENGTH,
            "",
            self.tr(
                "How far what is new is made anew: little goes on with the colours around, much "
                "brings in what the prompt says"
            ),
        )
        self.strength.set_length(LENGTHS[1])
        self.strength.show_number(STRENGTH)
        self.strength.chosen.connect(self.strength.show_number)
        self.note = NoteLine(2)
        beside = QVBoxLayout()
        beside.setSpacing(4)
        line = QHBoxLayout()
        line.addWidget(self.progress, 1)
        line.addWidget(self.stop)
        beside.addWidget(self.strength)
        beside.addWidget(self.note, 1)
        beside.addLayout(line)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(cross)
        self._row.addLayout(beside, 1)
        theme.current().changed.connect(self._scale)
        self._scale()
        self.set_growth(None)

    @property
    def share(self) -> float:
        """How strongly what is new is made, 0 to 1."""
        return self.strength.slider.number

    def set_growth(self, pixels: int | None) -> None:
        """Say by how many pixels the canvas grows, None as long as no model is there."""
        text = ""
        if pixels is not None:
            text = self.tr("Each arrow adds {pixels} pixels that go on from what is there.").format(
                pixels=pixels
            )
        self.note.set_note("growth", Kind.CAPTION, text)
        for action in (*self.actions_.values(), self.drag):
            action.setEnabled(pixels is not None)

    def refresh(self, outpainting: Outpainting) -> None:
        """Show how far it is."""
        going = outpainting.going
        self.stop.setEnabled(going)
        self.progress.set_hidden_line(not going)
        self.progress.show_progress(outpainting.progress)
        text = ""
        if going and outpainting.count > 1:
            text = self.tr("part {number} of {count}").format(
                number=outpainting.done + 1, count=outpainting.count
            )
        self.note.set_note("part", Kind.MARK, text)

    def say(self, problem: str) -> None:
        """Say why it cannot be done; "" takes that away."""
        self.note.set_note("problem", Kind.ERROR, problem)

    def _make(self, edge: Edge, text: str) -> QToolButton:
        action = QAction(icon(f"grow-{_KEYS[edge].lower()}"), text, self)
        sequence = QKeySequence(f"Alt+{_KEYS[edge]}")
        action.setShortcut(sequence)
        shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({shown})")
        action.triggered.connect(lambda: self.wanted.emit(edge, self.share))
        self.actions_[edge] = action
        return self._show(action)

    def _show(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        button.setProperty("kind", "tool" if action.isCheckable() else "quiet")
        self._buttons.append(button)
        return button

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setSpacing(px(12))
        for button in self._buttons:
            button.setIconSize(QSize(px(16), px(16)))
