"""A button that does a thing, with a menu of how much of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from sdstudio.ui import theme


class AmountButton(QToolButton):
    """Does its action when pressed; its menu chooses an amount, which the button's text says.

    Args:
        action: What it does.
        word: An amount -> the button's text.
        amounts: What may be chosen.
        amount: What is chosen at first.
    """

    def __init__(
        self,
        action: QAction,
        word: Callable[[float], str],
        amounts: Sequence[float],
        amount: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._word = word
        self._wordy = True
        self.amount = amount
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIcon(action.icon())
        self.clicked.connect(action.trigger)
        menu = QMenu(self)
        self._group = QActionGroup(self)
        for choice in amounts:
            item = menu.addAction(word(choice))
            item.setCheckable(True)
            item.setChecked(choice == amount)
            item.setData(choice)
            self._group.addAction(item)
        self._group.triggered.connect(self._choose)
        self.setMenu(menu)
        action.changed.connect(self._follow)
        theme.current().changed.connect(self._scale)
        self._scale()
        self._follow()

    def set_wordy(self, on: bool) -> None:
        """Show the words beside the icon, or leave them to the tooltip."""
        self._wordy = on
        self.updateGeometry()
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self.setToolButtonStyle(beside if on else Qt.ToolButtonStyle.ToolButtonIconOnly)

    def sizeHint(self) -> QSize:
        """Room for the icon, the words and the arrow; a style sheet's arrow is not counted."""
        px = theme.current().px
        words = self.fontMetrics().horizontalAdvance(self.text()) + px(8) if self._wordy else 0
        return QSize(px(8 + 16 + 20) + words, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Never less than that."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The down key opens the menu; without it only a mouse could."""
        if event.key() == Qt.Key.Key_Down:
            self.showMenu()
        else:
            super().keyPressEvent(event)

    def _choose(self, item: QAction) -> None:
        self.amount = item.data()
        self._follow()

    def _follow(self) -> None:
        text = self._word(self.amount)
        # Qt puts the words right beside the icon.
        self.setText(f" {text}")
        self.setAccessibleName(text)
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())

    def _scale(self) -> None:
        side = theme.current().px(16)
        self.setIconSize(QSize(side, side))
