"""From the start of the process to a painted window, and to a model that is ready."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.measure import Effort, Row

CHILD = """
import json, sys, time
from PySide6.QtCore import QTimer
from sdstudio.session.sitting import Sitting
from sdstudio.ui import app
from sdstudio.ui.window import MainWindow

times = {}
def note(name):
    times.setdefault(name, (time.time(), time.process_time()))

class Watched(MainWindow):
    def __init__(self, sitting, *rest):
        super().__init__(sitting, *rest)
        self.painted.connect(lambda: note("painted"))
        def follow(what):
            if sitting.model.loading is not None:
                note("says so")
            if sitting.facts is not None:
                note("ready")
                QTimer.singleShot(0, self.close)
        sitting.observe(follow)

app.MainWindow = Watched
status = app.run(["sdstudio"])
print(json.dumps(times))
sys.exit(status)
"""


def start_once() -> dict[str, tuple[float, float]]:
    """Seconds on the wall and of the processor from the process's start to each event."""
    with tempfile.TemporaryDirectory(prefix="sdstudio-") as home:
        environment = {**os.environ, "SDSTUDIO_HOME": home}
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", CHILD],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    times = json.loads(done.stdout.splitlines()[-1])
    return {name: (wall - began, cpu) for name, (wall, cpu) in times.items()}


def measure(effort: Effort) -> Iterator[Row]:
    """The first start, which fills the disk cache, does not count."""
    start_once()
    found = [start_once() for _ in range(effort.rounds)]
    for name, what, bar in (
        ("painted", "process start to the window painted, warm disk cache", "under 1 s"),
        ("ready", "process start to ready to generate", "under 8 s, saying so meanwhile"),
    ):
        times = [each[name][0] for each in found]
        cpu = median(each[name][1] for each in found)
        detail = f"{min(times):.2f} to {max(times):.2f} s over {len(times)} starts; "
        detail += f"processor time {cpu:.2f} s"
        if name == "ready":
            detail += (
                f"; says that it loads after {median(each['says so'][0] for each in found):.2f} s"
            )
        yield Row(what, bar, f"{median(times):.2f} s", detail)
