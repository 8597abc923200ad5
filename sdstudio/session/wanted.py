"""Which pictures of recorded steps are worth making now, the most wanted first."""

from __future__ import annotations

from collections.abc import Iterable

from sdstudio.session.events import Place
from sdstudio.session.pictures import Pictures
from sdstudio.session.playhead import Playhead
from sdstudio.session.run_tree import RunTree

NEAR = 8
"""Steps to each side of a parked playhead that are made in full quality."""

MOST = 64
"""Places asked for at a time."""


def place_of(playhead: Playhead, tree: RunTree) -> Place | None:
    """Which picture the playhead stands for: at the end of a finished run its result."""
    node = tree.node(playhead.run)
    if node is None or playhead.step is None:
        return None
    if playhead.following and node.finished and playhead.view == "x0":
        return Place(node.number, playhead.step, "next_latents")
    return Place(node.number, playhead.step, playhead.view)


def wanted(
    playhead: Playhead,
    tree: RunTree,
    pictures: Pictures,
    visible: range = range(0),
    others: Iterable[Place] = (),
) -> list[Place]:
    """The places to ask for, as they are kept: shared steps are the parent's.

    A run that is being watched is not slowed down: its own pictures do until it is over.

    Args:
        playhead: Where the person looks.
        tree: The runs.
        pictures: What is there already.
        visible: Steps of the selected run whose thumbnails can be seen.
        others: What other views wish for, after the playhead's own picture.
    """
    found: dict[Place, None] = {}

    def add(place: Place, *, at_its_best: bool = True) -> None:
        if pictures.lacks(place, at_its_best=at_its_best):
            found.setdefault(tree.resolve(place))

    node = tree.node(playhead.run)
    place = place_of(playhead, tree)
    watched = node is not None and node.running and playhead.following
    if place is not None and not (watched and place.view == "x0"):
        add(place)
    for other in others:
        add(other)
    if node is None or watched or playhead.step is None or not node.steps:
        return list(found)[:MOST]
    step = playhead.step
    first, last = node.steps[0].index, node.steps[-1].index
    by_distance = sorted(range(first, last + 1), key=lambda index: abs(index - step))
    if not playhead.following:
        for index in by_distance[: 2 * NEAR]:
            add(Place(node.number, index, playhead.view), at_its_best=False)
    for index in by_distance:
        if index in visible and pictures.lacks_thumbnail(node.number, index):
            add(Place(node.number, index), at_its_best=False)
    return list(found)[:MOST]
