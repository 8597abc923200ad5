"""Draws a frog in the real window with the X server's own pointer, and reports what came of it.

Run under an X server as ``python -m tests.ui.draw.frog_session FOLDER [WIDTH HEIGHT]``: the
folder gets ``report.json``, ``drawing.png``, ``result.png``, ``before.png`` and ``after.png``,
the last two of the window.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEventLoop, QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

from sdstudio.session.draft import Draft
from sdstudio.session.local_sampler import LocalSampler
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.settings import open_settings
from sdstudio.ui.window import MainWindow
from sdstudio.ui.worker import SamplerThread

WAIT_SECONDS = 90

SKY, GREEN, WHITE, BLACK = "#2f6fb5", "#4e9a2c", "#ffffff", "#000000"

Place = tuple[float, float]

FROG: tuple[tuple[str, int, Sequence[Sequence[Place]]], ...] = (
    (GREEN, 40, ([(44, 76), (84, 76), (86, 90), (42, 90)],)),
    (GREEN, 24, ([(46, 50), (47, 51)], [(82, 50), (83, 51)])),
    (WHITE, 13, ([(46, 49), (47, 49)], [(82, 49), (83, 49)])),
    (BLACK, 6, ([(46, 49), (47, 49)], [(82, 49), (83, 49)], [(46, 86), (64, 95), (82, 86)])),
)
"""Colour, size in pixels and strokes, in pixels of a sheet of 128 x 128."""


class Session:
    """A window, and a pointer that is not Qt's.

    Args:
        folder: Where everything is kept.
        size: Of the window in pixels.
    """

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder = folder
        self.app = QApplication([])
        mailbox = Mailbox()
        self.thread = SamplerThread(LocalSampler(), mailbox)
        draft = Draft(folder / "data")
        self.sitting = Sitting(mailbox, draft=draft)
        settings = open_settings(folder / "config")
        self.window = MainWindow(self.sitting, mailbox, self.thread, settings, draft)
        theme.current().set_mode("dark")
        self.window.setGeometry(0, 0, *size)
        self.window.show()
        self.sitting.load("builtin")
        self.thread.start()
        self.until(lambda: self.sitting.facts is not None)

    def until(self, done: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        end = time.monotonic() + WAIT_SECONDS
        while not done():
            if time.monotonic() > end:
                raise TimeoutError
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.001)

    def rest(self, seconds: float) -> None:
        """Let the window work for a while."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    def settle(self) -> None:
        """Wait until the picture is as fine as it gets."""
        sketching = self.window.draw.sketch.sketching
        self.until(
            lambda: not (self.sitting.running or sketching.preparing or sketching.due is not None)
        )
        self.rest(0.3)

    def xdotool(self, *words: object) -> None:
        """Have the X server's pointer or keys do something, while the window works."""
        command = ["xdotool", *map(str, words)]
        hand = threading.Thread(target=subprocess.run, args=(command,), kwargs={"check": True})
        hand.start()
        self.until(lambda: not hand.is_alive())
        self.rest(0.02)

    def click(self, widget: QWidget) -> None:
        """Press a widget in its middle."""
        place = widget.mapToGlobal(widget.rect().center())
        self.xdotool("mousemove", place.x(), place.y(), "click", 1)

    def stroke(self, places: Sequence[Place]) -> None:
        """Draw along places of the sheet."""
        pad = self.window.draw.page.pad
        points = []
        for start, end in pairwise(places):
            for share in range(9):
                x, y = (a + (b - a) * share / 8 for a, b in zip(start, end, strict=True))
                points.append(pad.mapToGlobal(pad.view.to_pad(QPointF(x, y))).toPoint())
        words: list[object] = ["mousemove", points[0].x(), points[0].y(), "mousedown", 1]
        for point in points:
            words += ["mousemove", point.x(), point.y(), "sleep", 0.01]
        self.xdotool(*words, "mouseup", 1)

    def colour(self, name: str) -> None:
        """Take a colour from the palette."""
        swatches = self.window.draw.page.side.palette_.swatches
        self.click(next(it for it in swatches if it.colour == QColor(name)))

    def shoot(self, name: str) -> None:
        """Keep a picture of the window."""
        self.window.grab().save(str(self.folder / f"{name}.png"))

    def draw_frog(self) -> dict[str, object]:
        """The session itself; the answer is what came of it."""
        self.sitting.change(prompt="a frog on a blue background", strength=0.72, seed=4, steps=30)
        self.click(self.window.top_bar.modes[1])
        self.rest(0.8)
        mode = self.window.draw
        page, hand = mode.page, mode.page.hand
        self.xdotool("key", "g")
        self.colour(SKY)
        self.stroke([(4, 4), (4, 4)])
        self.xdotool("key", "b")
        strokes, counts = 1, []
        for colour, size, lines in FROG:
            self.colour(colour)
            hand.change(size=size, hardness=0.9)
            for line in lines:
                self.stroke(line)
                strokes += 1
                counts.append(len(self.sitting.tree.nodes))
        self.shoot("before")
        drawing = mode.desk.drawing
        undoable = drawing.can_undo
        Image.fromarray(drawing.composite()).save(self.folder / "drawing.png")
        self.settle()
        self.shoot("after")
        run = self.sitting.run
        assert run is not None
        assert run.picture is not None
        Image.fromarray(run.picture).save(self.folder / "result.png")
        return {
            "strokes": strokes,
            "tool": page.hand.tool,
            "undoable": undoable,
            "steps": run.request.steps,
            "finished": run.finished,
            "most_runs": max(counts),
            "coarse_left": sum(n.request.steps < 30 for n in self.sitting.tree.nodes),
            "colours": {
                name: drawing.pick(*place)
                for name, place in (("sky", (4, 120)), ("face", (64, 76)), ("pupil", (46, 49)))
            },
        }


def main(words: Sequence[str]) -> int:
    """Draw, and write the report."""
    folder = Path(words[0])
    size = (int(words[1]), int(words[2])) if len(words) > 2 else (1280, 800)
    session = Session(folder, size)
    try:
        report = session.draw_frog()
        (folder / "report.json").write_text(json.dumps(report))
    finally:
        session.window.close()
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(main(sys.argv[1:]))
