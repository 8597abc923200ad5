"""The pictures of frames, small for the strip and whole for playing, made once each."""

from __future__ import annotations

from collections import OrderedDict
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtGui import QImage

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.thumbnail import thumbnail
from sdstudio.ui.pixels import to_qimage

SIDE = 160
"""Longer side of a small picture: the strip's height at the largest text size."""

KEPT = 256
"""Small pictures of results kept."""

WHOLE_BYTES = 192 << 20
"""Whole pictures kept for playing."""


class FilmPictures:
    """Looks pictures up and makes those that are missing."""

    def __init__(self) -> None:
        self._drawn: WeakKeyDictionary[Drawing, tuple[int, np.ndarray]] = WeakKeyDictionary()
        self._made: OrderedDict[int, tuple[np.ndarray, np.ndarray]] = OrderedDict()
        self._whole: OrderedDict[int, tuple[object, int, QImage]] = OrderedDict()
        self._bytes = 0

    def small(self, source: Drawing | np.ndarray) -> np.ndarray:
        """A thumbnail; of a frame, as it was before the stroke that is going."""
        if isinstance(source, Drawing):
            known = self._drawn.get(source)
            fresh = known is not None and known[0] == source.version
            if known is None or not (fresh or source.is_being_drawn):
                known = source.version, thumbnail(source.composite(), SIDE)
                self._drawn[source] = known
            return known[1]
        kept = self._made.get(id(source))
        if kept is None or kept[0] is not source:
            kept = source, thumbnail(source, SIDE)
            self._made[id(source)] = kept
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        return kept[1]

    def whole(self, source: Drawing | np.ndarray) -> QImage:
        """All of its pixels."""
        version = source.version if isinstance(source, Drawing) else 0
        kept = self._whole.get(id(source))
        if kept is not None and kept[0] is source and kept[1] == version:
            return kept[2]
        if kept is not None:
            self._bytes -= kept[2].sizeInBytes()
        image = to_qimage(source.composite() if isinstance(source, Drawing) else source)
        self._whole[id(source)] = source, version, image
        self._bytes += image.sizeInBytes()
        while self._bytes > WHOLE_BYTES and len(self._whole) > 1:
            self._bytes -= self._whole.popitem(last=False)[1][2].sizeInBytes()
        return image

    def forget(self) -> None:
        """Let go of whole pictures: nothing plays."""
        self._whole.clear()
        self._bytes = 0
