"""`python -m tests.benchmarks [NAME …]`: measure, and print a table in Markdown."""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import replace
from importlib import import_module

from tests.benchmarks.measure import QUICK, Effort, machine

NAMES = {
    "recording": "denoise with everything recorded against the bare diffusers pipeline",
    "fast_mode": "the default and the optimised mode against diffusers in float32",
    "event_loop": "gaps in the window's event loop while it runs and while it loads",
    "answers": "from a moved slider to a new preview, and from Stop to idle",
    "scrub": "from a dragged playhead to the step on the canvas",
    "pen": "from the pointer's move to the painted stroke while Live runs",
    "timeline": "what recorded runs weigh, and what timeline and tree add to a run's time",
    "brush": "a segment of a stroke on the drawing, painted and composited",
    "seams": "how sharp the seam of a grown canvas is against its surroundings",
    "panels": "what each panel of the anatomy adds to a run, and gaps in the event loop with it",
    "mask_edges": "the gradient across a mask's edge against that beside it, on ten scenes",
    "real_size": "a true SD 1.5 of random weights against diffusers and OpenVINO; not by default",
    "real_size_xl": "a true SDXL of random weights against diffusers; not by default",
    "thrift": "memory over the weights by rung of the ladder, on a true SD 1.5; not by default",
    "loading": "peak memory of loading a model in half precision as it is, and in float32",
    "start": "from the start of the process to a painted window and a ready model",
    "memory": "resident memory over many runs in one window",
}

LONG = ("real_size", "real_size_xl", "thrift")
"""Measured only when named: they take many minutes and up to 20 GB."""


def main() -> None:
    """Measure what is named, all by default."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        epilog="\n".join(f"  {name:12} {what}" for name, what in NAMES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure (default: all)")
    parser.add_argument("--quick", action="store_true", help="few rounds: does it run at all")
    parser.add_argument("--steps", type=int, help="steps of a run")
    parser.add_argument("--rounds", type=int, help="times that each side takes its turn")
    parser.add_argument("--runs", type=int, help="runs of the endurance test")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - NAMES.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    effort = QUICK if arguments.quick else Effort()
    chosen = {name: getattr(arguments, name) for name in ("steps", "rounds", "runs")}
    effort = replace(effort, **{name: value for name, value in chosen.items() if value})
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["HF_HUB_OFFLINE"] = "1"
    # As the command `sdstudio` does.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    print(f"Measured on: {machine()}.\n", flush=True)
    print("| what | bar | measured | of which |\n|---|---|---|---|", flush=True)
    for name in arguments.names or [name for name in NAMES if name not in LONG]:
        with tempfile.TemporaryDirectory(prefix="sdstudio-") as home:
            os.environ["SDSTUDIO_HOME"] = home
            for row in import_module(f"tests.benchmarks.{name}").measure(effort):
                cells = (row.what, row.bar, row.measured, row.detail)
                print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
