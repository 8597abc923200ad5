"""Grows a drawing beyond its edges, window by window, each an ordinary run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import MAX_SEED, Request
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.filling import surroundings
from sdstudio.session.drawing.margins import Edge, Growth, Margin, blending, half, margin
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.sitting import Sitting

OVERLAP = 32
"""Pixels of what is there over which a window's picture fades in."""

STRENGTH = 0.8
"""What is new begins as the colours around, run in: this strength leaves their ground."""


def window_request(base: Request, seen: np.ndarray, known: np.ndarray, overlap: int) -> Request:
    """What makes the rest of a window that is known in part.

    Args:
        base: Everything but picture, mask and size.
        seen: (H, W, 3) uint8, what is known.
        known: (H, W) bool, where.
        overlap: Pixels over which what is made fades into what is known.
    """
    start = np.where(known[..., None], seen, surroundings(seen, ~known))
    height, width = known.shape
    return replace(
        base,
        image=Picture.of(np.ascontiguousarray(start)),
        mask=Picture.of(blending(known, overlap)),
        width=width,
        height=height,
        tile=0,
    )


class Outpainting:
    """Asks a sitting for the windows of a margin and pastes their pictures in.

    The drawing changes once, when all of them are there: as one step of undo. Stopped or
    refused before, it stays as it is. Used on one thread.

    Args:
        sitting: What makes the pictures.
        changed: Told when it begins, goes on or ends.
        overlap: Pixels that fade from what is there to what is made.
    """

    def __init__(
        self,
        sitting: Sitting,
        changed: Callable[[], None] = lambda: None,
        *,
        overlap: int = OVERLAP,
    ) -> None:
        self._sitting = sitting
        self._changed = changed
        self._overlap = overlap
        self._strength = STRENGTH
        self._drawing: Drawing | None = None
        self._margin: Margin | None = None
        self._canvas = np.zeros((1, 1, 3), np.uint8)
        self._known = np.zeros((1, 1), bool)
        self._fade = np.zeros((1, 1), np.uint8)
        self._base = Request()
        self._done = 0
        self._run = 0
        self._failed: Margin | None = None
        self.problems: tuple[Problem, ...] = ()
        self._stop_observing = sitting.observe(self._follow)

    @property
    def going(self) -> bool:
        """Whether a margin is being made."""
        return self._margin is not None

    @property
    def window(self) -> Rect | None:
        """What the network sees now, in the drawing's present coordinates."""
        if self._margin is None:
            return None
        return self._margin.windows[self._done].moved(-self.growth.left, -self.growth.top)

    @property
    def growth(self) -> Growth:
        """How far each edge moves; nowhere when no margin is being made."""
        return Growth() if self._margin is None else self._margin.growth

    @property
    def count(self) -> int:
        """How many windows the margin has, 0 when none is being made."""
        return 0 if self._margin is None else len(self._margin.windows)

    @property
    def done(self) -> int:
        """How many of them are made."""
        return self._done

    @property
    def progress(self) -> float:
        """Share that is done, 0 to 1."""
        if self._margin is None:
            return 0.0
        run = self._sitting.run
        part = run.progress if run is not None and run.number == self._run else 0.0
        return (self._done + min(part, 1.0)) / self.count

    def grow(self, drawing: Drawing, where: Edge | Growth, strength: float = STRENGTH) -> None:
        """Begin to grow a drawing.

        Args:
            drawing: Which.
            where: An edge, by half of the model's size; or how far each edge moves, in whole
                multiples of what the model makes.
            strength: How far the colours around, run in, are taken back into noise, 0 to 1:
                little goes on with their ground, much makes what the prompt says.

        Raises:
            RequestError: The drawing is too small or would be too large, or the request cannot
                be made; nothing has begun.
        """
        facts = self._sitting.facts
        if self.going:
            return
        if facts is None:
            raise RequestError(Problem.of("no_model"))
        drawing.finish_stroke()
        growth = half(where, facts) if isinstance(where, Edge) else where
        found = margin(drawing.width, drawing.height, growth, facts)
        if not found.windows:
            return
        if max(found.size) > facts.size_range[1]:
            raise RequestError(Problem.of("canvas_too_large", "width", most=facts.size_range[1]))
        self._strength = strength
        self._begin(drawing, found)
        try:
            self._ask()
        except RequestError:
            self._margin = None
            raise
        self._changed()

    def stop(self) -> None:
        """Leave it; the drawing stays as it is."""
        self._failed = None
        if self.going:
            self._margin = None
            self._sitting.stop()
            self._changed()

    def close(self) -> None:
        """Follow the sitting no more."""
        self._stop_observing()

    def _begin(self, drawing: Drawing, found: Margin) -> None:
        self._drawing, self._margin, self._done = drawing, found, 0
        self._failed = None
        self.problems = ()
        width, height = found.size
        self._known = np.zeros((height, width), bool)
        self._known[found.known.slices] = True
        self._canvas = np.zeros((height, width, 3), np.uint8)
        self._canvas[found.known.slices] = drawing.composite()
        self._fade = blending(self._known, self._overlap)
        self._base = self._sitting.request

    def _ask(self) -> None:
        """Ask for the next window."""
        assert self._margin is not None
        rect = self._margin.windows[self._done]
        width, height = self._margin.size
        # With one seed each window of a panorama would begin with the same noise.
        seed = (self._base.seed + width + height + rect.x + rect.y) % (MAX_SEED + 1)
        request = window_request(
            replace(self._base, seed=seed, strength=self._strength),
            self._canvas[rect.slices],
            self._known[rect.slices],
            self._overlap,
        )
        self._run = 0  # until its number is known
        self._run = self._sitting.commission(request)

    def _follow(self, what: str) -> None:
        run, sitting = self._sitting.run, self._sitting
        if what == "run" and self._failed is not None and sitting.newest != self._run:
            # Tried again with less memory, it goes on; whatever else is asked for is the end.
            if sitting.retried == (self._run, sitting.newest):
                self._margin, self._run, self.problems = self._failed, sitting.newest, ()
            self._failed = None
        if what != "run" or self._margin is None or not self._run:
            return
        if sitting.newest != self._run:
            self._end(())
        elif sitting.failure is not None:
            self._failed = self._margin
            self._end(sitting.failure.problems)
        elif run is not None and run.number == self._run:
            if run.finished and run.picture is not None:
                self._take(run.picture)
            elif run.state == "stopped":
                self._end(())
            else:
                self._changed()
        elif not sitting.running:
            self._end(())

    def _take(self, picture: np.ndarray) -> None:
        assert self._margin is not None
        rect = self._margin.windows[self._done]
        self._canvas[rect.slices] = picture
        self._known[rect.slices] = True
        self._done += 1
        if self._done == self.count:
            self._paste()
            return
        try:
            self._ask()
        except RequestError as error:
            self._end(error.problems)
            return
        self._changed()

    def _end(self, problems: tuple[Problem, ...]) -> None:
        self._margin = None
        self.problems = problems
        self._changed()

    def _paste(self) -> None:
        drawing, found = self._drawing, self._margin
        assert drawing is not None
        assert found is not None
        self._margin = None
        if (drawing.width, drawing.height) != found.known[2:]:
            self._end((Problem.of("canvas_changed"),))
            return
        changed = self._fade > 0
        with drawing.one_step():
            drawing.resize_canvas(*found.growth)
            shown = drawing.visible["background"] and drawing.opacity["background"] == 1.0
            if not shown:
                # What is new must be seen: all becomes one picture.
                drawing.set_visible("background", True)
                drawing.set_opacity("background", 1.0)
                changed[:] = True
            background = drawing.pixels("background").copy()
            background[changed] = np.dstack(
                [self._canvas, np.full(self._canvas.shape[:2], 255, np.uint8)]
            )[changed]
            drawing.write("background", 0, 0, background)
            paint = drawing.pixels("paint").copy()
            paint[changed] = 0
            drawing.write("paint", 0, 0, paint)
        self._changed()
