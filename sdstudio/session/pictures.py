"""The pictures of recorded steps that are at hand, within a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem
from sdstudio.session.events import PictureMade, Place, PreviewKind, RunFinished, StepTaken
from sdstudio.session.run_tree import RunTree
from sdstudio.session.thumbnail import SIDE, thumbnail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUDGET = 192 << 20
THUMBNAILS = 64 << 20
_RANK: dict[PreviewKind, int] = {"linear": 0, "tiny": 1, "vae": 2}
_LATENT = 8
"""Pixels each way that a latent stands for: what a linear map shows is no finer."""


@dataclass(frozen=True, eq=False)
class _Entry:
    array: NDArray[np.uint8]
    kind: PreviewKind
    is_best: bool
    """Whether asking again would bring nothing better."""


class Pictures:
    """Keeps full pictures by where they belong, and a thumbnail of each step's estimate.

    Of both the ones looked at longest ago go first. Steps that a branch shares with its
    parent have the parent's pictures.

    Args:
        tree: Knows which steps are shared.
        budget: Bytes of full pictures.
        thumbnails: Bytes of thumbnails.
    """

    def __init__(self, tree: RunTree, budget: int = BUDGET, thumbnails: int = THUMBNAILS) -> None:
        self._tree = tree
        self._full = _Shelf(budget)
        self._small = _Shelf(thumbnails)
        self._failed: dict[Place, tuple[Problem, ...]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of all pictures, thumbnails included."""
        return self._full.nbytes + self._small.nbytes

    def get(self, place: Place) -> tuple[NDArray[np.uint8], PreviewKind] | None:
        """The picture of a place as (height, width, 3) uint8 and how it was made."""
        entry = self._full.get(self._tree.resolve(place))
        return None if entry is None else (entry.array, entry.kind)

    def thumbnail(self, run: int, index: int) -> NDArray[np.uint8] | None:
        """The estimate x0 of a step, its longer side at most 64 pixels; (h, w, 3) uint8."""
        entry = self._small.get(self._tree.resolve(Place(run, index)))
        return None if entry is None else entry.array

    def problems(self, place: Place) -> tuple[Problem, ...]:
        """Why the picture of a place cannot be made; empty when nothing is known against it."""
        return self._failed.get(self._tree.resolve(place), ())

    def lacks(self, place: Place, *, at_its_best: bool = True) -> bool:
        """Whether asking for a place would bring a picture, or a better one.

        Args:
            place: Which picture.
            at_its_best: Whether only the full decode will do; else anything but a linear map.
        """
        place = self._tree.resolve(place)
        if place in self._failed:
            return False
        entry = self._full.peek(place)
        if entry is None:
            return True
        return not entry.is_best and (at_its_best or entry.kind == "linear")

    def lacks_thumbnail(self, run: int, index: int) -> bool:
        """Whether there is no thumbnail of a step, or one too coarse, and there could be one."""
        place = self._tree.resolve(Place(run, index))
        entry = self._small.peek(place)
        return place not in self._failed and (entry is None or not entry.is_best)

    def handle(self, event: StepTaken | RunFinished | PictureMade, asked: bool = False) -> None:
        """Take the picture of an event.

        Args:
            event: What came of the sampler.
            asked: Whether it was wished for: then there is no better one to be had.
        """
        match event:
            case StepTaken():
                if event.picture is not None:
                    self._put(Place(event.run, event.index), event.picture, event.kind, False)
            case RunFinished():
                last = self._tree.node(event.run)
                if last is not None and last.last is not None:
                    place = Place(event.run, last.last, "next_latents")
                    self._put(place, event.picture, "vae", True)
            case PictureMade():
                place = self._tree.resolve(event.place)
                if event.picture is None:
                    self._failed[place] = event.problems
                else:
                    self._put(place, event.picture, event.kind, asked)

    def try_again(self) -> None:
        """Forget what failed: with another model it may not."""
        self._failed.clear()

    def forget(self, run: int) -> None:
        """Drop the pictures of a run that is gone."""
        self._full.forget(run)
        self._small.forget(run)
        for place in [place for place in self._failed if place.run == run]:
            del self._failed[place]

    def hand_down(self, run: int, indices: Iterable[int], heir: int) -> None:
        """Give a branch the pictures of steps that it shared with a parent that goes."""
        wanted = set(indices)
        for shelf in (self._full, self._small):
            shelf.copy(run, wanted, heir)

    def _put(
        self, place: Place, picture: NDArray[np.uint8], kind: PreviewKind, is_best: bool
    ) -> None:
        self._failed.pop(place, None)
        before = self._full.peek(place)
        if before is not None and _RANK[before.kind] > _RANK[kind]:
            return
        self._full.put(place, _Entry(picture, kind, is_best or kind == "vae"))
        if place.view == "x0":
            is_fine = kind != "linear" or max(picture.shape) >= SIDE * _LATENT
            self._small.put(place, _Entry(thumbnail(picture), kind, is_best or is_fine))


class _Shelf:
    """Entries by place; beyond its bytes the ones used longest ago go."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._entries: OrderedDict[Place, _Entry] = OrderedDict()
        self.nbytes = 0

    def peek(self, place: Place) -> _Entry | None:
        return self._entries.get(place)

    def get(self, place: Place) -> _Entry | None:
        entry = self._entries.get(place)
        if entry is not None:
            self._entries.move_to_end(place)
        return entry

    def put(self, place: Place, entry: _Entry) -> None:
        self._remove(place)
        self._entries[place] = entry
        self.nbytes += entry.array.nbytes
        while self.nbytes > self._budget and len(self._entries) > 1:
            self._remove(next(iter(self._entries)))

    def forget(self, run: int) -> None:
        for place in [place for place in self._entries if place.run == run]:
            self._remove(place)

    def copy(self, run: int, indices: set[int], heir: int) -> None:
        for place, entry in list(self._entries.items()):
            if place.run == run and place.index in indices:
                self.put(Place(heir, place.index, place.view), entry)

    def _remove(self, place: Place) -> None:
        entry = self._entries.pop(place, None)
        if entry is not None:
            self.nbytes -= entry.array.nbytes
