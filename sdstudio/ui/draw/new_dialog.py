"""The question how large a new drawing should be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.session.events import ModelFacts
from sdstudio.ui import theme
from sdstudio.ui.controls.size_row import SizeRow
from sdstudio.ui.dialog_buttons import accept_or_cancel

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
        self._is_models = facts is not None
        self._native = facts.native_size if facts is not None else size
        words = QLabel(self._explanation(facts))
        words.setProperty("kind", "muted")
        words.setWordWrap(True)
        presets = QHBoxLayout()
        presets.setSpacing(px(4))
        self.buttons: dict[tuple[int, int], QPushButton] = {}
        for side in sorted({*_SIDES, self._native[0]}):
            if facts is None or facts.size_range[0] <= side <= facts.size_range[1]:
                self._add_preset(presets, side)
        presets.addStretch(1)
        buttons, self.create_button = accept_or_cancel(self, self.tr("New drawing"), self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(24), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(words)
        column.addLayout(presets)
        column.addWidget(self.row)
        column.addWidget(buttons)
        wide = max(px(440), column.minimumSize().width())
        self.resize(wide, column.totalHeightForWidth(wide))
        self.row.width_edited.connect(lambda width: self._show(width, self._size[1]))
        self.row.height_edited.connect(lambda height: self._show(self._size[0], height))
        self.row.both_edited.connect(self._show)
        self._show(*size)
        self.create_button.setDefault(True)

    def _explanation(self, facts: ModelFacts | None) -> str:
        said = [self.tr("A pixel of the drawing is a pixel of the picture.")]
        if facts is not None:
            said.append(
                self.tr(
                    "The model was trained on {w} × {h}; far from that it repeats or loses its "
                    "subject."
                ).format(w=self._native[0], h=self._native[1])
            )
        return " ".join(said)

    def _add_preset(self, row: QHBoxLayout, side: int) -> None:
        own = side == self._native[0]
        size = (side, self._native[1] if own else side)
        text = str(side) if size[0] == size[1] else f"{size[0]} × {size[1]}"
        if own and self._is_models:
            text = self.tr("{size}: the model’s").format(size=text)
        button = QPushButton(text)
        button.setAccessibleName(f"{size[0]} × {size[1]}")
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._show(*size))
        self.buttons[size] = button
        row.addWidget(button)

    def _show(self, width: int | None, height: int | None) -> None:
        self._size = (width or self._native[0], height or self._native[1])
        self.row.show_width(self._size[0])
        self.row.show_height(self._size[1])
        for size, button in self.buttons.items():
            button.setChecked(size == self._size)

    def _take(self) -> None:
        low, high = self.row.boxes["width"].low, self.row.boxes["width"].high
        step = int(self.row.boxes["width"].step)
        width, height = (int(min(max(round(side / step) * step, low), high)) for side in self._size)
        self.chosen.emit(width, height)
        self.accept()
