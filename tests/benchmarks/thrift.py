"""What each rung of the ladder spares, on a true SD 1.5 of random weights at its native size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from tests.benchmarks.measure import Effort, Row

RUNGS = ("plain", "autoencoder", "rows", "attention")
"""Those that this machine's processor can take; the last is measured though not offered there."""

EVERY = 0.003
"""Seconds between two looks at the memory."""


def main() -> None:
    """Load a model, take a rung, and say what a guided step and a decode take over its weights."""
    rung, folder = sys.argv[1], sys.argv[2]
    from sdstudio.engine import Request, Step, denoise, load_model

    model = load_model(folder, dtype="float32", device="cpu")
    if rung != "plain":
        model.ladder.take(rung)  # type: ignore[arg-type]  # it is one of them
    request = Request(prompt="a frog", steps=2, scheduler="DDIM")
    model.condition([request])
    taken: list[Step] = []
    step, seconds = _peak(lambda: taken.append(next(denoise(model, request))))
    decode, _ = _peak(lambda: model.decode_array(taken[0].latents))
    print(json.dumps({"step": step, "decode": decode, "seconds": seconds}), flush=True)


def measure(effort: Effort) -> Iterator[Row]:
    """A process for each rung; ``SD15_FOLDER`` names a model to take instead of writing one."""
    from tests.true_size import save_true_size

    given = os.environ.get("SD15_FOLDER")
    here = Path(os.environ["SDSTUDIO_HOME"]) / "sd15"
    folder = Path(given) if given else save_true_size("sd1", here)
    for rung in RUNGS:
        command = [sys.executable, "-m", "tests.benchmarks.thrift", rung, str(folder)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        told = json.loads(lines.splitlines()[-1])
        yield Row(
            f"memory over the weights: {rung}",
            "-" if rung == "plain" else "less than plain",
            f"step {told['step']:.0f} MB, decode {told['decode']:.0f} MB",
            f"{told['seconds']:.1f} s for the step",
        )


def _peak(call: Callable[[], object]) -> tuple[float, float]:
    """Resident MB at most over those before a call, and its seconds."""
    process = psutil.Process()
    before = most = process.memory_info().rss
    ended = threading.Event()

    def look() -> None:
        nonlocal most
        while not ended.wait(EVERY):
            most = max(most, process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    call()
    seconds = time.perf_counter() - began
    ended.set()
    looking.join()
    return (most - before) / 2**20, seconds


if __name__ == "__main__":
    main()
