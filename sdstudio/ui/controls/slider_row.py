"""Label, number box, slider and the note below: one number of the request."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider


class SliderRow(QWidget):
    """One number by slider and by box; used for every number that has a slider.

    Args:
        label: What the number is called.
        scale: The numbers of the slider.
        least: Least number that the box takes, where that is less than the slider's.
        most: Greatest number that the box takes, where that is more than the slider's.
        marks: Numbers that the slider has a mark at.
        explanation: The tooltip: the idea in a sentence, with units and range.
        note_lines: Lines kept free below; 0 for no note.
        gives_way: Whether a label too long for its room is shortened.

    Attributes:
        head: The line above the slider, label and box.
    """

    edited = Signal(object)
    """The number a person chose."""

    refused = Signal(str)
    """Text typed into the box that is no number."""

    reset = Signal()
    """A double click on slider or label: the default is wanted."""

    def __init__(
        self,
        label: str,
        scale: Scale,
        *,
        least: float | None = None,
        most: float | None = None,
        marks: Sequence[float] = (),
        explanation: str = "",
        note_lines: int = 1,
        gives_way: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = _shortened(label) if gives_way else QLabel(label)
        self.label.setProperty("kind", "muted")
        self.label.installEventFilter(self)
        self.slider = Slider(scale, marks)
        self.slider.setAccessibleName(label)
        self.box = NumberBox(
            scale.low if least is None else least,
            scale.high if most is None else most,
            scale.step,
            decimals=scale.decimals,
        )
        self.box.setAccessibleName(label)
        self.label.setBuddy(self.box)
        self.note = NoteLine(note_lines)
        if not note_lines:
            self.note.hide()
        for widget in (self.label, self.slider, self.box):
            widget.setToolTip(explanation)

        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.label, 1)
        self.head.addWidget(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self.head)
        column.addWidget(self.slider)
        column.addWidget(self.note)

        self.slider.moved.connect(self.edited)
        self.slider.reset.connect(self.reset)
        self.box.edited.connect(self.edited)
        self.box.refused.connect(self.refused)

    def show_value(self, number: float) -> None:
        """Show a number without telling anybody."""
        self.slider.set_number(number)
        self.box.set_number(number)

    def set_usable(self, usable: bool) -> None:
        """Let it be used or not; the note below stays readable either way."""
        for widget in (self.label, self.slider, self.box):
            widget.setEnabled(usable)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the label resets."""
        if watched is self.label and event.type() == QEvent.Type.MouseButtonDblClick:
            self.reset.emit()
            return True
        return super().eventFilter(watched, event)


def _shortened(label: str) -> ElidedLabel:
    shown = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
    shown.set_whole(label)
    return shown
