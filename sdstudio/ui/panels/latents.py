"""The panel of latents: a step's channels, and what the autoencoder keeps of a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.round_trip import RoundTripView
from sdstudio.ui.plots.curve import Curve, Stroke
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.heat import parted
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.scale_bar import ScaleBar
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.latents import Latents

_STROKES: tuple[Stroke, ...] = ("line", "dash", "dot", "line")


class LatentsPanel(Panel):
    """Shows a tensor of the playhead's step by channel, then a picture's way there and back."""

    key = "latents"

    def __init__(self) -> None:
        super().__init__()
        self.which = QComboBox()
        self.which.setAccessibleName(self.tr("Which latents"))
        for name, words in (
            ("x0", self.tr("Estimate x0")),
            ("latents", self.tr("Noisy latents")),
            ("noise", self.tr("Predicted noise")),
        ):
            self.which.addItem(words, name)
        self.pictures = Pictures(4)
        self.bar = ScaleBar(zero_in_the_middle=True)
        self.spread = CurvePlot(
            self.tr("How often each value occurs"), self.tr("value"), height=104
        )
        self.figures = Figures(
            self.tr("Latents"),
            (
                self.tr("Channel"),
                self.tr("mean"),
                self.tr("std"),
                self.tr("least"),
                self.tr("most"),
            ),
            share=0.24,
        )
        self.trip = RoundTripView()
        self.lay(
            self.which,
            self.pictures,
            self.bar,
            self.spread,
            self.figures,
            self.trip,
        )
        self.which.currentIndexChanged.connect(lambda _: self.asking.emit())
        self.trip.asking.connect(self.asking)

    @classmethod
    def explanation(cls) -> str:
        """What latents are."""
        return _tr(
            "The network never sees pixels. An autoencoder packs a picture into a few channels of"
            " numbers, many times fewer than the pixels have; all the work happens there, and only"
            " the last step is unpacked. Each channel is a small picture of its own. Below, a"
            " picture is packed and unpacked again: what differs is what the packing loses."
        )

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The chosen tensor, then the way there and back."""
        run, step = sitting.playhead.run, sitting.playhead.step
        which = str(self.which.currentData())
        return [Inquiry.of("latents", run, step, which=which), self.trip.inquiry(sitting)]

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known; what is not yet stays as it was."""
        channels, trip = self.inquiries(sitting)
        found: Latents | None = sitting.answers.value(channels)
        if found is not None:
            self._show(found)
        self.trip.show_answer(sitting.answers.value(trip))

    def _show(self, found: Latents) -> None:
        most = max(0.01, math.ceil(10 * float(np.abs(found.channels).max())) / 10)
        numbers = range(len(found.channels))
        self.pictures.show_tiles(
            [
                Tile(
                    self.tr("Channel {number}").format(number=number + 1),
                    parted(found.channels[number], most),
                    values=found.channels[number],
                    smooth=False,
                )
                for number in numbers
            ]
        )
        self.bar.show_ends(f"−{most:.1f}", f"{most:.1f}", "0")
        normal = np.exp(-(found.centres**2) / 2) / math.sqrt(2 * math.pi)
        self.spread.show_curves(
            [
                Curve(self.tr("Pure noise"), found.centres, normal, 5),
                *(
                    Curve(
                        self.tr("Channel {number}").format(number=number + 1),
                        found.centres,
                        found.density[number],
                        number,
                        _STROKES[number % len(_STROKES)],
                    )
                    for number in numbers
                ),
            ]
        )
        self.figures.show_rows(
            [
                (
                    f"{number + 1}",
                    _signed(found.mean[number]),
                    _signed(found.deviation[number]),
                    _signed(found.low[number]),
                    _signed(found.high[number]),
                )
                for number in numbers
            ]
        )


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def _tr(text: str) -> str:
    return QCoreApplication.translate("LatentsPanel", text)
