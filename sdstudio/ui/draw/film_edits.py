"""What is done to the frames of a film as a whole; a removed one can be brought back."""

from __future__ import annotations

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames

RESTORABLE = 20
"""Removed frames that can be brought back, whatever was done since."""


class FrameEdits:
    """Adds, duplicates, removes and brings back.

    Args:
        frames: What is drawn.
    """

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._removed: list[tuple[int, Drawing]] = []

    @property
    def can_restore(self) -> bool:
        """Whether a frame was removed that can be brought back."""
        return bool(self._missing)

    def do(self, wish: str) -> bool:
        """Do "add", "duplicate", "remove" or "restore"; False where that cannot be."""
        frames = self._frames
        match wish:
            case "add" if len(frames) < MAX_FRAMES:
                frames.add()
            case "duplicate" if len(frames) < MAX_FRAMES:
                frames.duplicate()
            case "remove" if len(frames) > 1:
                self._removed = [*self._missing, (frames.index, frames.current)][-RESTORABLE:]
                frames.remove()
            case "restore" if self._missing and len(frames) < MAX_FRAMES:
                *self._removed, (index, drawing) = self._missing
                frames.insert(index, drawing)
            case _:
                return False
        return True

    @property
    def _missing(self) -> list[tuple[int, Drawing]]:
        """Those removed that undo has not brought back by now."""
        there = set(self._frames)
        return [each for each in self._removed if each[1] not in there]
