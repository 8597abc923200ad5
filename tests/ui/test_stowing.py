"""In a narrow window the controls are a tab while something is drawn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from sdstudio.ui.docks import LAYOUT
from sdstudio.ui.stowing import NARROW
from tests.ui.conftest import Studio

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


class Room:
    """A window of some width, whose controls are looked at."""

    def __init__(self, studio: Studio, qtbot) -> None:
        self.window, self.docks, self.qtbot = studio.window, studio.window.docks, qtbot
        self.controls = self.docks.controls

    def resize(self, width: int) -> None:
        self.window.resize(width, 760)
        self.qtbot.wait(20)

    def draw(self, on: bool) -> None:
        self.window.draw.set_on(on)
        self.qtbot.wait(20)

    @property
    def is_tab(self) -> bool:
        tabs = self.window.tabifiedDockWidgets(self.controls)
        return self.window.dockWidgetArea(self.controls) == RIGHT and self.docks.drawing in tabs


@pytest.fixture
def room(studio: Studio, qtbot) -> Room:
    room = Room(studio, qtbot)
    room.resize(NARROW - 60)
    return room


def test_a_narrow_window_gives_the_sheet_the_width_of_the_controls(room: Room) -> None:
    left, right = room.controls.width(), room.docks.runs.width()
    room.draw(True)
    assert room.is_tab
    assert room.docks.drawing.visibleRegion().isEmpty() is False
    page = room.window.draw.page
    # All but the panel on the right: nothing is left of the sheet.
    assert page.width() > room.window.width() - room.docks.drawing.width() - 16
    room.docks.show_controls()
    room.qtbot.waitUntil(lambda: not room.controls.visibleRegion().isEmpty())
    room.draw(False)
    assert room.window.dockWidgetArea(room.controls) == LEFT
    assert not room.window.tabifiedDockWidgets(room.controls)
    titles = [it for it in room.controls.findChildren(QLabel) if it.text() == "Controls"]
    assert [title.isVisible() for title in titles] == [True]
    assert room.controls.width() == pytest.approx(left, abs=8)
    assert room.docks.runs.width() == pytest.approx(right, abs=8)


def test_it_follows_the_windows_width_while_something_is_drawn(room: Room) -> None:
    room.resize(NARROW + 60)
    room.draw(True)
    assert not room.is_tab
    room.resize(NARROW - 60)
    room.qtbot.waitUntil(lambda: room.is_tab)
    room.resize(NARROW + 60)
    room.qtbot.waitUntil(lambda: not room.is_tab)
    assert room.window.dockWidgetArea(room.controls) == LEFT


def test_what_a_person_has_put_elsewhere_stays_there(room: Room) -> None:
    room.controls.close()
    room.draw(True)
    assert room.controls.isHidden()
    room.draw(False)
    assert room.controls.isHidden()
    assert room.window.dockWidgetArea(room.controls) == LEFT
    room.controls.show()
    room.draw(True)
    assert room.is_tab
    # Taken out of the tabs while drawing, it is not put back among the others.
    room.controls.setFloating(True)
    room.draw(False)
    assert room.controls.isFloating()


def test_the_layout_that_is_remembered_has_them_on_the_left(room: Room, studio: Studio) -> None:
    before = room.window.saveState(LAYOUT)
    room.draw(True)
    room.window.save_layout()
    assert room.is_tab
    layout = studio.settings.value("layout")
    room.draw(False)
    room.window.restoreState(layout, LAYOUT)
    assert room.window.dockWidgetArea(room.controls) == LEFT
    assert len(layout) == len(before)
