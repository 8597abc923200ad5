"""The tools in a column, and below them the two colours."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QToolButton, QWidget

from sdstudio.ui import theme
from sdstudio.ui.draw import words
from sdstudio.ui.draw.colour_wells import ColourWells
from sdstudio.ui.draw.hand import TOOLS, Hand, ToolName
from sdstudio.ui.ground import Ground
from sdstudio.ui.icons import icon

ICON_PX = 18
MOST_COLUMNS = 3


class ToolStrip(Ground):
    """One button for each tool.

    Attributes:
        buttons: By the tool's name.
        wells: The two colours.
    """

    def __init__(self, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent, edge=Qt.Edge.RightEdge)
        self._hand = hand
        self.setAccessibleName(self.tr("Tools"))
        self.buttons: dict[ToolName, QToolButton] = {}
        self.wells = ColourWells(hand)
        self._grid = QGridLayout(self)
        group = QButtonGroup(self)
        for name in TOOLS:
            button = self._make(name)
            group.addButton(button)
            self.buttons[name] = button
        self._columns = 0
        hand.changed.connect(self._follow)
        theme.current().changed.connect(self._scale)
        self._scale()
        self._follow()

    def _make(self, name: ToolName) -> QToolButton:
        drawing, title, explanation = words.tools()[name]
        button = QToolButton()
        button.setIcon(icon(drawing))
        button.setCheckable(True)
        button.setProperty("kind", "tool")
        button.setToolTip(f"{title}\n{explanation}")
        button.setAccessibleName(title)
        button.setAccessibleDescription(explanation)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._hand.take(name))
        return button

    def _follow(self) -> None:
        self.buttons[self._hand.tool].setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where one column is too high, take two."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """In as many columns as it may have."""
        side = self._side()
        return QSize(super().minimumSizeHint().width(), side * math.ceil(len(TOOLS) / MOST_COLUMNS))

    def _side(self) -> int:
        return max(button.sizeHint().height() for button in self.buttons.values())

    def _arrange(self) -> None:
        px = theme.current().px
        spare = self.height() - 2 * px(8) - self.wells.sizeHint().height() - px(16)
        rows = max(1, spare // (self._side() + px(2)))
        columns = min(MOST_COLUMNS, math.ceil(len(TOOLS) / rows))
        if columns == self._columns:
            return
        self._columns = columns
        while self._grid.count():
            self._grid.takeAt(0)
        for number, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, number // columns, number % columns)
        below = math.ceil(len(TOOLS) / columns)
        for row in range(len(TOOLS) + 3):
            self._grid.setRowStretch(row, 0)
            self._grid.setRowMinimumHeight(row, 0)
        self._grid.setRowMinimumHeight(below, px(8))
        centred = Qt.AlignmentFlag.AlignHCenter
        self._grid.addWidget(self.wells, below + 1, 0, 1, columns, centred)
        self._grid.setRowStretch(below + 2, 1)

    def _scale(self) -> None:
        px = theme.current().px
        self._grid.setContentsMargins(px(6), px(8), px(6) + 1, px(8))
        self._grid.setSpacing(px(2))
        for button in self.buttons.values():
            button.setIconSize(QSize(px(ICON_PX), px(ICON_PX)))
        self._columns = 0
        self._arrange()
