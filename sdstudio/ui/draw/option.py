"""A number of the tool in one line: its name, a short slider, a box."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider

LENGTHS = (88, 56, 36)
"""Lengths of the slider in pixels, before scaling: the longest for which there is room."""


class Option(QWidget):
    """Name, slider and box side by side.

    Args:
        name: What the number is called.
        scale: The numbers of the slider.
        suffix: The unit.
        explanation: The tooltip.

    Signals:
        chosen: The number a person chose.
    """

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        scale: Scale,
        suffix: str,
        explanation: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._length = LENGTHS[0]
        self.slider = Slider(scale)
        self.box = NumberBox(
            scale.low, scale.high, scale.step, decimals=scale.decimals, digits=3, suffix=suffix
        )
        label = QLabel(name)
        label.setProperty("kind", "muted")
        label.setBuddy(self.box)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (label, self.slider, self.box):
            widget.setToolTip(explanation)
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        for widget in (self.slider, self.box):
            widget.setAccessibleName(name)
        self.slider.moved.connect(self.chosen)
        self.box.edited.connect(self._take)
        self.box.refused.connect(lambda text: self.show_number(self.slider.number))
        theme.current().changed.connect(self._scale)
        self._scale()

    def show_number(self, number: float) -> None:
        """Show a number without telling anybody."""
        self.slider.set_number(number)
        self.box.set_number(number)

    def set_length(self, length: int) -> None:
        """Give the slider one of :data:`LENGTHS`."""
        self._length = length
        self.slider.setFixedWidth(theme.current().px(length))

    def _take(self, number: float) -> None:
        scale = self.slider.scale
        near = min(max(number, scale.low), scale.high)
        self.show_number(near)
        self.chosen.emit(near)

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setSpacing(px(6))
        self.set_length(self._length)
