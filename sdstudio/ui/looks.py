"""How the window looks by choice: theme, text size, full screen."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from sdstudio.ui import theme
from sdstudio.ui.actions import Actions
from sdstudio.ui.docks import Docks
from sdstudio.ui.top_bar import TopBar


class Looks(QObject):
    """Does what the View menu offers of that, and has its ticks say how it is.

    Args:
        window: What is looked at.
        actions: What the menu offers.
        docks: They have room for what is read.
        top_bar: Its menu as well.
    """

    def __init__(self, window: QWidget, actions: Actions, docks: Docks, top_bar: TopBar) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._docks = docks
        self._top_bar = top_bar
        actions.full_screen.toggled.connect(self._set_full_screen)
        actions.modes.triggered.connect(lambda action: theme.current().set_mode(action.data()))
        actions.text_sizes.triggered.connect(self._set_text_size)
        theme.current().changed.connect(self.tick)

    def tick(self) -> None:
        """Tick what is chosen."""
        look = theme.current()
        self._actions.mode_actions[look.mode].setChecked(True)
        size = self._actions.text_size_actions.get(str(look.percent))
        if size is not None:
            size.setChecked(True)

    def _set_text_size(self, action: QAction) -> None:
        look = theme.current()
        before = look.percent
        look.set_percent(int(action.data()))
        self._docks.follow_text_size(before, look.percent)
        self._top_bar.fix_menu_width()

    def _set_full_screen(self, on: bool) -> None:
        if on:
            self._window.showFullScreen()
        else:
            self._window.showNormal()
