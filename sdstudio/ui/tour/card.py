"""What the tour says, in a strip below the picture; it covers nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetrics,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sdstudio.ui import theme
from sdstudio.ui.ground import Ground
from sdstudio.ui.tour.stops import Stop

WIDEST = 720
"""Longer lines are hard to read."""


class Card(Ground):
    """A stop's title and sentences, with buttons to go on, back and away.

    Signals:
        moved: Go by that many stops.
        left: The tour is to end.
    """

    moved = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops: Sequence[Stop] = ()
        self.count = QLabel()
        self.count.setProperty("kind", "muted")
        self.title = QLabel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.back = QPushButton(self.tr("Back"))
        self.back.clicked.connect(lambda: self.moved.emit(-1))
        self.next = QPushButton()
        self.next.setProperty("kind", "primary")
        self.next.clicked.connect(lambda: self.moved.emit(1))
        self.leave = QPushButton(self.tr("Leave"))
        self.leave.setAccessibleName(self.tr("Leave the tour"))
        self.leave.setProperty("kind", "quiet")
        self.leave.setToolTip(self.tr("Leave the tour (Esc)"))
        self.leave.clicked.connect(self.left)
        self._heading = QHBoxLayout()
        self._heading.addWidget(self.title)
        self._heading.addStretch(1)
        self._heading.addWidget(self.count)
        self._row = QHBoxLayout()
        self._row.addWidget(self.leave)
        self._row.addStretch(1)
        self._row.addWidget(self.back)
        self._row.addWidget(self.next)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._heading)
        self._column.addWidget(self.words)
        self._column.addLayout(self._row)
        self._outer = QHBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addWidget(self._inner, 100)
        self._outer.addStretch(1)
        for button in (self.next, self.back, self.leave):
            button.installEventFilter(self)
        QWidget.setTabOrder(self.next, self.back)
        QWidget.setTabOrder(self.back, self.leave)
        self.setVisible(False)
        theme.current().changed.connect(self._scale)
        self._scale()

    def show_stop(self, stops: Sequence[Stop], number: int) -> None:
        """Show a stop of a tour, and say it to a screen reader.

        Args:
            stops: All of them: the strip is as high as the longest needs, so that it stays.
            number: Which, from 0.
        """
        self._stops = stops
        stop = stops[number]
        place = self.tr("{number} of {count}").format(number=number + 1, count=len(stops))
        is_last = number == len(stops) - 1
        told = f"{place}. {stop.title}. {stop.words}"
        is_new = self.words.text() != stop.words or not self.isVisible()
        self.title.setText(stop.title)
        self.words.setText(stop.words)
        self.count.setText(place)
        self.count.setAccessibleName(self.tr("Stop {place}").format(place=place))
        self.back.setEnabled(number > 0)
        self.next.setText(self.tr("Finish") if is_last else self.tr("Next"))
        self.next.setAccessibleDescription(told)
        self.setAccessibleName(self.tr("Tour: how this picture came to be"))
        self.setAccessibleDescription(told)
        self._fit()
        if is_new:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys go back and on, from whichever button; these would take them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
            if move is not None:
                self.moved.emit(move)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the longest stop at this width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px = theme.current().px
        wide = min(self.width() - 2 * px(24), px(WIDEST))
        if not self._stops or wide <= 0:
            return
        metrics = QFontMetrics(self.words.font())
        room = QRect(0, 0, wide, 10_000)
        wrap = int(Qt.TextFlag.TextWordWrap)
        tall = max(metrics.boundingRect(room, wrap, stop.words).height() for stop in self._stops)
        # One line more: a label breaks lines a little sooner than the metrics say.
        self.words.setFixedHeight(tall + metrics.lineSpacing() // 2)

    def _scale(self) -> None:
        look = theme.current()
        px = look.px
        self.title.setFont(look.font(17))
        self.title.setStyleSheet(f"font-size: {px(17)}px; font-weight: 600;")
        self._outer.setContentsMargins(px(24), px(16), px(24), px(16))
        self._inner.setMaximumWidth(px(WIDEST))
        self._column.setSpacing(px(8))
        self._row.setSpacing(px(8))
        for button in (self.back, self.next, self.leave):
            button.setMinimumWidth(px(88))
        self._fit()
