"""Ties a drawing to the sampler: it is what the request starts from, and Live follows the pen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sdstudio.engine.problems import Problem
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.fit import Fit
from sdstudio.session.drawing.sketch import Covers, MaskUse, Sketch, covers, snapshot
from sdstudio.session.drawing.trials import Busy, Trials
from sdstudio.session.limits import nearest_size
from sdstudio.session.sitting import Sitting

Prepare = Callable[[Callable[[], Sketch], Callable[[Sketch], None]], None]


def at_once(make: Callable[[], Sketch], done: Callable[[Sketch], None]) -> None:
    """Make a sketch here and now."""
    done(make())


class Sketching:
    """While it is on, the request's image and mask are the drawing's.

    Strokes are followed through the drawing; whoever owns the pen calls :meth:`stroke_ended`,
    and :meth:`tick` when :attr:`due` has passed. Used on one thread.

    Args:
        sitting: Whose request it is.
        clock: Seconds, rising.
        prepare: Makes a sketch, here or beside, and hands it on here; of several under way
            only the newest needs to be handed on. Large pictures take a while to encode.
    """

    def __init__(
        self,
        sitting: Sitting,
        clock: Callable[[], float] = time.monotonic,
        prepare: Prepare = at_once,
    ) -> None:
        self._sitting = sitting
        self._prepare = prepare
        self._trials = Trials(sitting, clock)
        self._drawing: Drawing | None = None
        self._sketch: Sketch | None = None
        self._size: tuple[int, int] | None = None
        self._on = False
        self._awaited: object | None = None
        self._live_here = True
        self._live_there = False
        self._use = MaskUse()
        self._observers: list[Callable[[], None]] = []
        self._ends: list[Callable[[], None]] = []

    @property
    def on(self) -> bool:
        """Whether the request starts from the drawing."""
        return self._on

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn on."""
        return self._drawing

    @property
    def use(self) -> MaskUse:
        """How the mask layer is used."""
        return self._use

    @property
    def covers(self) -> Covers:
        """How much of the picture the mask lets change."""
        return Covers.UNUSED if self._drawing is None else covers(self._drawing, self._use)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the drawing from being made into a picture."""
        return self._sitting.problems if self._on else ()

    @property
    def busy(self) -> Busy:
        """Whether a run that the pen asked for is going or waits."""
        return self._trials.busy

    @property
    def preparing(self) -> bool:
        """Whether a sketch of the drawing is under way and not yet in the request."""
        return self._awaited is not None

    @property
    def due(self) -> float | None:
        """Seconds until :meth:`tick` has something to do, None when nothing is awaited."""
        return self._trials.due if self._on else None

    def observe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have ``callback`` told when anything here may have changed; the answer stops that."""
        self._observers.append(callback)
        return lambda: self._observers.remove(callback)

    def show(self, drawing: Drawing) -> None:
        """Take another drawing."""
        for end in self._ends:
            end()
        self._ends = [drawing.observe(lambda _: self._touched())]
        self._drawing, self._size = drawing, None
        self._trials.forget()
        if self._on:
            self._ends.append(self._sitting.observe(self._follow))
            self.flush()
        self._tell()

    def begin(self) -> None:
        """The drawing is shown: from now on the request starts from it."""
        if self._on or self._drawing is None:
            return
        self._on = True
        self._live_there = self._sitting.live
        self._sitting.set_live(self._live_here, at_once=False)
        self._ends.append(self._sitting.observe(self._follow))
        self._size = None
        self.flush()
        self._tell()

    def end(self) -> None:
        """The drawing is left: the request's picture stays as it is."""
        if not self._on:
            return
        self.flush()
        self._on = False
        self._trials.forget()
        for end in self._ends[1:]:
            end()
        del self._ends[1:]
        self._sitting.release()
        self._sitting.set_live(self._live_there, at_once=False)
        self._tell()

    def set_mask_use(self, **changes: Any) -> None:
        """Use the mask layer otherwise; the fields are those of :class:`MaskUse`."""
        use = replace(self._use, **changes)
        if use != self._use:
            self._use = use
            self._touched()

    def stroke_ended(self) -> None:
        """The pen is up: what it drew is tried out at once."""
        if self._on and self._is_stale:
            self._try()
            self._tell()

    def tick(self) -> None:
        """Do what is due by now."""
        if not self._on:
            return
        if self._trials.wants_trying:
            self._try()
        elif self._trials.wants_refining:
            self._trials.refine()
        self._tell()

    def flush(self) -> None:
        """Have the request start from the drawing as it is at this moment."""
        if self._on:
            self._take()
            self._trials.forget()

    def _take(self) -> None:
        # A sketch that is still under way shows less than this one.
        self._awaited = None
        if self._drawing is not None:
            self._hold(snapshot(self._drawing, self._use, self._sitting.request.seed)())

    @property
    def _is_stale(self) -> bool:
        return self._drawing is not None and (
            self._sketch is None or self._drawing.version != self._sketch.version
        )

    def _touched(self) -> None:
        self._trials.touch()
        self._tell()

    def _try(self) -> None:
        """Take the drawing as it is, and in Live have it made coarsely."""
        assert self._drawing is not None
        live = self._sitting.live
        self._trials.begin(live=live)

        mark = self._awaited = object()

        def done(sketch: Sketch) -> None:
            if self._awaited is not mark:
                return
            self._awaited = None
            self._hold(sketch)
            if live:
                self._trials.ask(fine=False)
            self._tell()

        self._prepare(snapshot(self._drawing, self._use, self._sitting.request.seed), done)

    def _hold(self, sketch: Sketch) -> None:
        assert self._drawing is not None
        self._sketch = sketch
        fields: dict[str, Any] = {"image": sketch.image, "mask": sketch.mask}
        size = (self._drawing.width, self._drawing.height)
        if size != self._size:
            # A size that is chosen beside it later on is left alone.
            self._size = size
            fields["width"], fields["height"] = nearest_size(size, self._sitting.facts)
        self._sitting.hold(**fields)

    def _follow(self, what: str) -> None:
        if what == "request":
            self._take_other_picture()
        if what in ("request", "run", "live", "model"):
            if what == "live":
                self._live_here = self._sitting.live
            self._tell()

    def _take_other_picture(self) -> None:
        """A picture that was opened for the request goes onto the pad."""
        sketch, request = self._sketch, self._sitting.request
        if sketch is None or self._drawing is None or request.image == sketch.image:
            return
        if request.image is None:
            self._sitting.hold(image=sketch.image, mask=sketch.mask)
            return
        with self._drawing.one_step():
            self._drawing.put(request.image, Fit.CROPPED)
            self._drawing.clear("paint")
        self._take()

    def _tell(self) -> None:
        for callback in tuple(self._observers):
            callback()
