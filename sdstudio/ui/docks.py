"""The window's docks: where they stand, and what is remembered of that."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QMainWindow, QTabWidget

from sdstudio.ui import theme
from sdstudio.ui.dock import Dock
from sdstudio.ui.draw.dock import DrawDock
from sdstudio.ui.stowing import Stowing

LAYOUT = 4
"""Raised when there are other docks: a layout remembered with fewer would hide the new ones."""

ROOMY = 960
"""From this height of the window on, in pixels at 100% text, drawing leaves the timeline room."""

_SIDES = Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_ENDS = Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.TopDockWidgetArea


class Docks:
    """Puts the docks around the window's middle.

    The timeline is shown or hidden for drawing and for all else apart: a sheet wants height.
    It wants width as well: in a narrow window the controls are a tab then.

    Args:
        window: Whose docks they are.
        controls: On the left.
        runs: On the right.
        anatomy: In the same place, on a tab of its own.
        drawing: There as well, while there is something to draw on.
        timeline: Below, between left and right.
    """

    def __init__(
        self,
        window: QMainWindow,
        *,
        controls: Dock,
        runs: Dock,
        anatomy: Dock,
        drawing: DrawDock,
        timeline: Dock,
    ) -> None:
        self._window = window
        self.controls = controls
        self.runs = runs
        self.anatomy = anatomy
        self.drawing = drawing
        self.timeline = timeline
        self._is_remembered = False
        self._is_drawing = False
        self._stowing = Stowing(window, controls, (runs, anatomy, drawing))
        self._timeline_beside: dict[bool, bool] = {}
        """Whether the timeline shows while nothing is drawn (False), and while something is."""
        for dock in (controls, runs, anatomy, drawing):
            dock.setAllowedAreas(_SIDES)
        timeline.setAllowedAreas(_ENDS)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, controls)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        window.setTabPosition(_RIGHT, QTabWidget.TabPosition.North)
        window.addDockWidget(_RIGHT, runs)
        for dock in (anatomy, drawing):
            window.addDockWidget(_RIGHT, dock)
            window.tabifyDockWidget(runs, dock)
        drawing.hide()
        runs.raise_()
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, timeline)

    @property
    def all(self) -> tuple[Dock, ...]:
        """Every dock, from left to right."""
        return (self.controls, self.runs, self.anatomy, self.drawing, self.timeline)

    def restore(self, settings: QSettings) -> None:
        """Stand as they stood the last time, or as they should the first time."""
        layout = settings.value("layout")
        self._is_remembered = layout is not None
        if layout is not None:
            self._window.restoreState(layout, LAYOUT)
        else:
            width = self.anatomy.widget().sizeHint().width()
            self._window.resizeDocks([self.anatomy], [width], Qt.Orientation.Horizontal)
        remembered = settings.value("timeline while drawing")
        if remembered is not None:
            self._timeline_beside[True] = remembered in (True, "true")
        # Its page is made when it is asked for.
        self.drawing.hide()

    def save(self, settings: QSettings) -> None:
        """Remember how they stand while nothing is drawn."""
        is_drawing = self._is_drawing
        self.draw(False)
        settings.setValue("layout", self._window.saveState(LAYOUT))
        self.draw(is_drawing)
        if True in self._timeline_beside:
            settings.setValue("timeline while drawing", self._timeline_beside[True])

    def share_height(self) -> None:
        """Give the timeline its room the first time, once there is a height to share."""
        if not self._is_remembered:
            height = self.timeline.sizeHint().height()
            self._window.resizeDocks([self.timeline], [height], Qt.Orientation.Vertical)

    def draw(self, on: bool) -> None:
        """Something is drawn now, or no longer: the timeline is as it was then."""
        if on == self._is_drawing:
            return
        self._is_drawing = on
        was = not self.timeline.isHidden()
        self._timeline_beside[not on] = was
        roomy = self._window.height() >= theme.current().px(ROOMY)
        self.timeline.setVisible(self._timeline_beside.get(on, was and roomy))
        self.follow_size()

    def follow_size(self) -> None:
        """The window is as wide as it is: drawing in a narrow one, the controls are a tab."""
        self._stow(theme.current().percent)

    def show_controls(self) -> None:
        """Bring the controls to the front, where they are a tab."""
        if self._stowing.is_stowed:
            self.controls.raise_()

    def show_anatomy(self) -> None:
        """Bring the anatomy of a step to the front."""
        self.anatomy.show()
        self.anatomy.raise_()

    def follow_text_size(self, before: int, now: int) -> None:
        """Make room for what is read: the text size went from one percentage to another."""
        sides = [self.controls, self.runs]
        widths = [round(dock.width() * now / before) for dock in sides]
        was_stowed = self._stowing.is_stowed
        self._stow(before)
        # What was moved among the tabs or back has the widths it had for that.
        if not was_stowed and not self._stowing.is_stowed:
            # Once they have laid themselves out: with large text they could not be as narrow.
            resize = partial(self._window.resizeDocks, sides, widths, Qt.Orientation.Horizontal)
            QTimer.singleShot(0, self._window, resize)

    def _stow(self, percent: int) -> None:
        self._stowing.stow(self._is_drawing and self._stowing.is_narrow, percent)
