"""What recording runs for the timeline weighs and costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sdstudio.engine import Model, Request, denoise, load_model
from sdstudio.session.crash_log import CrashLog
from sdstudio.session.errands import Errands
from sdstudio.session.going_run import GoingRun
from sdstudio.session.grace import Grace
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.outbox import Outbox
from sdstudio.session.run_store import MEMORY, RunStore
from tests.benchmarks.measure import Effort, Row, alternate, cpu_ratio, percentile, ratio, seconds
from tests.benchmarks.studio import studio
from tests.sd15_shaped import Sd15Shaped

STEPS = 50
RUNS = 100
SCRUBBED = 200
MB = 2**20


def measure(effort: Effort) -> Iterator[Row]:
    """Bytes of a run, a hundred of them, errands without an errand, and the docks."""
    with TemporaryDirectory(prefix="sdstudio-") as aside:
        yield from weight(Path(aside), min(RUNS, effort.runs))
    yield from errands(effort)
    yield from docks(effort)


def weight(folder: Path, runs: int) -> Iterator[Row]:
    """Runs of Stable Diffusion's shapes, as many as fill the budget many times over."""
    model: Any = Sd15Shaped()
    store = RunStore(folder=folder)
    held, most = 0, 0
    for number in range(1, runs + 1):
        # Of the schedulers that scale their input: those weigh most.
        request = Request(steps=STEPS, scheduler="Euler a", seed=number)
        store.begin(number, request, {})
        for step in denoise(model, request):
            store.add(step)
            most = max(most, store.nbytes)
        store.keep("finished")
        held = held or store.nbytes
    yield Row(
        f"tensors of a {STEPS}-step run of 512 x 512 pixels",
        "at most 16 MB",
        f"{held / MB:.1f} MB",
        "4 x 64 x 64 latents, Euler a; latents, network input and two predictions a step",
    )
    files = sum(path.stat().st_size for path in folder.glob("*/*"))
    took = []
    for turn in range(SCRUBBED):
        number, index = 1 + turn * 7 % max(1, runs // 2), turn * 13 % STEPS
        began = time.perf_counter()
        _ = store.step(number, index).x0
        took.append(1000 * (time.perf_counter() - began))
    yield Row(
        f"{runs} such runs: most tensors in memory at a time",
        f"at most {MEMORY / MB:.0f} MB",
        f"{most / MB:.0f} MB",
        f"{files / MB:.0f} MB in files; all {len(store.numbers)} runs can be read; x0 of a step "
        f"of the older half in {median(took):.1f} ms, p95 {percentile(took, 0.95):.1f} ms",
    )
    store.close()


def errands(effort: Effort) -> Iterator[Row]:
    """A run of the built-in model with the errands asked after each step, and without."""
    model, store = load_model(), RunStore()
    mailbox, outbox = Mailbox(), Outbox()
    errand = Errands(mailbox, outbox, store, CrashLog())
    errand.model = model

    def idle(seconds: float, is_unwanted: Callable[[], bool]) -> None:
        """Ask for nothing."""

    times = alternate(
        {
            "with": lambda: _run(model, store, mailbox, outbox, errand.between_calls),
            "without": lambda: _run(model, store, mailbox, outbox, idle),
        },
        effort.rounds,
    )
    began = time.perf_counter()
    for _ in range(10_000):
        errand.between_calls(0.03, lambda: False)
    price = (time.perf_counter() - began) / 10_000
    store.close()
    step = median(times["with"].wall) / STEPS
    yield Row(
        "a run with the errands of the timeline asked for after each step, none there",
        "at most 1.02x",
        ratio(times, "with", "without"),
        f"{seconds(times['with'])} against {seconds(times['without'])}; processor time "
        f"{cpu_ratio(times, 'with', 'without')}; asking takes {1e6 * price:.1f} µs of a step's "
        f"{1000 * step:.0f} ms",
    )


def _run(
    model: Model,
    store: RunStore,
    mailbox: Mailbox,
    outbox: Outbox,
    between_calls: Callable[[float, Callable[[], bool]], None],
) -> None:
    mailbox.submit(Request(prompt="a frog", steps=STEPS))
    order = mailbox.take_order()
    assert order is not None
    clock = time.perf_counter
    GoingRun(order, model, denoise, mailbox, outbox, Grace(clock), store, clock, between_calls)()
    outbox.drain()


def docks(effort: Effort) -> Iterator[Row]:
    """A run in the window with the timeline and the tree shown, and with both hidden."""
    with studio() as it:
        it.window.resize(1280, 800)
        it.load()
        it.sitting.change(steps=STEPS, prompt="a frog")

        def run(shown: bool) -> None:
            for dock in (it.window.docks.runs, it.window.docks.timeline):
                dock.setVisible(shown)
            it.finish_run()

        times = alternate({"shown": lambda: run(True), "hidden": lambda: run(False)}, effort.rounds)
    yield Row(
        "a run in the window with timeline and tree shown, against hidden",
        "at most 1.02x",
        ratio(times, "shown", "hidden"),
        f"{seconds(times['shown'])} against {seconds(times['hidden'])}; processor time of both "
        f"threads {cpu_ratio(times, 'shown', 'hidden')}; {STEPS} steps of the built-in model",
    )
