"""Whoever starts the window from a terminal reads nothing there but what is the window's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.kohya import save_kohya
from tests.tiny_families import save_family, tiny_sdxl

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from sdstudio.ui.window import MainWindow

source, lora = sys.argv[1:]
refresh = MainWindow._refresh

def follow(window):
    refresh(window)
    sitting = window.sitting
    if sitting.facts is None or sitting.model.is_loading or sitting.running:
        return
    if sitting.facts.source == "builtin":
        sitting.load(source)
    elif sitting.selected is None:
        # diffusers imports its pipelines, with all their remarks, for the first LoRA.
        sitting.change(prompt="a frog " * 20, steps=2, loras=((lora, 1.0),))
        sitting.generate()
    else:
        print("made", sitting.facts.family, sitting.selected.finished, sitting.failure)
        QTimer.singleShot(0, window.close)

MainWindow._refresh = follow
from sdstudio.__main__ import main
sys.exit(main([]))
"""


def test_starting_loading_and_running_write_nothing(tmp_path: Path, home: Path) -> None:
    save_family("sdxl", tmp_path / "model")
    save_kohya(tiny_sdxl(), tmp_path / "style.safetensors", seed=1)
    arguments = [str(tmp_path / "model"), str(tmp_path / "style.safetensors")]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.stderr == ""
    assert set(done.stdout.splitlines()) == {"made SDXL True None"}
    assert done.returncode == 0
    # What the libraries had to say is kept.
    logs = "".join(path.read_text("utf-8") for path in home.rglob("*.log"))
    assert "CLIPImageProcessor" in logs
    assert "Traceback" not in logs
