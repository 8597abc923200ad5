"""The playhead as the controls see it: selecting offers settings, parking makes branches."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields

from sdstudio.engine.request import Request
from sdstudio.session.branching import BranchPoint
from sdstudio.session.events import Place
from sdstudio.session.history import History
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.review import Review
from sdstudio.session.run_node import RunNode
from sdstudio.session.run_view import RunView

_FIELDS = tuple(field.name for field in fields(Request))


class Parking(Review):
    """The part of a sitting that knows where a change would branch from.

    Args:
        mailbox: Where wishes go.
        request: The first one.
        clock: Seconds, rising.
    """

    def __init__(
        self, mailbox: Mailbox, request: Request, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(mailbox, clock)
        self._request = request
        self._untouched = True
        self._history = History(clock)
        self._live = False
        self._point: BranchPoint | None = None
        self._of_gesture: int | None = None

    @property
    def request(self) -> Request:
        """The request as it now stands."""
        return self._request

    @property
    def running(self) -> bool:
        """Whether a run is going or waits for its model."""
        return self._runs.running

    @property
    def waiting(self) -> bool:
        """Whether a run was asked for and has not begun."""
        return self._runs.waiting

    @property
    def run(self) -> RunView | None:
        """The run that is going, or the last that did."""
        return self._runs.view

    def select(self, run: int) -> None:
        """Show a run at its end, and take over its settings as one step of undo.

        Nothing is started or steered by that.
        """
        node = self._tree.node(run)
        if node is None:
            return
        self._point = None
        self._take_over(node)
        self._look_at_end(run)

    def park(self, run: int, step: int) -> None:
        """Put the playhead on a step; changes then branch from it, once its run is over.

        On the last step of a finished run, or the newest of a going one, it goes with the
        run instead. Another run than the selected one offers its settings, as by ``select``.
        """
        node = self._tree.node(run)
        if node is None:
            return
        self._point = None
        if run != self._playhead.run:
            self._take_over(node)
        self._look_at(run, step)

    def follow(self) -> None:
        """Go with the going run's newest step, or to the end of the selected run."""
        self._point = None
        super().follow()

    @property
    def branch_point(self) -> Place | None:
        """The step that a change of a steerable field would branch from, None for none."""
        if self._live or self.running:
            return None
        point = self._point_here()
        return None if point is None else Place(point.owner, point.step)

    @property
    def branching_step(self) -> int | None:
        """The step that the newest change branched from, None once the person went elsewhere."""
        return None if self._point is None else self._point.step

    def _point_here(self) -> BranchPoint | None:
        """Where a change branches from: the parked step, or where the shown branch grew."""
        at, node = self._playhead, self.selected
        if node is None or node.running or at.step is None:
            return None
        point = None
        if not at.following:
            owner = self._tree.resolve(Place(node.number, at.step)).run
            point = BranchPoint(node, at.step, owner)
        elif node.number == self._runs.submitted:
            point = self._point
        return point if point is not None and self._is_kept(point.owner) else None

    def _is_kept(self, run: int) -> bool:
        """Whether the sampler has the steps of a run, and will have them."""
        return self._tree.holds(run) and run not in self._leaving

    def _differences(self, request: Request) -> frozenset[str]:
        return frozenset(
            name for name in _FIELDS if getattr(request, name) != getattr(self._request, name)
        )

    def _adopt(self, request: Request) -> None:
        """Take a request whole, as one step of undo."""
        self._history.end_gesture()
        self._history.record(self._request, self._differences(request))
        self._history.end_gesture()
        self._request = request

    def _take_over(self, node: RunNode) -> None:
        self._of_gesture = None
        request = self._settings_of(node)
        if request != self._request:
            self._adopt(request)
            self._untouched = False
            self._notify("request", "history")

    def _settings_of(self, node: RunNode) -> Request:
        """What selecting a run offers."""
        return node.request_now
