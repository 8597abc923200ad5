"""The panel of numbers: how large everything is at each step, and where the time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui.panels import run_numbers
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.paragraph import paragraph
from sdstudio.ui.panels.run_numbers import RunNumbers
from sdstudio.ui.plots.curve import Curve
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.plot import CurvePlot

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.numbers import Numbers

MS = 1000.0

OUTLIER = 4.0
"""A step so many times as long as the usual one may leave the plot; the legend still tells it."""


class NumbersPanel(Panel):
    """Shows sizes and times over the whole run, and those of the playhead's step as numbers."""

    key = "numbers"

    def __init__(self) -> None:
        super().__init__()
        self._known = RunNumbers()
        self._shows_times = False
        self.sizes = CurvePlot(self.tr("Size (root mean square)"), self.tr("step"), log=True)
        self.times = CurvePlot(self.tr("Time of a step, in ms"), self.tr("step"))
        self.figures = Figures(self.tr("Numbers"), share=0.66)
        self.unknown = paragraph("note")
        self.unknown.setText(
            self.tr(
                "How long the network took was not kept with this run: its file is older than"
                " that, or another program wrote it."
            )
        )
        self.lay(self.sizes, self.times, self.unknown, self.figures)
        for plot in (self.sizes, self.times):
            plot.pressed.connect(lambda place: self.step_wanted.emit(round(place) - 1))

    @classmethod
    def explanation(cls) -> str:
        """What the numbers mean."""
        return _tr(
            "A picture in the making is a block of numbers. At each step the network guesses the"
            " noise in it, and the sampler takes a part of that away. The size of a block is the"
            " root mean square of its numbers: pure noise has 1. The update gets smaller as the"
            " picture settles. Nearly all of the time goes into the network."
        )

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The numbers of all steps there are."""
        return run_numbers.inquiries(sitting)

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known."""
        numbers, node = self._known.of(sitting), sitting.selected
        step = sitting.playhead.step
        if numbers is None or node is None:
            return
        span = (1.0, float(max(2, node.count)))
        preview = self._preview(node, numbers)
        # While a run goes on the plots take turns: the window is held up by one at a time.
        self._shows_times = not self._shows_times
        if not (node.running and self._shows_times):
            self._show_sizes(numbers, span)
        if self._shows_times or not node.running:
            self._show_times(numbers, preview, span)
        for plot in (self.sizes, self.times):
            plot.show_head(None if step is None else step + 1)
        self.unknown.setVisible(bool(np.isnan(numbers.network).all()))
        self._show_figures(step, numbers, preview)

    def _show_sizes(self, numbers: Numbers, span: tuple[float, float]) -> None:
        at = numbers.index + 1
        self.sizes.show_curves(
            [
                Curve(self.tr("Latents"), at, numbers.latents, 0, "line", 3),
                Curve(self.tr("Predicted noise"), at, numbers.noise, 1, "dash", 3),
                Curve(self.tr("Estimate x0"), at, numbers.x0, 2, "dot", 3),
                Curve(self.tr("Update"), at, numbers.update, 3, "line", 3),
            ],
            span=span,
        )

    def _show_times(self, numbers: Numbers, preview: np.ndarray, span: tuple[float, float]) -> None:
        at = numbers.index + 1
        self.times.show_curves(
            [
                Curve(self.tr("Network"), at, MS * numbers.network, 0, "line", 1),
                Curve(self.tr("Guidance and scheduler"), at, MS * numbers.rest, 1, "dash", 1),
                Curve(self.tr("Preview picture"), at, MS * preview, 2, "dot", 1),
            ],
            span=span,
            rise=(0.0, MS * _usual_most(numbers.seconds)),
        )

    def _show_figures(self, step: int | None, numbers: Numbers, preview: np.ndarray) -> None:
        found = np.flatnonzero(numbers.index == step)
        if not len(found):
            return
        at = int(found[0])
        total = float(np.nansum(numbers.seconds))
        self.figures.show_rows(
            [
                (self.tr("Timestep of 1000"), f"{numbers.timestep[at]:.0f}"),
                (self.tr("Noise level"), f"{numbers.noise_level[at]:.3f}"),
                (self.tr("Latents"), f"{numbers.latents[at]:.3f}"),
                (self.tr("Predicted noise"), f"{numbers.noise[at]:.3f}"),
                (self.tr("Estimate x0"), f"{numbers.x0[at]:.3f}"),
                (self.tr("Update"), f"{numbers.update[at]:.3f}"),
                (self.tr("Network"), _ms(numbers.network[at])),
                (self.tr("Guidance and scheduler"), _ms(numbers.rest[at])),
                (self.tr("Preview picture"), _ms(preview[at])),
                (self.tr("All steps so far"), f"{total:.2f} s"),
            ]
        )

    @staticmethod
    def _preview(node: RunNode, numbers: Numbers) -> np.ndarray:
        """Seconds that each step's preview took, which are in the window's notes only."""
        whole = {note.index: note.seconds for note in node.steps}
        seconds = [whole.get(int(index), np.nan) for index in numbers.index]
        return np.maximum(np.array(seconds) - numbers.seconds, 0.0)


def _usual_most(seconds: np.ndarray) -> float:
    """The longest step, those left out that took far longer than most: the first warms up."""
    usual = seconds[seconds <= OUTLIER * np.median(seconds)]
    return 1.1 * float(usual.max())


def _ms(seconds: float) -> str:
    return _tr("not kept") if np.isnan(seconds) else f"{MS * seconds:.1f} ms"


def _tr(text: str) -> str:
    return QCoreApplication.translate("NumbersPanel", text)
