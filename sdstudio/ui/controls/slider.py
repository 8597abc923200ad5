"""A horizontal slider over any scale of numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QSlider, QStyle, QStyleOptionSlider, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.wheel import guard_wheel

_POSITIONS = 1000
"""Positions of the underlying integer slider; finer than a screen shows."""

_MARK_PX = 14
"""How tall a mark is: it shows above and below the groove, and less than the handle."""


class Slider(QSlider):
    """A slider that speaks in numbers of its scale.

    A click in the groove goes there, keys and the wheel move by the scale's own steps, a
    double click asks for the default. Numbers set by :meth:`set_number` may lie beyond the
    scale; the handle then rests at the end and the number is kept.

    Args:
        scale: Its numbers.
        marks: Numbers that it shows a mark at.
    """

    moved = Signal(object)
    """The number a person chose."""

    reset = Signal()
    """A double click: the default is wanted."""

    def __init__(
        self, scale: Scale, marks: Sequence[float] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.scale = scale
        self._marks = tuple(marks)
        self._number = scale.low
        self.setRange(0, _POSITIONS)
        guard_wheel(self)
        self.actionTriggered.connect(self._act)
        self.valueChanged.connect(self._drag)

    @property
    def number(self) -> float:
        """The number it stands for, which may lie beyond its ends."""
        return self._number

    def set_number(self, number: float) -> None:
        """Show a number without telling anybody."""
        self._number = number
        self.setAccessibleDescription(f"{number:.{self.scale.decimals}f}")
        if self.isSliderDown() and self.scale.number(self.value() / _POSITIONS) == number:
            return  # the handle stays under the pointer that drags it
        with QSignalBlocker(self):
            self.setValue(round(self.scale.position(number) * _POSITIONS))

    def _act(self, action: int) -> None:
        """Keys and wheel: move in numbers, whatever the distance on the slider."""
        amount = {
            QAbstractSlider.SliderAction.SliderSingleStepAdd.value: self.scale.step,
            QAbstractSlider.SliderAction.SliderSingleStepSub.value: -self.scale.step,
            QAbstractSlider.SliderAction.SliderPageStepAdd.value: self.scale.page,
            QAbstractSlider.SliderAction.SliderPageStepSub.value: -self.scale.page,
        }.get(action)
        if amount is None:
            return
        # The position is the start of the move that Qt carries out next: taken back.
        self.setSliderPosition(self.value())
        self._choose(self.scale.snapped(self._number + amount))

    def _drag(self, position: int) -> None:
        self._choose(self.scale.number(position / _POSITIONS))

    def _choose(self, number: float) -> None:
        if number != self._number:
            self.set_number(number)
            self.moved.emit(number)

    def wheelEvent(self, event: object) -> None:
        """Move by steps of the scale."""
        notches = event.angleDelta().y() / 120  # type: ignore[attr-defined]
        if notches:
            self._choose(self.scale.snapped(self._number + notches * self.scale.step))
        event.accept()  # type: ignore[attr-defined]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where the groove was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._jump_to(event.position().toPoint().x())
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks behind groove and handle."""
        if self._marks:
            look = theme.current()
            painter = QPainter(self)
            tall = look.px(_MARK_PX)
            for number in self._marks:
                place = QRect(self.place_of(number), (self.height() - tall) // 2, 1, tall)
                painter.fillRect(place, look.color("outline"))
            painter.end()
        super().paintEvent(event)

    def place_of(self, number: float) -> int:
        """Where the middle of the handle is for a number, in pixels from the left."""
        option, groove, handle = self._parts()
        position = round(self.scale.position(number) * _POSITIONS)
        way = groove.width() - handle.width()
        left = QStyle.sliderPositionFromValue(0, _POSITIONS, position, way, option.upsideDown)
        return groove.left() + handle.width() // 2 + left

    def _jump_to(self, x: int) -> None:
        """Put the handle under the pointer, so that the press that follows grabs it."""
        option, groove, handle = self._parts()
        if handle.left() <= x <= handle.right():
            return
        self.setValue(
            QStyle.sliderValueFromPosition(
                0,
                _POSITIONS,
                x - groove.left() - handle.width() // 2,
                groove.width() - handle.width(),
                option.upsideDown,
            )
        )

    def _parts(self) -> tuple[QStyleOptionSlider, QRect, QRect]:
        """How it is drawn, its groove and its handle."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, part = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(part, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(part, option, QStyle.SubControl.SC_SliderHandle, self)
        return option, groove, handle

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the default."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.reset.emit()
