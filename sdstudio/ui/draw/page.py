"""The page for drawing: tools, sheet, and places for what the sampler makes of it."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.ui.draw.foot import Foot
from sdstudio.ui.draw.hand import Hand
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.side import Side
from sdstudio.ui.draw.tool_options import ToolOptions
from sdstudio.ui.draw.tool_strip import ToolStrip


class DrawPage(QWidget):
    """Lays out everything to draw with. It holds no drawing of its own.

    Attributes:
        hand: What is in the hand.
        pad: The sheet.
        strip: The tools.
        options: The line above: how the tool draws.
        foot: The line below the sheet: how large it is, where the pointer is, how it is turned.
        side: The panel with colours and layers, for a dock.
        split: Sheet left, result right.

    Signals:
        offered: A picture was pasted or dropped: a QMimeData.
        layer_changed: Another layer is drawn on.
        drawing_changed: Another :class:`Drawing` is shown.
    """

    offered = Signal(object)
    layer_changed = Signal(str)
    drawing_changed = Signal(object)

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setAcceptDrops(True)
        self.setAutoFillBackground(True)
        self.hand = Hand(self)
        self.hand.restore(settings)
        self.pad = Pad(self.hand)
        self.strip = ToolStrip(self.hand)
        self.options = ToolOptions(self.hand)
        self.foot = Foot(self.pad)
        self.side = Side(self.hand)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self._below = QVBoxLayout()
        self._layer = self.hand.layer
        self._lay_out()
        self.pad.offered.connect(self.offered)
        self.hand.changed.connect(self._follow)
        self._follow()

    @property
    def options_column(self) -> QVBoxLayout:
        """Where more controls go, below colours and layers."""
        return self.side.column

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn on."""
        return self.pad.drawing

    def set_drawing(self, drawing: Drawing) -> None:
        """Show another drawing."""
        self.pad.set_drawing(drawing)
        self.side.layers.set_drawing(drawing)
        self.hand.suit(max(drawing.width, drawing.height))
        self.drawing_changed.emit(drawing)

    def set_result(self, widget: QWidget) -> None:
        """Put what is made of the drawing beside it."""
        self.split.addWidget(widget)
        self.split.setSizes([1, 1])
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 1)

    def add_below(self, widget: QWidget) -> None:
        """Put a line of controls below sheet and result."""
        self._below.addWidget(widget)

    def set_strip(self, widget: QWidget) -> None:
        """Put the film below everything."""
        self._column.addWidget(widget)

    def add_option(self, widget: QWidget) -> None:
        """Put something below the layers that shows only while the mask is drawn on."""
        self.side.about_mask.column.addWidget(widget)

    def save(self) -> None:
        """Remember what is in the hand."""
        self.hand.save(self._settings)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        event.acceptProposedAction()
        self.offered.emit(event.mimeData())

    def _lay_out(self) -> None:
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pad, 1)
        column.addWidget(self.foot)
        self.split.addWidget(sheet)
        self.split.setChildrenCollapsible(False)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(0)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.options)
        self._column.addWidget(self.split, 1)
        self._column.addLayout(self._below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.strip)
        row.addLayout(self._column, 1)

    def _follow(self) -> None:
        layer = self.hand.layer
        self.side.about_mask.setVisible(layer == "mask")
        if layer != self._layer:
            self._layer = layer
            self.layer_changed.emit(layer)
