"""The slider between two prompts, its ends named by the words in which they differ."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from sdstudio.ui.controls.difference import differing_words
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider


class MixRow(QWidget):
    """How much of the second prompt is blended into the first."""

    edited = Signal(object)
    """The mix, 0 to 1."""

    refused = Signal(str)
    """Text typed into the box that is no number."""

    reset = Signal()
    """A double click: the default is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prompts: tuple[str, str] | None = None
        name = self.tr("Mix")
        explanation = self.tr(
            "Blends the meaning of the two prompts: 0 % is the first alone, 100 % the second, "
            "and between them lie pictures that neither describes."
        )
        self.left = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self.right = ElidedLabel(Qt.AlignmentFlag.AlignRight)
        caption = QLabel(self.tr("mix"))
        caption.setProperty("kind", "muted")
        self.slider = Slider(Scale(0, 1, 0.01, 0.1, decimals=2))
        self.slider.setAccessibleName(name)
        self.box = NumberBox(0, 100, digits=3, suffix=" %")
        self.box.setAccessibleName(self.tr("Mix in percent"))
        self.note = NoteLine()
        for widget in (caption, self.slider, self.box):
            widget.setToolTip(explanation)

        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(8)
        grid.addWidget(self.left, 0, 0)
        grid.addWidget(caption, 0, 1)
        grid.addWidget(self.box, 0, 2)
        grid.addWidget(self.right, 0, 3)
        grid.addWidget(self.slider, 1, 0, 1, 4)
        grid.addWidget(self.note, 2, 0, 1, 4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(3, 1)

        self.slider.moved.connect(self.edited)
        self.slider.reset.connect(self.reset)
        self.box.edited.connect(lambda percent: self.edited.emit(percent / 100))
        self.box.refused.connect(self.refused)
        self.set_prompts("", "")

    def show_value(self, mix: float) -> None:
        """Show a mix without telling anybody."""
        self.slider.set_number(mix)
        self.box.set_number(round(100 * mix))

    def set_prompts(self, prompt: str, prompt_b: str) -> None:
        """Name the ends by what is different in the two prompts."""
        if (prompt, prompt_b) == self._prompts:
            return
        self._prompts = (prompt, prompt_b)
        nothing = self.tr("no words")
        word, word_b = differing_words(prompt, prompt_b)
        self.left.set_whole(word or nothing)
        self.right.set_whole(word_b or nothing)
        self.slider.setAccessibleName(
            self.tr("Mix from {first} to {second}").format(
                first=self.left.whole[:60], second=self.right.whole[:60]
            )
        )
