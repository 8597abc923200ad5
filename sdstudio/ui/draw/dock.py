"""The dock of the drawing page, which shares a place with other docks."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sdstudio.ui import theme
from sdstudio.ui.dock import Dock
from sdstudio.ui.draw.actions import DrawActions


class DrawDock(Dock):
    """Comes and goes with the page; what showed in its place before comes back.

    Args:
        title: What people read.
        actions: What its title line offers.
        window: Whose dock it is.
    """

    def __init__(self, title: str, actions: DrawActions, window: QMainWindow) -> None:
        place = QWidget()
        super().__init__("drawing", title, place, window, tools=_Tools(actions))
        self._window = window
        self._column = QVBoxLayout(place)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._was_closed = False
        self._before: QDockWidget | None = None
        self.toggleViewAction().setVisible(False)

    def fill(self, panel: QWidget) -> None:
        """Take the page's panel."""
        self._column.addWidget(panel)

    def set_on(self, on: bool) -> None:
        """Show it, unless a person closed it the last time, or give its place back."""
        self.toggleViewAction().setVisible(on)
        if on:
            self._before = next((it for it in self._others() if _is_on_top(it)), None)
            if not self._was_closed:
                self.show()
                self.raise_()
            return
        self._was_closed = self.isHidden()
        on_top = _is_on_top(self)
        self.hide()
        if on_top and self._before is not None and not self._before.isHidden():
            self._before.raise_()

    def is_elsewhere(self, widget: QWidget) -> bool:
        """Whether a widget is in another dock of the window."""
        return any(dock.isAncestorOf(widget) for dock in self._window.findChildren(Dock)) and (
            not self.isAncestorOf(widget)
        )

    def _others(self) -> list[QDockWidget]:
        """The docks that share its place."""
        return self._window.tabifiedDockWidgets(self)


def _is_on_top(dock: QDockWidget) -> bool:
    return not dock.visibleRegion().isEmpty()


class _Tools(QWidget):
    """The page's actions as icons, at the right of the title."""

    def __init__(self, actions: DrawActions) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._buttons = []
        for action in (actions.new, actions.older, actions.open, actions.export):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(action.toolTip())
            self._row.addWidget(button)
            self._buttons.append(button)
        theme.current().changed.connect(self._scale)
        self._scale()

    def _scale(self) -> None:
        px = theme.current().px
        for button in self._buttons:
            button.setIconSize(QSize(px(16), px(16)))
