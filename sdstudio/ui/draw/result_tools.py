"""What can be done with a result: make it the drawing, enlarge it; and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from sdstudio.session.drawing.enlarging import STRENGTH
from sdstudio.ui import theme
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.draw.flow import Flow
from sdstudio.ui.draw.option import LENGTHS, Option
from sdstudio.ui.icons import icon

_STRENGTH = Scale(0.05, 1, 0.01, 0.05, decimals=2)
_LONGEST = 32
"""Characters of a prompt that a place of the chain shows."""


class ResultTools(QWidget):
    """Two ways back to the pad, enlarging, and the chain.

    Attributes:
        to_pad: The result becomes the background.
        as_paint: The result is laid over it as paint.
        enlarge: The result is made again at twice the size.
        strength: Of that second pass.
        note: What cannot be done, and why.

    Signals:
        taken: The result should become the drawing; True as paint.
        enlarged: It should be made again at twice the size, at this strength.
        place_wanted: A place of the chain, by its number.
    """

    taken = Signal(bool)
    enlarged = Signal(float)
    place_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.to_pad = self._button(
            "to-pad",
            self.tr("To the pad"),
            self.tr("Go on from the result: it becomes the drawing’s background"),
        )
        self.as_paint = self._button(
            "brush", self.tr("As paint"), self.tr("Lay the result over the background, as paint")
        )
        self.enlarge = self._button(
            "enlarge",
            self.tr("Enlarge ×2"),
            self.tr(
                "Make the result again at twice the size: enlarged, put a little into noise, and "
                "cleaned again in parts of the model’s own size"
            ),
        )
        self.strength = Option(
            self.tr("Strength"),
            _STRENGTH,
            "",
            self.tr("How far the enlarged picture is taken back into noise: little keeps it true"),
        )
        # Beside a button, in a panel that leaves the sheet what room it can.
        self.strength.set_length(LENGTHS[2])
        self.strength.show_number(STRENGTH)
        self.strength.chosen.connect(self.strength.show_number)
        self.note = NoteLine(1)
        self._places = QWidget()
        self._flow = Flow(self._places)
        self._links: list[QToolButton] = []
        self._rows: list[QHBoxLayout] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widgets in ((self.to_pad, self.as_paint), (self.enlarge, self.strength)):
            row = QHBoxLayout()
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
            column.addLayout(row)
            self._rows.append(row)
        column.addWidget(self._places)
        column.addWidget(self.note)
        self.to_pad.clicked.connect(lambda: self.taken.emit(False))
        self.as_paint.clicked.connect(lambda: self.taken.emit(True))
        self.enlarge.clicked.connect(lambda: self.enlarged.emit(self.strength.slider.number))
        theme.current().changed.connect(self._scale)
        self._scale()
        self.show_chain(("",), 0)

    @property
    def places(self) -> tuple[str, ...]:
        """What the places of the chain are called."""
        return tuple(link.text().removeprefix("→ ") for link in self._links)

    def set_usable(self, usable: bool) -> None:
        """Whether there is a finished result."""
        for button in (self.to_pad, self.as_paint, self.enlarge):
            button.setEnabled(usable)

    def show_chain(self, prompts: Sequence[str], at: int) -> None:
        """Show the places that the drawing has been at; with but one there is nothing to show."""
        for link in self._links:
            self._flow.removeWidget(link)
            link.hide()
            link.deleteLater()
        self._links = []
        for number, prompt in enumerate(prompts if len(prompts) > 1 else ()):
            self._links.append(self._link(number, prompt, number == at))
            self._flow.addWidget(self._links[-1])
        self._places.setVisible(bool(self._links))

    def say(self, problem: str) -> None:
        """Say what is wrong; "" takes that away."""
        self.note.set_note("problem", Kind.ERROR, problem)

    def _link(self, number: int, prompt: str, here: bool) -> QToolButton:
        whole = prompt or (self.tr("drawing") if number == 0 else self.tr("no words"))
        text = whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1].rstrip()}…"
        link = QToolButton()
        link.setProperty("kind", "quiet")
        link.setText(f"→ {text}" if number else text)
        link.setCheckable(True)
        link.setChecked(here)
        link.clicked.connect(lambda: self._press(link, number, here))
        link.setToolTip(
            self.tr("The drawing is here now")
            if here
            else self.tr("Go to this drawing and what was asked for from it: {prompt}").format(
                prompt=whole
            )
        )
        link.setAccessibleName(whole)
        return link

    def _press(self, link: QToolButton, number: int, here: bool) -> None:
        # Only the chain decides where it stands.
        link.setChecked(here)
        self.place_wanted.emit(number)

    def _button(self, drawing: str, text: str, explanation: str) -> QPushButton:
        button = QPushButton(f" {text}")
        button.setIcon(icon(drawing))
        button.setAccessibleName(text)
        button.setToolTip(explanation)
        return button

    def _scale(self) -> None:
        px = theme.current().px
        self._flow.set_gaps(px(2), 0)
        for row in self._rows:
            row.setSpacing(px(8))
        for button in (self.to_pad, self.as_paint, self.enlarge):
            button.setIconSize(QSize(px(14), px(14)))
