"""The question how large a new drawing should be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.events import ModelFacts
from sdstudio.ui import theme
from sdstudio.ui.controls.size_row import SizeRow
from sdstudio.ui.draw.flow import Flow

_SIDES = (128, 256, 512, 768, 1024)


class NewDialog(QDialog):
    """Offers the model's own size and others.

    Args:
        facts: The model, None while there is none.
        size: What to begin with: width and height in pixels.

    Signals:
        chosen: Width and height.
    """

    chosen = Signal(int, int)

    def __init__(self, facts: ModelFacts | None, size: tuple[int, int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New drawing"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = theme.current().px
        self._size = size
        self.row = SizeRow()
        self.row.set_facts(facts)
        self._native = facts.native_size if facts is not None else size
        words = QLabel(
            self.tr(
                "A pixel of the drawing is a pixel of the picture. The model was trained on "
                "{w} × {h}; far from that it repeats or loses its subject. The drawing so far "
                "stays among the drawings."
            ).format(w=self._native[0], h=self._native[1])
        )
        words.setProperty("kind", "muted")
        words.setWordWrap(True)
        self.presets = QWidget()
        flow = Flow(self.presets, px(4), px(4))
        self._group = QButtonGroup(self)
        for side in sorted({*_SIDES, self._native[0]}):
            if facts is None or facts.size_range[0] <= side <= facts.size_range[1]:
                self._add_preset(flow, side)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.create_button = buttons.addButton(
            self.tr("New drawing"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.create_button.setProperty("kind", "primary")
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(24), px(24), px(16))
        column.setSpacing(px(12))
        for widget in (words, self.presets, self.row, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(px(400))
        self.row.width_edited.connect(lambda width: self._show(width, self._size[1]))
        self.row.height_edited.connect(lambda height: self._show(self._size[0], height))
        self.row.both_edited.connect(self._show)
        self._show(*size)
        self.create_button.setDefault(True)

    def _add_preset(self, flow: Flow, side: int) -> None:
        own = side == self._native[0]
        text = f"{side} × {self._native[1] if own else side}"
        button = QPushButton(self.tr("{size}, the model’s").format(size=text) if own else text)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setProperty("size", (side, self._native[1] if own else side))
        button.clicked.connect(lambda: self._show(side, self._native[1] if own else side))
        self._group.addButton(button)
        flow.addWidget(button)

    def _show(self, width: int | None, height: int | None) -> None:
        self._size = (width or self._native[0], height or self._native[1])
        self.row.show_width(self._size[0])
        self.row.show_height(self._size[1])
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(tuple(button.property("size")) == self._size)
        self._group.setExclusive(True)

    def _take(self) -> None:
        low, high = self.row.boxes["width"].low, self.row.boxes["width"].high
        step = int(self.row.boxes["width"].step)
        width, height = (int(min(max(round(side / step) * step, low), high)) for side in self._size)
        self.chosen.emit(width, height)
        self.accept()
