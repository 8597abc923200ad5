"""Schedule: how much noise belongs to each timestep, and which of them the run visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sdstudio.engine.request import Request
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.plots.curve import Curve, Stroke
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.plot import CurvePlot

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.schedule import Noising, Timetable

QUANTITIES = ("alpha_bar", "sigma", "log_snr")
_DECIMALS = {"alpha_bar": 3, "sigma": 3, "log_snr": 2}
_RISES = {"alpha_bar": (0.0, 1.05), "sigma": (0.005, 300.0), "log_snr": (-12.0, 9.0)}
"""The cosine's last timestep lies far below all others; what matters would be squeezed."""

_OTHERS: tuple[Stroke, ...] = ("dash", "dot")
_TALL = 200
_STRIDE = 12
_FEW = 100


class SchedulePanel(Panel):
    """The model's noise schedule among the published ones, and the run's way along it.

    Attributes:
        choice: Which quantity the upper plot shows.
        plots: The upper plot by quantity; one of them shows.
        way: The timestep of each step.
        figures: The playhead's level in numbers.
    """

    key: ClassVar[str] = "schedule"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: Timetable | None = None
        titles = {
            "alpha_bar": self.tr("Signal left, ᾱ"),
            "sigma": self.tr("Noise over signal, σ"),
            "log_snr": self.tr("Log signal-to-noise ratio, nats"),
        }
        self.choice = Choice(list(titles.items()), self.tr("What the curves show"), self)
        across = self.tr("training timestep")
        self.plots = {
            quantity: CurvePlot(title, across, log=quantity == "sigma", height=_TALL)
            for quantity, title in titles.items()
        }
        self.way = CurvePlot(self.tr("Timestep at each step"), self.tr("step"))
        self.figures = Figures(self.tr("Schedule"), share=0.5)
        self.column.addWidget(self.choice)
        for plot in self.plots.values():
            # The choice above says it already.
            plot.title.hide()
            self.column.addWidget(plot)
        self.column.addWidget(self.way)
        self.column.addWidget(self.figures)
        self.choice.chosen.connect(self._choose)
        self._choose(QUANTITIES[0])

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means."""
        return _tr(
            "The network was trained on pictures in 1000 degrees of noise, the timesteps. The "
            "schedule says how much picture and how much noise there is at each. A run visits "
            "only some of them, from noise to picture: evenly spaced, or after Karras, closer "
            "together where little noise is left. A run that starts from a picture enters part "
            "of the way."
        )

    @classmethod
    def empty(cls, sitting: Sitting) -> str:
        """It needs a model, but no run: the request says which timesteps it will visit."""
        if sitting.facts is None:
            return _tr("The schedule shows here once a model is loaded.")
        return ""

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The timetable of the selected run, or of the request as it stands before the first."""
        node = sitting.selected
        asked = sitting.request if node is None else node.request
        # The rest of the request changes nothing here, and need not be asked about again.
        request = Request(
            steps=asked.steps,
            scheduler=asked.scheduler,
            image=asked.image,
            strength=asked.strength,
        )
        run = None if node is None else node.number
        return [Inquiry.of("schedule", run, request=request)]

    def refresh(self, sitting: Sitting) -> None:
        """Draw the timetable and stand the playhead in it."""
        (inquiry,) = self.inquiries(sitting)
        table: Timetable | None = sitting.answers.value(inquiry)
        if table is None:
            return
        step = None if sitting.selected is None else sitting.playhead.step
        if step is not None and step >= len(table.visited.timesteps):
            step = None
        entry = [float(table.visited.timesteps[0])] if len(table.left_out.timesteps) else []
        at = None if step is None else float(table.visited.timesteps[step])
        if table is not self._drawn:
            self._drawn = table
            for quantity, plot in self.plots.items():
                plot.show_curves(
                    self._curves(table, quantity),
                    span=(0.0, 999.0),
                    rise=_RISES.get(quantity),
                    marks=entry,
                )
            self._show_way(table)
        for plot in self.plots.values():
            plot.show_head(at)
        first = len(table.left_out.timesteps)
        self.way.show_head(None if step is None else float(first + step + 1))
        self.figures.show_rows(self._rows(table, step))

    def _choose(self, chosen: object) -> None:
        for quantity, plot in self.plots.items():
            plot.setVisible(quantity == chosen)

    def _curves(self, table: Timetable, quantity: str) -> list[Curve]:
        decimals = _DECIMALS[quantity]

        drawn = _worth_drawing(table)

        def curve(name: str, of: Noising, colour: int, stroke: Stroke) -> Curve:
            # Schedulers ask in falling order, and the axis rises.
            order = np.argsort(of.timesteps, kind="stable")
            if stroke != "points":
                order = order[np.isin(order, drawn)]
            values = getattr(of, quantity)[order]
            finite = np.where(np.isfinite(values), values, np.nan)
            return Curve(
                name, of.timesteps[order].tolist(), finite.tolist(), colour, stroke, decimals
            )

        others = [(shape, of) for shape, of in table.curves if shape != table.shape]
        curves = [
            curve(_shapes()[shape], of, 1 + number, _OTHERS[number % len(_OTHERS)])
            for number, (shape, of) in enumerate(others)
        ]
        own = _shapes().get(table.shape, _tr("Own schedule"))
        curves.append(curve(_tr("{name}: this model").format(name=own), table.own, 0, "line"))
        curves.append(curve(_tr("Visited by this run"), table.visited, 0, "points"))
        return curves

    def _show_way(self, table: Timetable) -> None:
        first = len(table.left_out.timesteps)
        count = first + len(table.visited.timesteps)
        numbers = [float(number) for number in range(1, count + 1)]
        curves = []
        if not table.is_karras:
            ends = np.linspace(1.0, count, len(table.karras.timesteps)).tolist()
            karras = table.karras.timesteps.tolist()
            curves.append(Curve(_tr("Karras spacing"), ends, karras, 1, "dash", 0))
        if first:
            left = table.left_out.timesteps.tolist()
            curves.append(Curve(_tr("Left out: a picture"), numbers[:first], left, 2, "points", 0))
        own = _tr("This run, Karras spacing") if table.is_karras else _tr("This run")
        visited = table.visited.timesteps.tolist()
        curves.append(Curve(own, numbers[first:], visited, 0, "points", 0))
        marks = [first + 0.5] if first else []
        self.way.show_curves(curves, span=(1.0, float(count)), rise=(0.0, 1060.0), marks=marks)

    def _rows(self, table: Timetable, step: int | None) -> list[tuple[str, str]]:
        visited, first = table.visited, len(table.left_out.timesteps)
        rows = []
        if step is not None:
            rows = [
                (_tr("Timestep"), f"{visited.timesteps[step]:.4g}"),
                (_tr("Signal, ᾱ"), f"{visited.alpha_bar[step]:.4f}"),
                (_tr("Noise / signal, σ"), f"{visited.sigma[step]:.4f}"),
                (_tr("Log SNR, nats"), f"{visited.log_snr[step]:+.2f}"),
            ]
        count = len(visited.timesteps)
        rows.append((_tr("Network calls"), str(count)))
        if first:
            level = (1.0 - visited.alpha_bar[0]) ** 0.5
            rows += [
                (_tr("Left out"), f"{first} / {first + count}"),
                (_tr("Enters at"), f"{visited.timesteps[0]:.0f}"),
                (_tr("With noise"), f"{level:.2f}"),
            ]
        if np.isfinite(table.betas).all():
            rows.append((_tr("β"), f"{table.betas[0]:g} – {table.betas[1]:g}"))
        return rows


def _worth_drawing(table: Timetable) -> np.ndarray:
    """The timesteps at which a schedule is drawn: enough for the eye, and those that are read.

    A dashed line through all thousand takes Qt a good part of a second, every time.
    """
    count = len(table.own.timesteps)
    drawn = {*range(0, count, _STRIDE), count - 1}
    visited = table.visited.timesteps.round().astype(int)
    if len(visited) <= _FEW:
        drawn |= {int(timestep) for timestep in visited}
    return np.array(sorted(drawn))


def _shapes() -> dict[str, str]:
    return {
        "linear": _tr("Linear"),
        "scaled_linear": _tr("Scaled linear"),
        "cosine": _tr("Cosine"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("SchedulePanel", text)
