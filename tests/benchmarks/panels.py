"""What a panel of the anatomy costs a run, and what it does to the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from sdstudio.ui.panels.registry import panels
from tests.benchmarks.event_loop import gaps
from tests.benchmarks.measure import Effort, Row, alternate, cpu_ratio, percentile, ratio, seconds
from tests.benchmarks.studio import studio

STEPS = 50
WARM_SECONDS = 3.0
"""A panel is made, and its plots are imported, when it is first shown."""


def measure(effort: Effort) -> Iterator[Row]:
    """A run with each panel shown, against one with the dock hidden."""
    with studio() as it:
        it.window.resize(1280, 800)
        it.load()
        it.sitting.change(steps=STEPS, prompt="a frog on a blue background", mix=0.0)
        it.finish_run()
        for entry in panels():
            it.window.anatomy_dock.show()
            it.window.anatomy_dock.raise_()
            it.window.anatomy.choose(entry.key)
            it.wait_for_seconds(WARM_SECONDS)
            it.finish_run()
            ticks: list[float] = []

            def run(shown: bool, ticks: list[float] = ticks) -> None:
                it.window.anatomy_dock.setVisible(shown)
                if shown:
                    it.window.anatomy_dock.raise_()
                with gaps() as found:
                    it.finish_run()
                if shown:
                    ticks += found

            times = alternate(
                {"shown": lambda: run(True), "hidden": lambda: run(False)}, effort.rounds
            )
            yield Row(
                f"a run with the panel {entry.title} shown, against hidden",
                "at most 1.03x; gaps p99 under 16 ms, worst under 50 ms",
                f"{ratio(times, 'shown', 'hidden')}; gaps p99 "
                f"{1000 * percentile(ticks, 0.99):.1f} ms, worst {1000 * max(ticks):.1f} ms",
                f"{seconds(times['shown'])} against {seconds(times['hidden'])}; processor time "
                f"{cpu_ratio(times, 'shown', 'hidden')}; {STEPS} steps of the built-in model",
            )
