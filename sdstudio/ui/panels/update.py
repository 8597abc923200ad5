"""Update rule: what the sampler makes of the prediction, and what else one could make of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.plots.curve import Curve, Stroke
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.anatomy.update import RuleRun, Update

RULES = ("share", "mean", "momentum")
FIRST_SHARE = 10
FIRST_MOMENTUM = 50

UNASKED_SECONDS = 20.0
"""A run that took longer is not tried by other rules until that is asked for again."""

_PERCENT = 100
_STROKES: tuple[Stroke, ...] = ("line", "dash", "dot")
_TALL = 112


class UpdatePanel(Panel):
    """A step's sum of picture and noise, and three other rules on the same starting noise.

    Attributes:
        sum: The pictures of the sum of two parts.
        long_sum: Those of a sum of three.
        said: The sum in a sentence.
        try_button: Checked while the other rules are asked for.
        share: The slider of the share that the first rule takes away.
        momentum: The slider of the momentum that the last one has.
        others: The scheduler's picture beside theirs, at the playhead's step.
        apart: How far they are from it, by step.
        removed: How much noise each step takes away.
        figures: How far they end from it.
    """

    key: ClassVar[str] = "update"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = FIRST_SHARE
        self._momentum = FIRST_MOMENTUM
        self._tried: int | None = None
        self.sum = Pictures(3, notes=True)
        self.long_sum = Pictures(2, notes=True)
        self.said = _paragraph()
        heading = QLabel(self.tr("What else one could do"))
        heading.setProperty("kind", "heading")
        self.cost = _paragraph()
        self.cost.setProperty("kind", "muted")
        self.try_button = QPushButton(self.tr("Try three other rules"))
        self.try_button.setCheckable(True)
        self.share = SliderRow(
            self.tr("Take away at each step, %"),
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
        self.others = Pictures(2, notes=True)
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
        for widget in (
            self.sum,
            self.long_sum,
            self.said,
            heading,
            self.try_button,
            self.cost,
            self.others,
            self.share,
            self.momentum,
            self.apart,
            self.removed,
            self.figures,
        ):
            self.column.addWidget(widget)
        self.try_button.toggled.connect(self._toggle)
        self.share.edited.connect(self._set_share)
        self.share.reset.connect(lambda: self._set_share(FIRST_SHARE))
        self.momentum.edited.connect(self._set_momentum)
        self.momentum.reset.connect(lambda: self._set_momentum(FIRST_MOMENTUM))
        for row in (self.share, self.momentum):
            row.note.hide()
        self.share.show_value(self._share)
        self.momentum.show_value(self._momentum)
        self._show_parts()

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means."""
        return _tr(
            "The network only says which part of the latents it takes for noise. What to do "
            "with that is the sampler’s business: it goes to the estimated picture and back to a "
            "little less noise than before, so that the next guess can be better. The new "
            "latents are a sum of the estimate, the predicted noise and, with some samplers, "
            "fresh noise or a memory of earlier steps. Other rules are easily made up; whether "
            "they work shows only when they are tried."
        )

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The playhead's sum; the other rules once they are asked for and the run is over."""
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None:
            return []
        self._heed_cost(node)
        asked = [Inquiry.of("update", node.number, step)]
        if self.try_button.isChecked() and not node.running:
            asked += self._rules(node)
        return asked

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known; what is not yet stays as it was."""
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None:
            return
        update: Update | None = sitting.answers.value(Inquiry.of("update", node.number, step))
        if update is not None:
            self._show_sum(update)
        self.cost.setText(self._price(node))
        if self.try_button.isChecked():
            runs = [sitting.answers.value(inquiry) for inquiry in self._rules(node)]
            self._show_others(runs, step, node)

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

    def _show_sum(self, update: Update) -> None:
        tiles = [
            Tile(
                _tr("Estimate, x0"),
                update.x0,
                _tr("× {weight:.3f}").format(weight=update.x0_weight),
            ),
            Tile(
                _tr("+ noise"),
                update.noise,
                _tr("× {weight:.3f}").format(weight=update.noise_weight),
            ),
        ]
        after = Tile(_tr("= after"), update.after)
        is_long = update.rest is not None
        if is_long:
            note = _tr("× {weight:.3f}").format(weight=update.rest_weight)
            rest = Tile(_tr("+ something new"), update.rest, note)
            self.long_sum.show_tiles([*tiles, rest, after])
        else:
            self.sum.show_tiles([*tiles, after])
        self.sum.setVisible(not is_long)
        self.long_sum.setVisible(is_long)
        self.said.setText(self._sentence(update))

    def _sentence(self, update: Update) -> str:
        if not math.isfinite(update.sigma_left):
            return ""
        removed = _PERCENT * update.removed
        if removed < 0:
            text = _tr("The sum holds {share:.0f} % more of the predicted noise than before.")
            return text.format(share=-removed)
        text = _tr(
            "Measured against the picture, the step takes {share:.1f} % of the predicted noise "
            "away: noise over signal goes from {before:.3g} to {after:.3g}."
        )
        said = text.format(share=removed, before=update.sigma, after=update.sigma_left)
        if update.rest is not None:
            said += " " + _tr("What is neither is added on top.")
        return said

    def _show_others(self, runs: list[RuleRun | None], step: int, node: RunNode) -> None:
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
        self.others.show_tiles(tiles)
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
        on = self.try_button.isChecked()
        for widget in (
            self.others,
            self.share,
            self.momentum,
            self.apart,
            self.removed,
            self.figures,
        ):
            widget.setVisible(on)

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


def _paragraph() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _tr(text: str) -> str:
    return QCoreApplication.translate("UpdatePanel", text)
