"""Short texts of what frames show, equal where a sampler would be given the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from weakref import WeakKeyDictionary

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.recipe import digest_of
from sdstudio.session.drawing.sketch import MaskUse


class FrameDigests:
    """Digests of picture and mask, made once for each version of a frame."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Drawing, tuple[int, str, str]] = WeakKeyDictionary()

    def of(self, drawing: Drawing, use: MaskUse) -> str:
        """A frame's; how masks are used is part of it only where something is masked."""
        picture, mask = self._parts(drawing)
        if not mask:
            return picture
        return f"{picture} {mask} {json.dumps(asdict(use), sort_keys=True)}"

    def _parts(self, drawing: Drawing) -> tuple[str, str]:
        """Of the picture, and of the mask, "" where nothing is painted on it."""
        known = self._known.get(drawing)
        # As long as the pen is down a frame counts as it was: no stroke waits for this.
        is_old = known is not None and known[0] != drawing.version
        if known is None or (is_old and not drawing.is_being_drawn):
            mask = drawing.pixels("mask")
            masked = digest_of(mask) if mask.any() else ""
            known = drawing.version, digest_of(drawing.composite()), masked
            self._known[drawing] = known
        return known[1:]
