"""Other rules than the scheduler's, tried on the same noise and held against its pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.plots.curve import Curve, Stroke
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.anatomy.update import RuleRun

RULES = ("share", "mean", "momentum")
FIRST_SHARE = 10
FIRST_MOMENTUM = 50

UNASKED_SECONDS = 20.0
"""A run that took longer is not tried by other rules until that is asked for again."""

_PERCENT = 100
_STROKES: tuple[Stroke, ...] = ("line", "dash", "dot")
_TALL = 112


class OtherRules(QWidget):
    """A button that has them tried, and what comes of it; a part of the panel Update rule.

    Attributes:
        try_button: Checked while they are asked for.
        share: The slider of the share that the first rule takes away.
        momentum: The slider of the momentum that the last one has.
        pictures: The scheduler's picture beside theirs, at the playhead's step.
        apart: How far they are from it, by step.
        removed: How much noise each step takes away.
        figures: How far they end from it.

    Signals:
        asking: Something else is wanted.
    """

    asking = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = FIRST_SHARE
        self._momentum = FIRST_MOMENTUM
        self._tried: int | None = None
        heading = QLabel(self.tr("What else one could do"))
        heading.setProperty("kind", "heading")
        self.cost = QLabel()
        self.cost.setProperty("kind", "muted")
        self.cost.setWordWrap(True)
        self.cost.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.try_button = QPushButton(self.tr("Try three other rules"))
        self.try_button.setCheckable(True)
        self.share = SliderRow(
            self.tr("Taken away, %"),
            Scale(0, _PERCENT, 1, 10),
            explanation=self.tr(
                "A constant share of the predicted noise, whatever the timetable says. At 100 % "
                "each step jumps to the estimate and puts no noise back."
            ),
            note_lines=0,
        )
        self.momentum = SliderRow(
            self.tr("Momentum, %"),
            Scale(0, 95, 1, 5),
            explanation=self.tr(
                "How much of the direction of the steps before is kept. 0 is DDIM itself."
            ),
            note_lines=0,
        )
        self.pictures = Pictures(2, notes=True)
        self.apart = CurvePlot(
            self.tr("Distance from the scheduler’s estimate, RMS"), self.tr("step"), height=_TALL
        )
        self.removed = CurvePlot(
            self.tr("Share of the noise taken away, %"), self.tr("step"), height=_TALL
        )
        self.figures = Figures(
            self.tr("Update rules"),
            (self.tr("Apart from it at the end"), self.tr("RMS")),
            share=0.75,
        )
        self._shown_when_tried = (
            self.pictures,
            self.share,
            self.momentum,
            self.apart,
            self.removed,
            self.figures,
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (heading, self.try_button, self.cost, *self._shown_when_tried):
            self._column.addWidget(widget)
        self.try_button.toggled.connect(self._toggle)
        self.share.edited.connect(self._set_share)
        self.share.reset.connect(lambda: self._set_share(FIRST_SHARE))
        self.momentum.edited.connect(self._set_momentum)
        self.momentum.reset.connect(lambda: self._set_momentum(FIRST_MOMENTUM))
        for row in (self.share, self.momentum):
            row.note.hide()
        self.share.show_value(self._share)
        self.momentum.show_value(self._momentum)
        theme.current().changed.connect(self._space)
        self._space()
        self._show_parts()

    def inquiries(self, node: RunNode) -> list[Inquiry]:
        """The rules' runs, once they are asked for and the run is over."""
        self._heed_cost(node)
        return self._rules(node) if self.try_button.isChecked() and not node.running else []

    def refresh(self, sitting: Sitting, node: RunNode, step: int) -> None:
        """Show what is known at a step of a run."""
        self.cost.setText(self._price(node))
        if self.try_button.isChecked():
            runs = [sitting.answers.value(inquiry) for inquiry in self._rules(node)]
            self._show_runs(runs, step, node)

    def _rules(self, node: RunNode) -> list[Inquiry]:
        amounts = (self._share / _PERCENT, 0.0, self._momentum / _PERCENT)
        until = (node.last or 0) + 1
        return [
            Inquiry.of("rule", node.number, 0, until=until, rule=rule, amount=amount)
            for rule, amount in zip(RULES, amounts, strict=True)
        ]

    def _heed_cost(self, node: RunNode) -> None:
        """Another run is not made again unasked where that takes long."""
        if node.number != self._tried:
            if self._tried is not None and _seconds(node) > UNASKED_SECONDS:
                with QSignalBlocker(self.try_button):
                    self.try_button.setChecked(False)
                self._show_parts()
            self._tried = node.number

    def _price(self, node: RunNode) -> str:
        if node.running:
            return _tr("They can be tried when this run is over.")
        return _tr("Each makes all {count} steps again, about {time} s.").format(
            count=len(node.steps), time=max(1, math.ceil(_seconds(node)))
        )

    def _show_runs(self, runs: list[RuleRun | None], step: int, node: RunNode) -> None:
        known = [run for run in runs if run is not None]
        is_last = step + 1 == node.count
        own = known[0].own_film if known else None
        names = self._names()
        tiles = [Tile(node.request.scheduler, _frame(own, step), _tr("this run"))]
        for run, name in zip(runs, names, strict=True):
            if run is None:
                tiles.append(Tile(name, None, _tr("being made …")))
                continue
            picture = run.picture if is_last else _frame(run.film, step)
            distance = run.final_distance if is_last else _at(run.distances, step)
            tiles.append(Tile(name, picture, _tr("apart by {value:.2f}").format(value=distance)))
        self.pictures.show_tiles(tiles)
        self._show_curves(runs, names, step)
        rows = [
            (name, f"{run.final_distance:.3f}")
            for run, name in zip(runs, names, strict=True)
            if run is not None
        ]
        self.figures.show_rows(rows)

    def _show_curves(self, runs: list[RuleRun | None], names: list[str], step: int) -> None:
        apart = [
            Curve(name, _steps(run.distances), run.distances.tolist(), number, _STROKES[number])
            for number, (run, name) in enumerate(zip(runs, names, strict=True))
            if run is not None
        ]
        self.apart.show_curves(apart)
        shares = []
        first = next((run for run in runs if run is not None), None)
        if first is not None:
            removed = _PERCENT * first.removed
            across = _steps(removed)
            constant = [float(self._share)] * len(removed)
            shares = [
                Curve(names[0], across, constant, 0, "line", 0),
                Curve(_tr("As the timetable asks"), across, removed.tolist(), 3, "dash", 1),
            ]
        self.removed.show_curves(shares, rise=(0.0, 105.0))
        for plot in (self.apart, self.removed):
            plot.show_head(float(step + 1))

    def _names(self) -> list[str]:
        return [
            _tr("Take {share} % away").format(share=self._share),
            _tr("No noise back"),
            _tr("Momentum {share} %").format(share=self._momentum),
        ]

    def _toggle(self, on: bool) -> None:
        self._show_parts()
        self.asking.emit()

    def _show_parts(self) -> None:
        for widget in self._shown_when_tried:
            widget.setVisible(self.try_button.isChecked())

    def _space(self) -> None:
        self._column.setSpacing(theme.current().px(16))

    def _set_share(self, share: object) -> None:
        self._share = int(share)  # type: ignore[call-overload]
        self.share.show_value(self._share)
        self.asking.emit()

    def _set_momentum(self, momentum: object) -> None:
        self._momentum = int(momentum)  # type: ignore[call-overload]
        self.momentum.show_value(self._momentum)
        self.asking.emit()


def _seconds(node: RunNode) -> float:
    return sum(note.seconds for note in node.steps)


def _frame(film: np.ndarray | None, step: int) -> np.ndarray | None:
    return None if film is None else film[min(step, len(film) - 1)]


def _at(values: np.ndarray, step: int) -> float:
    return float(values[min(step, len(values) - 1)])


def _steps(values: np.ndarray) -> list[float]:
    return [float(number) for number in range(1, len(values) + 1)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("OtherRules", text)
