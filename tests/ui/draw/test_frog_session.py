"""A frog of a few strokes, drawn with a real pointer, becomes a picture of a frog."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="needs an X server without a screen, and xdotool",
)


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of its own."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        assert number, "the X server did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def test_a_frog_drawn_with_a_real_pointer(display: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "SDSTUDIO_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.draw.frog_session", str(tmp_path)],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads((tmp_path / "report.json").read_text())
    # What the pointer did is on the sheet.
    assert report["colours"] == {"sky": [47, 111, 181], "face": [78, 154, 44], "pupil": [0, 0, 0]}
    assert report["undoable"]
    # The last run is the fine one, and the coarse ones have left.
    assert (report["steps"], report["finished"], report["coarse_left"]) == (30, True, 0)
    assert report["most_runs"] <= report["strokes"]
    # It is a picture of the same composition: green in the middle, blue around.
    drawn, made = (
        np.asarray(Image.open(tmp_path / f"{name}.png").convert("RGB")).astype(int)
        for name in ("drawing", "result")
    )
    assert made.shape == drawn.shape == (128, 128, 3)
    assert np.abs(made - drawn).mean() > 5
    face, corner = made[66:90, 48:80].mean((0, 1)), made[:16, :16].mean((0, 1))
    assert face[1] > face[2]
    assert corner[2] > corner[0]
