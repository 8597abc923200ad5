"""One side of the benchmarks at real size: a process that takes a step when it is told.

Its peak memory is its own. It answers each line of its input with a line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

PROMPT, GUIDANCE = "a frog", 7.5


def main() -> None:
    """Load a model and serve: "step", "cancel SHARE", "decode", "peak"; the input's end ends it."""
    name, folder = sys.argv[1:3]
    steps, side = map(int, sys.argv[3:])
    began = time.perf_counter()
    if name == "diffusers":
        commands = _diffusers(folder, steps, side)
    else:
        commands = _studio(name, folder, steps, side)
    _say(load=time.perf_counter() - began)
    for line in sys.stdin:
        command, *values = line.split()
        if command == "peak":
            _say(peak=_peak())
        else:
            _say(**commands[command](*map(float, values)))


def _diffusers(folder: str, steps: int, side: int) -> dict[str, Callable[..., dict[str, Any]]]:
    """The plain pipeline at its defaults, on the accelerator in fp16 where there is one."""
    import torch
    from diffusers import DDIMScheduler, DiffusionPipeline

    on_card = torch.cuda.is_available()
    dtype = torch.float16 if on_card else torch.float32
    pipeline = DiffusionPipeline.from_pretrained(folder, dtype=dtype, local_files_only=True)
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to("cuda" if on_card else "cpu")
    go, done = threading.Semaphore(0), threading.Semaphore(0)

    def ended(*_: Any) -> dict[str, Any]:
        _wait_for_card()
        done.release()
        go.acquire()
        return {}

    def run() -> None:
        go.acquire()
        pipeline(
            PROMPT,
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            width=side,
            height=side,
            callback_on_step_end=ended,
        )
        done.release()

    threading.Thread(target=run, daemon=True).start()

    def on() -> dict[str, Any]:
        began, processor = time.perf_counter(), time.process_time()
        go.release()
        done.acquire()
        return {
            "seconds": time.perf_counter() - began,
            "processor": time.process_time() - processor,
        }

    # After the last step the pipeline goes on to decode.
    return {"step": on, "decode": on}


def _studio(
    name: str, folder: str, steps: int, side: int
) -> dict[str, Callable[..., dict[str, Any]]]:
    """Ours: its default precision, or the same network prepared for OpenVINO."""
    from sdstudio.engine import Cancelled, Request, denoise, load_model
    from sdstudio.session.run_store import RunStore

    model = load_model(folder)
    if name == "openvino":
        model.optimise()
        model.swap()
    request = Request(
        prompt=PROMPT,
        steps=steps,
        guidance_scale=GUIDANCE,
        scheduler="DDIM",
        width=side,
        height=side,
    )
    store = RunStore()
    store.begin(1, request, {})
    calls = denoise(model, request, cancelled=lambda: False)
    state: dict[str, Any] = {}

    def step() -> dict[str, Any]:
        began, processor = time.perf_counter(), time.process_time()
        state["step"] = made = next(calls)
        _wait_for_card()
        seconds, cost = time.perf_counter() - began, time.process_time() - processor
        began = time.perf_counter()
        store.add(made)
        # As a run of the window previews it once it knows what a decode costs.
        model._preview.linear(made.x0[:1])
        watched = time.perf_counter() - began
        kind = f"{model.engine}, {model.dtype}"
        return {"seconds": seconds, "processor": cost, "watched": watched, "kind": kind}

    def cancel(share: float) -> dict[str, Any]:
        """Ask to stop when that share of a step's time has passed; how long it then takes."""
        asked = threading.Event()
        when: list[float] = []

        def ask() -> None:
            when.append(time.perf_counter())
            asked.set()

        run: Iterator[Any] = denoise(model, request, cancelled=asked.is_set)
        model.condition([request])
        timer = threading.Timer(share * state["step"].seconds, ask)
        timer.start()
        try:
            next(run)
        except Cancelled:
            return {"seconds": time.perf_counter() - when[0]}
        finally:
            timer.cancel()
        # The step was faster than the last: what was asked for was done by then.
        return {"seconds": 0.0}

    def decode() -> dict[str, Any]:
        began = time.perf_counter()
        model.decode_array(state["step"].next_latents)
        return {"seconds": time.perf_counter() - began}

    return {"step": step, "cancel": cancel, "decode": decode}


def _wait_for_card() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _peak() -> int:
    """Bytes at most: of the card where there is one, else of this process."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
