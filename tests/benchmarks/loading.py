"""Peak memory of loading a folder in float16: read as it is, and read in float32.

The network is a quarter of Stable Diffusion 1.5's; autoencoder and text encoder are as large as
there. What files mapped into memory take is not counted: it is given back when it is needed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Effort, Row

WIDTH = 160
SIDES = ("float16", "float32")

SIDE = """
import json, sys, threading
import diffusers, torch, transformers
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer
from sdstudio.engine import load_model

def anonymous():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("RssAnon"))

before, most, done = anonymous(), [0], threading.Event()

def watch():
    while not done.wait(0.002):
        most[0] = max(most[0], anonymous())

watching = threading.Thread(target=watch)
watching.start()
model = load_model(sys.argv[1], sys.argv[2])
done.set()
watching.join()
print(json.dumps({"peak": max(most[0], anonymous()) - before, "weights": model.weight_bytes}))
"""


def measure(effort: Effort) -> Iterator[Row]:
    """Each side in a process of its own, in turns; Linux alone says what is anonymous."""
    from tests.true_size import save_true_size

    folder = save_true_size("sd1", Path(os.environ["SDSTUDIO_HOME"]) / "model", WIDTH)
    told: dict[str, list[dict[str, int]]] = {dtype: [] for dtype in SIDES}
    for _ in range(effort.rounds):
        for dtype in SIDES:
            told[dtype].append(_load(folder, dtype))
    peaks = {dtype: median(each["peak"] for each in told[dtype]) for dtype in SIDES}
    for dtype in SIDES:
        weights = told[dtype][0]["weights"]
        yield Row(
            f"peak memory of loading a float16 folder in {dtype}",
            "at most its weights in that precision + 300 MB",
            f"{peaks[dtype] / 1e6:.0f} MB, {peaks[dtype] / peaks['float32']:.2f}x float32",
            f"weights of {weights / 1e6:.0f} MB; {effort.rounds} loads, anonymous memory",
        )


def _load(folder: Path, dtype: str) -> dict[str, int]:
    command = [sys.executable, "-c", SIDE, str(folder), dtype]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))
