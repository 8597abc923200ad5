"""The panel beside the page: colours, layers, and what else belongs to a drawing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.controls.section import Section
from sdstudio.ui.draw.hand import Hand
from sdstudio.ui.draw.layer_list import LayerList
from sdstudio.ui.draw.palette import Palette

WIDTH = 300
"""Width in pixels that the panel would like, before scaling."""


class Side(QScrollArea):
    """Folded parts one below the other.

    Attributes:
        palette_: The colours.
        layers: The layers.
        about_mask: What is about the mask; the page shows it while the mask is drawn on.
        column: Where more parts go.
    """

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Drawing"))
        self.palette_ = Palette(hand)
        self.layers = LayerList(hand)
        self._body = QWidget()
        self._body.setProperty("kind", "body")
        outer = QVBoxLayout(self._body)
        outer.setContentsMargins(8, 8, 6, 16)
        outer.setSpacing(12)
        self.column = QVBoxLayout()
        self.column.setSpacing(12)
        outer.addLayout(self.column)
        outer.addStretch(1)
        self.about_mask = Section(self.tr("Mask"))
        colours, layers = Section(self.tr("Colours")), Section(self.tr("Layers"))
        colours.column.addWidget(self.palette_)
        layers.column.addWidget(self.layers)
        for section in (colours, layers, self.about_mask):
            section.set_open(True)
            self.column.addWidget(section)
        self._body.installEventFilter(self)
        self.setWidget(self._body)

    def sizeHint(self) -> QSize:
        """The width the panel would like, at the text size that is set."""
        return QSize(max(theme.current().px(WIDTH), self.minimumSizeHint().width()), 400)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its widest part allows."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._body.minimumSizeHint().width() + bar, 160)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the least width of the parts."""
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self.setMinimumWidth(self.minimumSizeHint().width())
            self.updateGeometry()
        return super().eventFilter(watched, event)
