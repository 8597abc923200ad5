"""Below two pictures: in which parameters the runs differ, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdstudio.ui import theme
from sdstudio.ui.compare.plot import Plot
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.ground import Ground

_BOTH = 560
"""From this width on, in pixels at 100% text, the two stand side by side."""


class Details(Ground):
    """A plot and a table, side by side where there is room, else one at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self.tr("step"), self.tr("RMS distance"))
        self.told = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self.told.setProperty("kind", "muted")
        self._plotted = QWidget(self)
        self._column = QVBoxLayout(self._plotted)
        self._column.addWidget(self.told)
        self._column.addWidget(self.plot, 1)
        self.table = _Table(self)
        self._tabs = QTabBar(self)
        self._tabs.addTab(self.tr("Distance"))
        self._tabs.addTab(self.tr("Parameters"))
        self._tabs.setDrawBase(False)
        self._tabs.setAccessibleName(self.tr("Distance or parameters"))
        self._tabs.currentChanged.connect(self._place)
        theme.current().changed.connect(self._place)
        self._place()

    def show_rows(self, heads: tuple[str, str], rows: Sequence[tuple[str, str, str]]) -> None:
        """List what differs: its name, and its value in each of the two runs."""
        self.table.show_rows(heads, rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the two."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        px = theme.current().px
        self._column.setContentsMargins(px(8), px(8), px(8), 0)
        self._column.setSpacing(px(4))
        self.setMinimumHeight(px(72))
        both = self.width() >= px(_BOTH)
        room = self.rect().adjusted(px(8), 1, -px(8), -px(8))
        self._tabs.setVisible(not both)
        self.table.horizontalHeader().setFixedHeight(px(28))
        if both:
            half = room.width() // 2
            self._plotted.setGeometry(room.left(), room.top(), half - px(8), room.height())
            self.table.setGeometry(
                QRect(room.left() + half, room.top() + px(8), half, room.height() - px(8))
            )
        else:
            bar = self._tabs.sizeHint().height()
            self._tabs.setGeometry(room.left(), room.top(), room.width(), bar)
            below = room.adjusted(0, bar, 0, 0)
            self._plotted.setGeometry(below)
            self.table.setGeometry(below.adjusted(0, px(8), 0, 0))
        self._plotted.setVisible(both or self._tabs.currentIndex() == 0)
        self.table.setVisible(both or self._tabs.currentIndex() == 1)


class _Table(QTableWidget):
    """What differs, one row each, in as many lines as it takes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(0, 3, parent)
        self._shown: object = None
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Parameters that differ"))
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionsClickable(False)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_rows(self, heads: tuple[str, str], rows: Sequence[tuple[str, str, str]]) -> None:
        """Fill the table."""
        if (heads, list(rows)) == self._shown:
            return
        self._shown = (heads, list(rows))
        self.setHorizontalHeaderLabels([self.tr("differs in"), *heads])
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                item.setToolTip(text)
                if column == 0:
                    item.setForeground(theme.current().color("muted"))
                self.setItem(number, column, item)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What it lists."""
        found = []
        for row in range(self.rowCount()):
            items = [self.item(row, column) for column in range(3)]
            found.append(tuple(item.text() if item is not None else "" for item in items))
        return found
