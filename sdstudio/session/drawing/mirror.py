"""Copies of drawings that keep up with them a little at a time, for another thread to read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.layers import LAYERS, Sheet
from sdstudio.session.drawing.rect import Rect

TILE = 256
"""Pixels of a side of what is copied in one go."""


class Mirror:
    """A second set of a drawing's layers.

    To copy a large drawing at once would hold a stroke up: 38 MB at 2048 x 2048. Here what
    has changed is noted, and copied when there is time.

    Args:
        drawing: What is copied.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._stop = drawing.observe(self._hear)
        self._begin()

    @property
    def is_true(self) -> bool:
        """Whether it shows what the drawing shows now."""
        return not self._stale

    def follow(self, most: int | None = None) -> int:
        """Copy some of what has changed.

        Args:
            most: Bytes after which to stop, None for all; one tile is copied at least.

        Returns:
            How many bytes were copied.
        """
        copied = 0
        while self._stale and (most is None or copied < most):
            rect = self._stale.pop()
            for layer in LAYERS:
                part = self._drawing.pixels(layer)[rect.slices]
                self._pixels[layer][rect.slices] = part
                copied += part.nbytes
        return copied

    def sheet(self) -> Sheet:
        """The drawing as it is now; its pixels stay so until :meth:`follow` is called again.

        Raises:
            ValueError: Not all that changed was copied.
        """
        if not self.is_true:
            raise ValueError("not all of the drawing was copied")
        of = self._drawing
        pixels = dict(self._pixels)
        return Sheet(of.width, of.height, of.paper, pixels, dict(of.visible), dict(of.opacity))

    def close(self) -> None:
        """Follow no more."""
        self._stop()

    def _begin(self) -> None:
        # Memory that is never written to is never given by the system either.
        self._pixels = {layer: np.empty_like(self._drawing.pixels(layer)) for layer in LAYERS}
        self._stale: set[Rect] = set()
        self._note(self._drawing.bounds)

    def _hear(self, rect: Rect) -> None:
        if self._pixels["mask"].shape != (self._drawing.height, self._drawing.width):
            self._begin()
        else:
            self._note(rect)

    def _note(self, rect: Rect) -> None:
        bounds = self._drawing.bounds
        for y in range(rect.y // TILE * TILE, rect.bottom, TILE):
            for x in range(rect.x // TILE * TILE, rect.right, TILE):
                self._stale.add(Rect(x, y, TILE, TILE).within(bounds))


class Mirrors:
    """The mirrors of some drawings."""

    def __init__(self) -> None:
        self._mirrors: dict[Drawing, Mirror] = {}

    def follow(self, drawings: Sequence[Drawing], most: int | None = None) -> bool:
        """Mirror these drawings, the first before the next, and no others.

        Args:
            drawings: Which; one may be named twice.
            most: Bytes to copy now, None for all.

        Returns:
            Whether all of them are mirrored as they are now.
        """
        before = self._mirrors
        kept = {it: before.get(it) or Mirror(it) for it in drawings}
        for drawing in before.keys() - kept.keys():
            before[drawing].close()
        self._mirrors = kept
        for mirror in kept.values():
            if most is None:
                mirror.follow()
            elif most > 0:
                most -= mirror.follow(most)
        return all(mirror.is_true for mirror in kept.values())

    def sheet(self, drawing: Drawing) -> Sheet:
        """What one of them shows."""
        return self._mirrors[drawing].sheet()

    def close(self) -> None:
        """Mirror none of them any more."""
        for mirror in self._mirrors.values():
            mirror.close()
        self._mirrors = {}
