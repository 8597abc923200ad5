"""Label, number box, slider and the note below: one number of the request."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider


class SliderRow(QWidget):
    """One number by slider and by box; used for every number that has a slider.

    Args:
        label: What the number is called.
        scale: The numbers of the slider.
        most: Greatest number that the box takes, where that is more than the slider's.
        explanation: The tooltip: the idea in a sentence, with units and range.
        note_lines: Lines kept free below.
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
        most: float | None = None,
        explanation: str = "",
        note_lines: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = QLabel(label)
        self.label.setProperty("kind", "muted")
        self.label.installEventFilter(self)
        self.slider = Slider(scale)
        self.slider.setAccessibleName(label)
        self.box = NumberBox(
            scale.low,
            scale.high if most is None else most,
            scale.step,
            decimals=scale.decimals,
        )
        self.box.setAccessibleName(label)
        self.label.setBuddy(self.box)
        self.note = NoteLine(note_lines)
        for widget in (self.label, self.slider, self.box):
            widget.setToolTip(explanation)

        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setHorizontalSpacing(8)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.box, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.slider, 1, 0, 1, 2)
        grid.addWidget(self.note, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)

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
