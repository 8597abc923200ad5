"""Where drawings lie: the one being worked on, saved as it grows, and the others."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.folder import DeskEntry, DrawingFolder
from sdstudio.session.drawing.frames import Frames
from sdstudio.session.drawing.mirror import Mirrors
from sdstudio.session.drawing.pages import Page, key_of, write_pages

QUIET_SECONDS = 0.5
"""A rest of the hand after which is saved."""

MAX_SECONDS = 2.0
"""What a crash costs at most, where the hand does not rest."""

SLICE_BYTES = 4 << 20
"""Pixels copied in one tick: two milliseconds, which no stroke is held up by."""

PATIENCE_SECONDS = 1.0
"""Where they have not sufficed so long after a file was due, the rest is copied at once."""


class DrawingDesk:
    """Holds what is being drawn and keeps it in a folder, so that a crash costs two seconds.

    The window calls :meth:`tick` several times a second; files are written on a thread. A file
    that cannot be read is set aside as ``NAME.damaged``, and nothing here raises for it.

    Args:
        folder: Where; made when first needed.
        size: Of a new drawing, where there is none to go on with.
        clock: Seconds; for tests.

    Attributes:
        frames: What is being drawn: one frame, or an animation.
        name: Of its file, without the suffix.
        folder: Where it is kept, among the others.
    """

    def __init__(
        self,
        folder: Path,
        size: tuple[int, int] = (512, 512),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = DrawingFolder(folder)
        self._clock = clock
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="drawing")
        self._writing: Future[bool] | None = None
        self._packed: dict[tuple[int, int], Page] = {}
        self._mirrors = Mirrors()
        self._seen: tuple[object, ...] = ()
        self._saved: tuple[object, ...] = ()
        self._changed_at = self._unsaved_since = clock()
        self.folder.sweep()
        self.frames, self.name = self._last() or (Frames([Drawing(*size)]), _new_name())
        self._seen = self._saved = self._state()

    @property
    def drawing(self) -> Drawing:
        """The current frame."""
        return self.frames.current

    @property
    def entries(self) -> tuple[DeskEntry, ...]:
        """The drawings in the folder, the one saved last first."""
        return self.folder.entries

    def new(self, width: int, height: int) -> Drawing:
        """Begin another drawing; the one so far is saved."""
        self._lay_out(Frames([Drawing(width, height)]), _new_name())
        return self.drawing

    def open(self, name: str) -> bool:
        """Go on with a drawing of the folder; False when it cannot be read."""
        self.flush()
        frames = self.folder.read(name)
        if frames is None:
            return False
        self._lay_out(frames, name)
        self.folder.put_first(name)
        return True

    def remove(self, name: str) -> None:
        """Remove a drawing's file, for good; a new one begins if it is the present one."""
        if name == self.name:
            width, height = self.drawing.width, self.drawing.height
            self._wait()
            self.frames, self.name = Frames([Drawing(width, height)]), _new_name()
            self._seen = self._saved = self._state()
        self.folder.remove(name)

    def tick(self) -> None:
        """Look whether there is something to save, and begin to; call it several times a second."""
        state, now = self._state(), self._clock()
        if state != self._seen:
            if self._seen == self._saved:
                self._unsaved_since = now
            self._seen, self._changed_at = state, now
        self._look_back()
        if self.is_writing:
            return
        unsaved = 0.0 if state == self._saved else now - self._unsaved_since
        due = unsaved >= MAX_SECONDS or (unsaved > 0 and now - self._changed_at >= QUIET_SECONDS)
        # Also before it is due, and of what is not changed yet: little is left to copy then.
        if self._copy(None if unsaved >= MAX_SECONDS + PATIENCE_SECONDS else SLICE_BYTES) and due:
            self._save()

    @property
    def is_writing(self) -> bool:
        """Whether a file is being written."""
        return self._writing is not None and not self._writing.done()

    def flush(self) -> bool:
        """Save now and wait for it; False when it could not be written."""
        written = self._wait()
        if self._state() != self._saved:
            self._copy()
            self._save()
            written = self._wait()
        return written

    def close(self) -> None:
        """Save what is unsaved, and let the thread go."""
        self.flush()
        self._mirrors.close()
        self._writer.shutdown()

    def _copy(self, most: int | None = None) -> bool:
        """Mirror the present frame and what the next file needs; whether that is done."""
        unpacked = [frame for frame in self.frames if key_of(frame) not in self._packed]
        if self._state() == self._saved:
            unpacked = []
        return self._mirrors.follow([self.drawing, *unpacked], most)

    def _save(self) -> None:
        self._saved = self._seen = self._state()
        self._unsaved_since = self._clock()
        path = self.folder.file(self.name)
        # Only frames that changed since they were last saved are copied and packed again.
        packed = {key: self._packed[key] for key in map(key_of, self.frames) if key in self._packed}
        self._packed = packed
        pages = [
            packed.get(key_of(frame)) or Page(frame, self._mirrors.sheet(frame))
            for frame in self.frames
        ]
        packed.update(zip(map(key_of, self.frames), pages, strict=True))
        self._writing = self._writer.submit(write_pages, path, pages, self.frames.index)

    def _wait(self) -> bool:
        written = self._writing is None or self._writing.result()
        self._look_back()
        return written

    def _look_back(self) -> None:
        """What could not be written is unsaved again."""
        if self._writing is not None and self._writing.done():
            if not self._writing.result():
                self._saved = ()
                self._unsaved_since = self._clock()
            self._writing = None

    def _state(self) -> tuple[object, ...]:
        """Something that differs when there is something new to save."""
        return (self.name, self.frames.index, *map(key_of, self.frames))

    def _lay_out(self, frames: Frames, name: str) -> None:
        self.flush()
        self.frames, self.name = frames, name
        self._seen = self._saved = self._state()

    def _last(self) -> tuple[Frames, str] | None:
        for entry in self.entries:
            frames = self.folder.read(entry.name)
            if frames is not None:
                return frames, entry.name
        return None


def _new_name() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
