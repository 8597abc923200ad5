"""The LoRAs of a request: small weights laid over the model's, each with its strength."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.lora_row import TRAINED, LoraRow
from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.tool_button import IconButton

ENDING = ".safetensors"

Loras = tuple[tuple[str, float], ...]


class LoraList(QWidget):
    """A row for each LoRA in the request's order, and a line to add more by file or name.

    Files can be dropped anywhere on it. What a LoRA weighed before it was muted is known for
    as long as the window is open; the request only knows that it weighs 0.
    """

    edited = Signal(object)
    """All pairs of source and weight."""

    refused = Signal(str)
    """Text typed into a weight that is no number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loras: Loras = ()
        self._before_muting: dict[str, float] = {}
        self._folder = ""
        self._is_over = False
        self.rows: list[LoraRow] = []
        self.setAcceptDrops(True)
        explanation = self.tr(
            "Low-rank additions to the model's weights that teach it a style or a subject; "
            "weight 1 is as trained, 0 is off, less than 0 turns it round. -1 to 2, in the box "
            "-4 to 4. A change acts from the next run on; with Live on, the run starts anew."
        )
        heading = QLabel(self.tr("LoRAs"))
        heading.setProperty("kind", "muted")
        heading.setToolTip(explanation)
        self._explanation = explanation
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Add or drop a file, or a name"))
        self.name.setAccessibleName(self.tr("LoRA to add, a file or a name"))
        self.name.setToolTip(explanation)
        self.name.setAcceptDrops(False)
        self.browse = IconButton("open", self.tr("Choose LoRA files"))
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
        self.browse.clicked.connect(self.ask_for_files)

    def show_value(self, loras: Loras) -> None:
        """Show LoRAs without telling anybody."""
        if [source for source, _ in loras] != [source for source, _ in self._loras]:
            self._rebuild(loras)
        self._loras = loras
        for row, (_, weight) in zip(self.rows, loras, strict=True):
            row.show_value(weight)

    def add(self, *sources: str) -> None:
        """Add LoRAs at weight 1, last; those that are there already stay as they are."""
        known = dict(self._loras)
        wanted = dict.fromkeys(source.strip() for source in sources)
        new = tuple((each, TRAINED) for each in wanted if each and each not in known)
        if new:
            self.edited.emit((*self._loras, *new))

    def ask_for_files(self) -> None:
        """Let the person choose files."""
        kinds = self.tr("LoRA weights (*{ending})").format(ending=ENDING)
        found, _ = QFileDialog.getOpenFileNames(self, self.tr("Choose LoRAs"), self._folder, kinds)
        if found:
            self._folder = str(Path(found[0]).parent)
            self.add(*found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files of weights; anything else is for the window."""
        if _files(event.mimeData()):
            event.acceptProposedAction()
            self._show_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drop went elsewhere."""
        self._show_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self._show_over(False)
        event.acceptProposedAction()
        self.add(*_files(event.mimeData()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """An outline while a file hovers that would be added."""
        if not self._is_over:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent"), 2))
        radius = look.px(4)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()

    def _show_over(self, is_over: bool) -> None:
        self._is_over = is_over
        self.update()

    def _add_named(self) -> None:
        self.add(self.name.text())
        self.name.clear()

    def _rebuild(self, loras: Loras) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(index, source) for index, (source, _) in enumerate(loras)]
        order: list[QWidget] = []
        for row in self.rows:
            self._list.addWidget(row)
            order += row.operated
        for before, after in pairwise((*order, self.name, self.browse)):
            QWidget.setTabOrder(before, after)

    def _row(self, index: int, source: str) -> LoraRow:
        row = LoraRow(source, self._explanation)
        row.edited.connect(partial(self._weigh, index))
        row.reset.connect(partial(self._weigh, index, TRAINED))
        row.muted.connect(partial(self._mute, index))
        row.refused.connect(self.refused)
        row.remove.clicked.connect(lambda: self._remove(index))
        return row

    def _weigh(self, index: int, weight: float) -> None:
        pairs = list(self._loras)
        pairs[index] = (pairs[index][0], weight)
        self.edited.emit(tuple(pairs))

    def _mute(self, index: int, muted: bool) -> None:
        source, weight = self._loras[index]
        if muted:
            self._before_muting[source] = weight
            self._weigh(index, 0.0)
        else:
            self._weigh(index, self._before_muting.pop(source, TRAINED))

    def _remove(self, index: int) -> None:
        self.name.setFocus()
        self.edited.emit(self._loras[:index] + self._loras[index + 1 :])


def _files(data: QMimeData) -> list[str]:
    """The files of weights among what is dragged."""
    paths = (url.toLocalFile() for url in data.urls() if url.isLocalFile())
    return [path for path in paths if path.lower().endswith(ENDING)]
