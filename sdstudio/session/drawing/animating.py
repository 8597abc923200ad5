"""Makes a picture of every frame, one run after the other, and knows which are made."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from statistics import median

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.flicker import Flicker, flicker
from sdstudio.session.drawing.frame_digests import FrameDigests
from sdstudio.session.drawing.pull import pulled
from sdstudio.session.drawing.recipe import Recipe
from sdstudio.session.drawing.results import Results
from sdstudio.session.drawing.sketch import MaskUse, snapshot
from sdstudio.session.drawing.turns import Turn, turns
from sdstudio.session.sitting import Sitting


class Animating:
    """Runs frame after frame, with one recipe, through the sitting's ordinary runs.

    A frame is made when nothing was yet with this recipe and these pixels: after a stop the
    rest is made, after a change what it concerns, and frames that are equal are made once.
    Where a frame has a mask only that part is made anew: beside it the result is the frame.
    What is drawn meanwhile counts. Whatever else is asked of the sampler goes first, and ends
    the animating, which :meth:`start` takes up again. Used on one thread.

    Args:
        sitting: What runs.
        frames: Gives the frames as they are now.
        results: Where what is made is kept.
        clock: Seconds, rising.
        use: Gives how the frames' masks are to be used.

    Attributes:
        problems: Why the last frame could not be made.
    """

    def __init__(
        self,
        sitting: Sitting,
        frames: Callable[[], Sequence[Drawing]],
        results: Results | None = None,
        clock: Callable[[], float] = time.monotonic,
        use: Callable[[], MaskUse] = MaskUse,
    ) -> None:
        self._sitting = sitting
        self._frames = frames
        self._results = results if results is not None else Results()
        self._clock = clock
        self._use = use
        self._digests = FrameDigests()
        self._going = False
        self._number: int | None = None
        self._failed: int | None = None
        self._turn: Turn | None = None
        self._began = 0.0
        self._pace: deque[float] = deque(maxlen=9)
        self._measured: tuple[tuple[str, ...], Flicker | None] = ((), None)
        self._observers: list[Callable[[], None]] = []
        self._end = sitting.observe(self._follow)
        self.problems: tuple[Problem, ...] = ()

    def observe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have ``callback`` told when anything here may have changed; the answer stops that."""
        self._observers.append(callback)
        return lambda: self._observers.remove(callback)

    def close(self) -> None:
        """Follow the sitting no longer, and wait until all results are written."""
        self._end()
        self._results.close()

    @property
    def going(self) -> bool:
        """Whether frames are being made."""
        return self._going

    @property
    def recipe(self) -> Recipe | None:
        """How the frames are made, or were last; None before the first time."""
        return self._results.recipe

    @property
    def pull(self) -> float:
        """How far frames are pulled towards the result before, 0 to 1."""
        return 0.0 if self.recipe is None else self.recipe.pull

    @property
    def at(self) -> int | None:
        """The frame that is being made, None when none is."""
        if self._number is None or self._turn is None:
            return None
        frame = self._turn.frame
        return next((i for i, each in enumerate(self._frames()) if each is frame), None)

    @property
    def fraction(self) -> float:
        """How far the frame being made has come, 0 to 1."""
        run = self._sitting.run
        return run.progress if run is not None and run.number == self._number else 0.0

    @property
    def results(self) -> tuple[np.ndarray | None, ...]:
        """What was made of each frame as it is now, (height, width, 3) uint8; None of the rest."""
        keys = self._keys()
        return tuple(map(self._results.get, keys)) or (None,) * len(self._frames())

    @property
    def lacking(self) -> int:
        """How many frames have no result with the recipe of the last time."""
        return sum(result is None for result in self.results)

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the seconds to the end; None when unknown or not going."""
        if self._number is None:
            return None
        spent = self._clock() - self._began
        if self._pace:
            each = median(self._pace)
        elif self.fraction > 0:
            each = spent / self.fraction
        else:
            return None
        lacking = len({turn.key for turn in self._turns()})
        return each * max(0, lacking - 1) + max(0.0, each - spent)

    @property
    def flicker(self) -> Flicker | None:
        """How restless the results are; None while no neighbours are made."""
        keys = tuple(self._keys())
        made = tuple(key if key in self._results else "" for key in keys)
        if made != self._measured[0]:
            drawings = [drawing.composite() for drawing in self._frames()]
            self._measured = made, flicker(drawings, self.results)
        return self._measured[1]

    def would_make(self, pull: float) -> int:
        """How many frames :meth:`start` would make with the controls as they stand."""
        recipe = self._recipe_now(pull)
        return sum(key not in self._results for key in self._keys(recipe))

    def start(self, pull: float = 0.0) -> None:
        """Make the frames that are not made, with the controls as they stand now.

        Args:
            pull: How far each frame is pulled towards the result before it, 0 to 1.

        Raises:
            RequestError: The present model cannot honour the request; nothing has changed.
        """
        recipe = self._recipe_now(pull)
        before = self._results.recipe
        if recipe != before:
            self._pace.clear()
            self._results.set_recipe(recipe)
        self._going, self._number, self._failed, self.problems = True, None, None, ()
        try:
            self._make_next()
        except RequestError:
            self._going = False
            if before is not None and before != recipe:
                self._results.set_recipe(before)
            raise
        self._tell()

    def stop(self) -> None:
        """Make no more; the frame being made is given up, those made stay."""
        if not self._going:
            return
        self._going = False
        if self._number is not None and self._number == self._sitting.newest:
            self._sitting.stop()
        self._number = None
        self._tell()

    def _keys(self, recipe: Recipe | None = None) -> list[str]:
        recipe = recipe or self.recipe
        of, frames = self._digests.of, self._frames()
        return [] if recipe is None else recipe.keys(of(frame, recipe.use) for frame in frames)

    def _recipe_now(self, pull: float) -> Recipe:
        """For the controls as they stand now."""
        return Recipe.of(self._sitting.request, pull, self._sitting.facts, self._use())

    def _make_next(self) -> None:
        """Ask for the first frame that is not made, or end when all are."""
        turn, recipe = next(self._turns(), None), self.recipe
        if turn is None or recipe is None:
            self._pause()
            return
        made = snapshot(turn.frame, recipe.use, recipe.request.seed)()
        image, mask = made.image, made.mask
        before = None if turn.before is None else self._results.get(turn.before)
        if before is not None:
            edge = None if mask is None else np.asarray(mask.image)
            image = Picture.of(pulled(np.asarray(image.image), before, recipe.pull, edge))
        request = replace(recipe.request, image=image, mask=mask)
        # Nothing of it is heard before its number is known.
        self._number, self._turn, self._began = None, turn, self._clock()
        self._number = self._sitting.commission(request)

    def _turns(self) -> Iterator[Turn]:
        """What is to be made, in order."""
        if (recipe := self.recipe) is None:
            return iter(())
        digest = partial(self._digests.of, use=recipe.use)
        return turns(recipe, self._frames(), digest, self._results)

    def _follow(self, what: str) -> None:
        if self._failed is not None and self._sitting.newest != self._failed:
            # Tried again with less memory, it goes on; whatever else is asked for goes first.
            if self._sitting.retried == (self._failed, self._sitting.newest):
                self._going, self._number, self.problems = True, self._sitting.newest, ()
            self._failed = None
        number, run = self._number, self._sitting.run
        if number is None or what not in ("run", "tree"):
            return
        failure = self._sitting.failure
        if failure is not None and failure.run == number:
            self._pause(failure.problems)
            self._failed = number
        elif run is None or run.number < number:
            if not self._sitting.running:
                self._pause()
        elif run.number > number or run.state in ("stopped", "failed"):
            self._pause()
        elif run.finished:
            self._take(run.picture)
        self._tell()

    def _take(self, picture: np.ndarray | None) -> None:
        self._pace.append(self._clock() - self._began)
        if picture is not None and self._turn is not None:
            self._results.put(self._turn.key, picture)
        if self._sitting.newest != self._number:
            self._pause()
            return
        try:
            self._make_next()
        except RequestError as error:
            self._pause(error.problems)

    def _pause(self, problems: tuple[Problem, ...] = ()) -> None:
        self._going, self._number, self.problems = False, None, problems

    def _tell(self) -> None:
        for callback in tuple(self._observers):
            callback()
