"""What a panel of the anatomy costs a run, and what it does to the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from sdstudio.session.errands import SHARES
from sdstudio.ui.panels.registry import panels
from tests.benchmarks.event_loop import gaps
from tests.benchmarks.measure import Effort, Row, alternate, cpu_ratio, percentile, ratio, seconds
from tests.benchmarks.studio import studio

STEPS = 50
WARM_SECONDS = 3.0
"""A panel is made, and its plots are imported, when it is first shown."""

SETTLE_SECONDS = 1.5

DECODING = frozenset({"guidance", "noising", "update"})
"""Panels that ask for decoded pictures while a run goes on."""


def measure(effort: Effort) -> Iterator[Row]:
    """A run with each panel shown, against one with the dock hidden."""
    with studio() as it:
        it.window.resize(1280, 800)
        it.load()
        it.sitting.change(steps=STEPS, prompt="a frog on a blue background", mix=0.0)
        it.finish_run()
        for entry in panels():
            it.window.docks.anatomy.show()
            it.window.docks.anatomy.raise_()
            it.window.anatomy.choose(entry.key)
            it.wait_for_seconds(WARM_SECONDS)
            ticks: dict[str, list[float]] = {"shown": [], "hidden": []}

            def show(name: str) -> None:
                it.window.docks.anatomy.setVisible(name == "shown")
                if name == "shown":
                    it.window.docks.anatomy.raise_()
                # What is asked of the run before is answered first.
                it.wait_for_seconds(SETTLE_SECONDS)

            def run(name: str, ticks: dict[str, list[float]] = ticks) -> None:
                with gaps() as found:
                    it.finish_run()
                ticks[name] += found

            times = alternate(
                {"shown": lambda: run("shown"), "hidden": lambda: run("hidden")},
                effort.rounds,
                show,
            )
            costs = "at most 1.03x"
            if entry.key in DECODING:
                costs = f"at most {1.03 + SHARES['decode']:.2f}x, as it asks for decodes"
            yield Row(
                f"a run with the panel {entry.title} shown, against hidden",
                f"{costs}; gaps p99 under 16 ms, worst under 50 ms",
                f"{ratio(times, 'shown', 'hidden')}, processor time "
                f"{cpu_ratio(times, 'shown', 'hidden')}; gaps {_told(ticks['shown'])}",
                f"{seconds(times['shown'])} against {seconds(times['hidden'])}; hidden: gaps "
                f"{_told(ticks['hidden'])}; {STEPS} steps of the built-in model",
            )


def _told(ticks: list[float]) -> str:
    return f"p99 {1000 * percentile(ticks, 0.99):.1f} ms, worst {1000 * max(ticks):.1f} ms"
