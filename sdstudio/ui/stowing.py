"""The controls among the tabs on the right, while something is drawn in a narrow window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from sdstudio.ui import theme

NARROW = 1100
"""Below this width of the window, in pixels at 100% text, sheet and result get the controls'."""

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


class Stowing:
    """Moves a dock from the left to the tabs on the right, and back to where it stood.

    A dock that a person has hidden, or put elsewhere, stays there.

    Args:
        window: Whose docks they are.
        dock: What is moved.
        others: Docks that may be on the right.
    """

    def __init__(
        self, window: QMainWindow, dock: QDockWidget, others: Sequence[QDockWidget]
    ) -> None:
        self._window = window
        self._dock = dock
        self._others = tuple(others)
        self._before: tuple[float, float] | None = None
        """Widths of the dock and of those on the right as they stood, at 100% text."""

    @property
    def is_narrow(self) -> bool:
        """Whether the window has no room for panels on both sides of a sheet."""
        return self._window.width() < theme.current().px(NARROW)

    @property
    def is_stowed(self) -> bool:
        """Whether the dock is among the tabs."""
        return self._before is not None

    def stow(self, on: bool, percent: int) -> None:
        """Move it to the tabs, or back.

        Args:
            on: To the tabs.
            percent: Text size that the docks are laid out for so far.
        """
        if on and self._before is None:
            self._move_over(percent)
        elif not on and self._before is not None:
            self._move_back(*self._before)

    def _move_over(self, percent: int) -> None:
        beside = [dock for dock in self._others if self._stands(dock, _RIGHT)]
        if not beside or not self._stands(self._dock, _LEFT):
            return
        on_top = next((it for it in beside if not it.visibleRegion().isEmpty()), beside[0])
        self._before = (100 * self._dock.width() / percent, 100 * on_top.width() / percent)
        self._window.tabifyDockWidget(beside[-1], self._dock)
        on_top.raise_()
        self._widen(on_top, on_top.sizeHint().width())

    def _move_back(self, left: float, right: float) -> None:
        self._before = None
        dock, px = self._dock, theme.current().px
        if dock.isFloating() or self._window.dockWidgetArea(dock) != _RIGHT:
            return
        was_shown = not dock.isHidden()
        # Shown anew it says its title again, which among tabs the tab does.
        dock.hide()
        self._window.addDockWidget(_LEFT, dock)
        dock.setVisible(was_shown)
        self._widen(dock, px(left))
        for other in self._others:
            if self._stands(other, _RIGHT):
                self._widen(other, px(right))
                break

    def _widen(self, dock: QDockWidget, width: int) -> None:
        self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)

    def _stands(self, dock: QDockWidget, area: Qt.DockWidgetArea) -> bool:
        return (
            not (dock.isHidden() or dock.isFloating()) and self._window.dockWidgetArea(dock) == area
        )
