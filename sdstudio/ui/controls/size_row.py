"""Width and height, swapped or put back to what the model was trained on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from sdstudio.session.events import ModelFacts
from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.tool_button import IconButton

_LEAST, _MOST, _MULTIPLE = 8, 16_384, 8
"""What a request allows while no model says more."""


class SizeRow(QWidget):
    """Width and height in pixels; an empty box is the model's own size."""

    width_edited = Signal(object)
    """A width a person chose."""

    height_edited = Signal(object)
    """A height a person chose."""

    both_edited = Signal(object, object)
    """Width and height after a swap, or None and None for the model's own."""

    refused = Signal(str, str)
    """The field and the text typed into it that is no number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._native: tuple[int, int] | None = None
        self.boxes: dict[str, NumberBox] = {}
        self.labels: dict[str, QLabel] = {}
        self.note = NoteLine()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        names = {"width": self.tr("Width"), "height": self.tr("Height")}
        for column, (field, name) in zip((0, 2), names.items(), strict=True):
            label = QLabel(name)
            box = NumberBox(_LEAST, _MOST, _MULTIPLE, stretches=True, optional=True)
            label.setProperty("kind", "muted")
            label.setBuddy(box)
            box.setAccessibleName(self.tr("{name} in pixels").format(name=name))
            box.refused.connect(lambda text, field=field: self.refused.emit(field, text))
            self.labels[field], self.boxes[field] = label, box
            grid.addWidget(label, 0, column)
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, 1)
        self.swap = IconButton("swap", self.tr("Swap width and height"))
        self.native = IconButton("reset", self.tr("The size the model was trained on"))
        grid.addWidget(self.swap, 1, 1)
        grid.addWidget(self.native, 1, 3)
        grid.addWidget(self.note, 2, 0, 1, 4)
        QWidget.setTabOrder(self.boxes["width"], self.swap)
        QWidget.setTabOrder(self.swap, self.boxes["height"])

        self.boxes["width"].edited.connect(self.width_edited)
        self.boxes["height"].edited.connect(self.height_edited)
        self.swap.clicked.connect(self._swap)
        self.native.clicked.connect(lambda: self.both_edited.emit(None, None))
        self.set_facts(None)

    def show_width(self, width: int | None) -> None:
        """Show a width without telling anybody; None is the model's own."""
        self.boxes["width"].set_number(width, self._native[0] if self._native else None)

    def show_height(self, height: int | None) -> None:
        """Show a height without telling anybody; None is the model's own."""
        self.boxes["height"].set_number(height, self._native[1] if self._native else None)

    def set_facts(self, facts: ModelFacts | None) -> None:
        """Take the sizes a model can make."""
        low, high = facts.size_range if facts is not None else (_LEAST, _MOST)
        step = facts.size_multiple if facts is not None else _MULTIPLE
        self._native = facts.native_size if facts is not None else None
        explanation = self.tr(
            "{name} of the picture in pixels, {low} to {high} in steps of {step}; far from the "
            "size the model was trained on it repeats or loses its subject."
        )
        for field, box in self.boxes.items():
            box.low, box.high, box.step = low, high, step
            text = explanation.format(name=self.labels[field].text(), low=low, high=high, step=step)
            box.setToolTip(text)
            self.labels[field].setToolTip(text)
        self.show_width(self.boxes["width"].number)  # type: ignore[arg-type]
        self.show_height(self.boxes["height"].number)  # type: ignore[arg-type]

    def _swap(self) -> None:
        native = self._native or (None, None)
        width = self.boxes["width"].number
        height = self.boxes["height"].number
        if width is None and height is None and native[0] == native[1]:
            return
        self.both_edited.emit(
            native[1] if height is None else height, native[0] if width is None else width
        )
