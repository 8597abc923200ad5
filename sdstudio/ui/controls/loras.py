"""The LoRAs of a request: small weights laid over the model's, each with its strength."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.tool_button import IconButton

Loras = tuple[tuple[str, float], ...]


class LoraRow(QWidget):
    """One LoRA: its name, its weight, and a button that removes it.

    Args:
        source: What the request names.
        explanation: The weight's tooltip.
    """

    def __init__(self, source: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = Path(source).stem if source.endswith(".safetensors") else source
        label = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        label.set_whole(name)
        label.setToolTip(source)
        self.weight = NumberBox(-4, 4, 0.05, decimals=2)
        self.weight.setAccessibleName(self.tr("Weight of {name}").format(name=name))
        self.weight.setToolTip(explanation)
        self.remove = IconButton("clear", self.tr("Remove {name}").format(name=name))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(label, 1)
        line.addWidget(self.weight)
        line.addWidget(self.remove)


class LoraList(QWidget):
    """A row for each LoRA with its weight, and a line to add another by file or name."""

    edited = Signal(object)
    """All pairs of source and weight."""

    refused = Signal(str)
    """Text typed into a weight that is no number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loras: Loras = ()
        self.rows: list[LoraRow] = []
        explanation = self.tr(
            "Low-rank additions to the model's weights that teach it a style or a subject; "
            "weight 1 is as trained, 0 is off, less than 0 turns it round."
        )
        heading = QLabel(self.tr("LoRAs"))
        heading.setProperty("kind", "muted")
        heading.setToolTip(explanation)
        self._explanation = explanation
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Add a file or a name"))
        self.name.setAccessibleName(self.tr("LoRA to add, a file or a name"))
        self.name.setToolTip(explanation)
        self.browse = IconButton("open", self.tr("Choose a LoRA file"))
        self.note = NoteLine()

        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        adding = QHBoxLayout()
        adding.setSpacing(4)
        adding.addWidget(self.name)
        adding.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addLayout(self._list)
        column.addLayout(adding)
        column.addWidget(self.note)

        self.name.returnPressed.connect(self._add_named)
        self.browse.clicked.connect(self.ask_for_file)

    def show_value(self, loras: Loras) -> None:
        """Show LoRAs without telling anybody."""
        if [source for source, _ in loras] != [source for source, _ in self._loras]:
            self._rebuild(loras)
        self._loras = loras
        for row, (_, weight) in zip(self.rows, loras, strict=True):
            row.weight.set_number(weight)

    def add(self, source: str) -> None:
        """Add a LoRA at weight 1; one that is there already stays as it is."""
        source = source.strip()
        if source and source not in dict(self._loras):
            self.edited.emit((*self._loras, (source, 1.0)))

    def ask_for_file(self) -> None:
        """Let the person choose a file."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Choose a LoRA"), "", self.tr("LoRA weights (*.safetensors)")
        )
        if name:
            self.add(name)

    def _add_named(self) -> None:
        self.add(self.name.text())
        self.name.clear()

    def _rebuild(self, loras: Loras) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(index, source) for index, (source, _) in enumerate(loras)]
        before: QWidget = self
        for row in self.rows:
            self._list.addWidget(row)
            for widget in (row.weight, row.remove):
                if before is not self:
                    QWidget.setTabOrder(before, widget)
                before = widget
        if before is not self:
            QWidget.setTabOrder(before, self.name)

    def _row(self, index: int, source: str) -> LoraRow:
        row = LoraRow(source, self._explanation)
        row.weight.edited.connect(lambda number: self._weigh(index, number))
        row.weight.refused.connect(self.refused)
        row.remove.clicked.connect(lambda: self._remove(index))
        return row

    def _weigh(self, index: int, weight: float) -> None:
        pairs = list(self._loras)
        pairs[index] = (pairs[index][0], weight)
        self.edited.emit(tuple(pairs))

    def _remove(self, index: int) -> None:
        self.name.setFocus()
        self.edited.emit(self._loras[:index] + self._loras[index + 1 :])
