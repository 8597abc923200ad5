"""A labelled choice among names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.wheel import guard_wheel


class Choice(QComboBox):
    """A combo box of values and their words; the wheel needs the focus."""

    chosen = Signal(object)
    """The value a person chose."""

    def __init__(
        self, options: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        for value, words in options:
            self.addItem(words, value)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        guard_wheel(self)
        self.currentIndexChanged.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def offer(self, options: Sequence[tuple[object, str]]) -> None:
        """Offer other values without telling anybody; what was chosen stays so if it can."""
        if [(self.itemData(at), self.itemText(at)) for at in range(self.count())] == [*options]:
            return
        chosen = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            for value, words in options:
                self.addItem(words, value)
            self.setCurrentIndex(max(0, self.findData(chosen)))

    def show_value(self, value: str) -> None:
        """Show a value without telling anybody; one that is not offered is added as it is."""
        with QSignalBlocker(self):
            if self.findData(value) < 0:
                self.addItem(value, value)
            self.setCurrentIndex(self.findData(value))


class ChoiceRow(QWidget):
    """Label, choice and the note below."""

    edited = Signal(object)
    """The value a person chose."""

    reset = Signal()
    """A double click on the label: the default is wanted."""

    def __init__(
        self,
        label: str,
        options: Sequence[tuple[str, str]],
        explanation: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = QLabel(label)
        self.label.setProperty("kind", "muted")
        self.label.installEventFilter(self)
        self.choice = Choice(options, label)
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.label.setBuddy(self.choice)
        self.label.setToolTip(explanation)
        self.choice.setToolTip(explanation)
        self.note = NoteLine()

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.label)
        column.addWidget(self.choice)
        column.addWidget(self.note)
        self.choice.chosen.connect(self.edited)

    def show_value(self, value: str) -> None:
        """Show a value without telling anybody."""
        self.choice.show_value(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the label resets."""
        if watched is self.label and event.type() == QEvent.Type.MouseButtonDblClick:
            self.reset.emit()
            return True
        return super().eventFilter(watched, event)
