"""Where a person looks: the runs, the playhead, what is shown, which pictures are wished for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from sdstudio.session.answers import Answers
from sdstudio.session.events import PictureMade, Place, View
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.pictures import Pictures
from sdstudio.session.playhead import Playhead, Shown
from sdstudio.session.run_node import RunNode
from sdstudio.session.run_tree import RunTree
from sdstudio.session.run_watch import RunWatch
from sdstudio.session.wanted import place_of, wanted

What = Literal[
    "request",
    "run",
    "model",
    "live",
    "history",
    "tree",
    "playhead",
    "pictures",
    "jobs",
    "answers",
]
"""What changed. "tree" is told when runs come, go, begin, end or get another name; that a
going run has one more step is told as "run", with "playhead" if that moved with it."""


class Looking:
    """The part of a sitting that looks at runs; used on one thread only.

    Args:
        mailbox: Where wishes go.
        clock: Seconds, rising.
    """

    def __init__(self, mailbox: Mailbox, clock: Callable[[], float] = time.monotonic) -> None:
        self._mailbox = mailbox
        self._clock = clock
        self._observers: list[Callable[[What], None]] = []
        self._runs = RunWatch()
        self._tree = RunTree()
        self._pictures = Pictures(self._tree)
        self._answers = Answers(mailbox)
        self._playhead = Playhead()
        self._shown = Shown()
        self._visible = range(0)
        self._wishes: dict[str, tuple[Place, ...]] = {}
        self._sent: list[Place] = []

    @property
    def tree(self) -> RunTree:
        """The runs; to be looked at only."""
        return self._tree

    @property
    def playhead(self) -> Playhead:
        """Where the person looks."""
        return self._playhead

    @property
    def pictures(self) -> Pictures:
        """The pictures that are at hand; to be looked at only."""
        return self._pictures

    @property
    def answers(self) -> Answers:
        """What panels have been answered; to be looked at only."""
        return self._answers

    @property
    def selected(self) -> RunNode | None:
        """The run of the playhead."""
        return self._tree.node(self._playhead.run)

    @property
    def shown(self) -> Shown:
        """What the canvas shows."""
        return self._shown

    def observe(self, callback: Callable[[What], None]) -> Callable[[], None]:
        """Call ``callback`` with what changed, on the thread that caused it.

        Returns:
            A function that ends the observing.
        """
        self._observers.append(callback)
        return lambda: self._observers.remove(callback)

    def follow(self) -> None:
        """Go with the going run's newest step, or to the end of the selected run."""
        going = self._runs.view
        if going is not None and going.running and going.number in self._tree:
            self._look_at_end(going.number)
        elif self._playhead.run is not None:
            self._look_at_end(self._playhead.run)

    def set_view(self, view: View) -> None:
        """Show another picture of each step."""
        self._move(replace(self._playhead, view=view))

    def set_visible(self, steps: range) -> None:
        """Say which steps' thumbnails of the selected run can be seen."""
        if steps != self._visible:
            self._visible = steps
            self._look()

    def want(self, who: str, places: Iterable[Place]) -> None:
        """Say which pictures another view wants, the most wanted first; none takes it back.

        Args:
            who: Whose wish it is; the one before of the same is forgotten.
            places: Which; those that are at hand or cannot be made are passed over.
        """
        self._wishes[who] = tuple(places)
        self._look()

    def inquire(self, who: str, inquiries: Iterable[Inquiry]) -> None:
        """Say what a panel wants to know, the most wanted first; nothing takes it back.

        Args:
            who: Who asks; what it asked before is forgotten.
            inquiries: What; those that are answered are passed over.
        """
        self._answers.ask(who, inquiries)

    def _handle_answer(self, event: Answer) -> None:
        self._answers.handle(event)
        self._notify("answers")

    def _handle_picture(self, event: PictureMade) -> None:
        place = self._tree.resolve(event.place)
        asked = place in self._sent
        if asked:
            self._sent.remove(place)
        self._pictures.handle(event, asked)
        self._look("pictures")

    def _end_of(self, run: int) -> Playhead:
        node = self._tree.node(run)
        step = None if node is None else node.last
        if node is not None and node.running and step is not None and step < node.shared:
            step = None
        return replace(self._playhead, run=run, step=step, following=True)

    def _look_at_end(self, run: int) -> None:
        self._move(self._end_of(run))

    def _look_at(self, run: int, step: int) -> None:
        """Put the playhead on a step; on the newest or last one it goes with the run."""
        node = self._tree.node(run)
        if node is None or not node.steps:
            return
        first, last = node.steps[0].index, node.steps[-1].index
        step = min(max(step, first), last)
        follows = step == last and node.state != "stopped"
        self._move(replace(self._playhead, run=run, step=step, following=follows))

    def _move(self, playhead: Playhead) -> None:
        if playhead != self._playhead:
            self._playhead = playhead
            self._look("playhead")

    def _leave(self, node: RunNode) -> None:
        """The playhead goes elsewhere before its run does."""
        at, parent = self._playhead, node.parent
        if at.run != node.number:
            return
        if parent is not None and parent.run in self._tree:
            self._playhead = replace(at, run=parent.run, step=parent.shared, following=False)
            return
        others = [other.number for other in self._tree.nodes if other.number != node.number]
        self._playhead = self._end_of(others[-1]) if others else Playhead(view=at.view)

    def _look(self, *topics: What) -> None:
        """Work out what is shown and what is wanted, and tell what changed."""
        self._shown = self._show()
        others = [place for places in self._wishes.values() for place in places]
        places = wanted(self._playhead, self._tree, self._pictures, self._visible, others)
        if places != self._sent:
            self._sent = places
            self._mailbox.want(places)
        self._notify(*topics)

    def _show(self) -> Shown:
        node, at, before = self.selected, self._playhead, self._shown
        if node is None:
            return Shown()
        note = next((note for note in reversed(node.steps) if note.index == at.step), None)
        place = place_of(at, self._tree)
        found = None if place is None else self._pictures.get(place)
        if place is not None and found is not None:
            is_result = place.view == "next_latents" and at.view != "next_latents"
            return Shown(*found, node, note, place, is_playhead=True, is_result=is_result)
        stand_in = before.array, before.kind
        if place is not None and at.step is not None and not (at.following and node.running):
            small = self._pictures.thumbnail(node.number, at.step)
            estimate = self._pictures.get(Place(node.number, at.step))
            if estimate is not None:
                stand_in = estimate
            elif small is not None:
                stand_in = small, "linear"
        problems = () if place is None else self._pictures.problems(place)
        return Shown(*stand_in, node, note, place, problems=problems)

    def _notify(self, *topics: What) -> None:
        for what in topics:
            for callback in tuple(self._observers):
                callback(what)
