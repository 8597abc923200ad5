"""The timeline's line of controls: playing, what to show, and what to try from here."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from sdstudio.session.events import View
from sdstudio.ui import theme
from sdstudio.ui.controls.wheel import guard_wheel
from sdstudio.ui.timeline import views
from sdstudio.ui.timeline.actions import TimelineActions
from sdstudio.ui.timeline.choice import AmountButton
from sdstudio.ui.timeline.player import SPEEDS

SHARES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""Shares of the noise that may be replaced."""

STOPS = (3, 5, 7, 9, 11)
"""Stops that a family along the mix may have."""


TIERS = 5
"""How far it gives way."""

_BOX = 72
"""A choice is at least so wide."""


class Transport(QWidget):
    """Gives way when it is narrow, so that nothing ever lies on something else.

    First the words of its buttons go, then the buttons to the first and the last step, which
    have keys; then its choices shrink, and at last the speed goes.

    Signals:
        speed_chosen: Steps per second.
        view_chosen: Which picture of the steps to show.
    """

    speed_chosen = Signal(int)
    view_chosen = Signal(str)

    def __init__(self, actions: TimelineActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = [_button(action) for action in actions.transport]
        self.speed = QComboBox()
        for speed in SPEEDS:
            self.speed.addItem("", speed)
        self.speed.setAccessibleName(self.tr("Playing speed"))
        self.speed.setToolTip(self.tr("How fast the steps are played"))
        self.speed.currentIndexChanged.connect(
            lambda _: self.speed_chosen.emit(self.speed.currentData())
        )
        self.view = QComboBox()
        for number, view in enumerate(views.VIEWS):
            self.view.addItem(views.name(view), view)
            explanation = views.explanation(view)
            self.view.setItemData(number, explanation, Qt.ItemDataRole.ToolTipRole)
        self.view.setAccessibleName(self.tr("What to show of a step"))
        self.view.activated.connect(lambda _: self.view_chosen.emit(self.view.currentData()))
        for box in (self.speed, self.view):
            guard_wheel(box)
            box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.noise = AmountButton(
            actions.fresh_noise,
            lambda share: self.tr("Fresh noise {share:.0f} %").format(share=100 * share),
            SHARES,
            0.3,
        )
        self.mix = AmountButton(
            actions.explore_mix,
            lambda stops: self.tr("Explore the mix in {stops}").format(stops=stops),
            STOPS,
            5,
        )
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for button in self._buttons:
            self._row.addWidget(button)
        self._row.addWidget(self.speed)
        self._row.addStretch(1)
        self._row.addWidget(self.view)
        self._row.addStretch(1)
        self._row.addWidget(self.noise)
        self._row.addWidget(self.mix)
        self._tier = -1
        self._needs: list[int] = []
        theme.current().changed.connect(self._scale)
        self._scale()

    def show_view(self, view: View) -> None:
        """Show which view is chosen."""
        self.view.setCurrentIndex(views.VIEWS.index(view))
        self.view.setToolTip(views.explanation(view))

    def show_speed(self, speed: int) -> None:
        """Show which speed is chosen; one that is not offered changes nothing."""
        if speed in SPEEDS:
            self.speed.setCurrentIndex(SPEEDS.index(speed))

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is when it gives way as far as it can."""
        around = self.contentsMargins()
        wide = around.left() + around.right() + (self._needs[-1] if self._needs else 0)
        return QSize(wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        self._choose_tier()

    def _choose_tier(self) -> None:
        room = self.contentsRect().width()
        fits = (tier for tier, need in enumerate(self._needs) if need <= room)
        self._set_tier(next(fits, TIERS - 1))

    def _set_tier(self, tier: int) -> None:
        """Give way so far: words, then what has keys, then the boxes' width, then the speed."""
        if tier == self._tier:
            return
        self._tier = tier
        for button in (self.noise, self.mix):
            button.set_wordy(tier < 1)
        text = self.tr("{speed} steps/s") if tier < 1 else self.tr("{speed}/s")
        for number, speed in enumerate(SPEEDS):
            self.speed.setItemText(number, text.format(speed=speed))
        for end in (self._buttons[0], self._buttons[-1]):
            end.setVisible(tier < 2)
        self.speed.setVisible(tier < 4)
        for box in (self.speed, self.view):
            # A box remembers the least width of the texts that it had before.
            narrow = min(theme.current().px(_BOX), box.sizeHint().width())
            box.setMinimumWidth(box.sizeHint().width() if tier < 3 else narrow)
        self._row.invalidate()

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setSpacing(px(4))
        for button in self._buttons:
            button.setIconSize(QSize(px(16), px(16)))
        self._needs = []
        for tier in range(TIERS):
            self._tier = -1
            self._set_tier(tier)
            self._needs.append(self._row.minimumSize().width())
        self._choose_tier()
        self.updateGeometry()


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button
