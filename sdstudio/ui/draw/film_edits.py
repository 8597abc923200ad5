"""What is done to the frames of a film as a whole; a removed one can be brought back."""

from __future__ import annotations

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.frames import MAX_FRAMES, Frames

RESTORABLE = 20
"""Removed frames that can be brought back."""


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
        return bool(self._removed)

    def do(self, wish: str) -> bool:
        """Do "add", "duplicate", "remove" or "restore"; False where that cannot be."""
        frames = self._frames
        match wish:
            case "add" if len(frames) < MAX_FRAMES:
                frames.add()
            case "duplicate" if len(frames) < MAX_FRAMES:
                frames.duplicate()
            case "remove" if len(frames) > 1:
                self._removed.append((frames.index, frames.current))
                del self._removed[:-RESTORABLE]
                frames.remove()
            case "restore" if self._removed and len(frames) < MAX_FRAMES:
                self._restore()
            case _:
                return False
        return True

    def _restore(self) -> None:
        index, drawing = self._removed.pop()
        size = self._frames.current
        # The others may have grown since.
        drawing.resize_canvas(0, 0, size.width - drawing.width, size.height - drawing.height)
        self._frames.insert(index, drawing)
