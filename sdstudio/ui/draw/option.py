"""A number of the tool in one line: its name, a short slider, a box."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider import Slider

LENGTHS = (88, 64, 44, 0)
"""Lengths of the slider in pixels, before scaling: the longest for which there is room; with
none the box remains."""

GAP = 6


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
        self._label = label = QLabel(name)
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

    def width_with(self, length: int) -> int:
        """Pixels it takes with a slider of one of :data:`LENGTHS`."""
        px = theme.current().px
        slider = px(length) + px(GAP) if length else 0
        return self._label.sizeHint().width() + px(GAP) + slider + self.box.minimumWidth()

    def sizeHint(self) -> QSize:
        """As wide as it is with the slider that it has."""
        return QSize(self.width_with(self._length), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same: nothing of it is cut off."""
        return self.sizeHint()

    def set_length(self, length: int) -> None:
        """Give the slider one of :data:`LENGTHS`."""
        if length == self._length:
            return
        self._length = length
        self.slider.setVisible(length > 0)
        self.slider.setFixedWidth(theme.current().px(length))
        self.updateGeometry()

    def _take(self, number: float) -> None:
        scale = self.slider.scale
        near = min(max(number, scale.low), scale.high)
        self.show_number(near)
        self.chosen.emit(near)

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setSpacing(px(GAP))
        self.slider.setFixedWidth(px(self._length))
