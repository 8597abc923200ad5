"""Leads through the stops: sets playhead and panel, and puts things back when it is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from sdstudio.session.events import View
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui.tour.card import Card
from sdstudio.ui.tour.frame import Frame
from sdstudio.ui.tour.stops import Spot, Stop, stops_of


@dataclass(frozen=True)
class Scenery:
    """What of the window the tour needs.

    Attributes:
        window: Where Esc leaves the tour.
        card: What it speaks with.
        spots: What can be outlined.
        show_panel: Brings a panel of the anatomy to the front, by its key.
        show_picture: Puts away what has the picture's place.
        generate: Starts a run of the request as it stands, or says why not.
        stop: Has Esc for a shortcut outside of the tour.
    """

    window: QWidget
    card: Card
    spots: Mapping[Spot, QWidget]
    show_panel: Callable[[str], None]
    show_picture: Callable[[], None]
    generate: Callable[[], None]
    stop: QAction


class Tour(QObject):
    """One tour at a time; a run is made first where there is none to walk through.

    Signals:
        over: It has been walked to the end or left.
    """

    over = Signal()

    def __init__(self, sitting: Sitting, scenery: Scenery) -> None:
        super().__init__(scenery.window)
        self._sitting = sitting
        self._scenery = scenery
        self.card = scenery.card
        self.frame = Frame(scenery.window)
        self._number: int | None = None
        self._shown: tuple[int, bool] | None = None
        self._before: int | None = None
        self._view: View = "x0"
        self._keys = scenery.stop.shortcuts()
        self._focus: QWidget | None = None
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), scenery.window)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self.leave)
        self.card.moved.connect(self.go_by)
        self.card.left.connect(self.leave)
        sitting.observe(self._follow)

    @property
    def number(self) -> int | None:
        """The stop, from 0; None while there is no tour."""
        return self._number

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stops of the selected run; empty without one."""
        node = self._sitting.selected
        return () if node is None else stops_of(node)

    def start(self) -> None:
        """Begin at the first stop, with the selected run or with one made for it."""
        if self._number is not None:
            self.leave()
        sitting = self._sitting
        self._scenery.show_picture()
        self._before = None
        if not _is_walkable(sitting.selected):
            if not sitting.running:
                self._before = sitting.playhead.run
                self._scenery.generate()
            if not sitting.running:
                return
        self._view = sitting.playhead.view
        self._focus = self._scenery.window.focusWidget()
        # Esc would be ambiguous else.
        self._scenery.stop.setShortcuts([])
        self._escape.setEnabled(True)
        self._number = 0
        self._shown = None
        self._go()

    def go_by(self, stops: int) -> None:
        """Go back or on; beyond the last stop the tour is over."""
        if self._number is None:
            return
        number = self._number + stops
        if number >= max(1, len(self.stops)):
            self.leave()
        elif number >= 0:
            self._number = number
            self._shown = None
            self._go()

    def leave(self) -> None:
        """End it wherever it is: the canvas shows the run's end again, as it showed it before."""
        if self._number is None:
            return
        self._number = None
        self._escape.setEnabled(False)
        self._scenery.stop.setShortcuts(self._keys)
        self.frame.surround(None)
        had_focus = self.card.isAncestorOf(self._scenery.window.focusWidget() or self.card)
        self.card.setVisible(False)
        if had_focus and self._focus is not None and self._focus.isVisible():
            self._focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._sitting.set_view(self._view)
        self._sitting.follow()
        self.over.emit()

    def _go(self) -> None:
        """Show the present stop of the selected run, as far as that has come."""
        node, number = self._sitting.selected, self._number
        if node is None or number is None or node.number == self._before:
            return
        stops = stops_of(node)
        stop = stops[min(number, len(stops) - 1)]
        self._shown = (node.number, node.running)
        is_first = not self.card.isVisible()
        self.card.setVisible(True)
        self.card.show_stop(stops, number)
        self._scenery.show_panel(stop.panel)
        self._sitting.set_view(stop.view)
        if node.last is not None:
            first = node.steps[0].index
            wanted = round(stop.share * (node.count - 1))
            self._sitting.park(node.number, min(max(wanted, first), node.last))
        self.frame.surround(self._scenery.spots[stop.spot])
        if is_first:
            self.card.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self, what: What) -> None:
        """Show the stop once a run made for the tour begins, and again once a run is over."""
        if self._number is None or what not in ("run", "tree", "playhead"):
            return
        node = self._sitting.selected
        if node is None:
            if not self._sitting.running:
                self.leave()
        elif self._shown is None or (self._shown[1] and _is_walkable(node)):
            self._go()


def _is_walkable(node: RunNode | None) -> bool:
    """Whether a run is over and has steps to look at."""
    return node is not None and not node.running and bool(node.steps) and not node.foreign
