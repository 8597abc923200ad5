"""Onion skin: the frames before and after shine through the sheet."""

from __future__ import annotations

import numpy as np

from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.onion import onion
from sdstudio.session.drawing.rect import Rect
from sdstudio.ui.draw.pad import Pad

TINTS = ((215, 80, 70), (60, 120, 225))
"""What the paint of earlier and of later frames is tinted with."""


def show_skins(pad: Pad, frames: Frames, before: int, after: int) -> None:
    """Let neighbours of the current frame shine through, or none.

    Args:
        pad: Shows the current frame.
        frames: All of them.
        before: How many earlier ones.
        after: How many later ones.
    """
    drawing = frames.current
    if len(frames) == 1 or pad.drawing is not drawing or not (before or after):
        pad.surface.see_through(None)
        return

    def compose(rect: Rect) -> np.ndarray:
        if frames.current is not drawing:
            return drawing.composite(rect)
        return onion(frames, before, after, rect=rect, tints=TINTS)

    pad.surface.see_through(compose)
