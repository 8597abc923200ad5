"""The panel of guidance: the estimate without the text, with it, and pushed beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls.note import Kind
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.panels import run_numbers
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.run_numbers import RunNumbers
from sdstudio.ui.plots.curve import Curve
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.heat import heat
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.scale_bar import ScaleBar
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.guidance import Guidance, Guided

SCALES = Scale(0.0, 20.0, 0.1, 1.0, decimals=1, power=1.5)


class GuidancePanel(Panel):
    """Shows both predictions of the playhead's step, and their sum at any guidance scale."""

    key = "guidance"

    def __init__(self) -> None:
        super().__init__()
        self._scale: float | None = None
        self._run_scale = 1.0
        self._guidance: Guidance | None = None
        self._guided: Guided | None = None
        self._numbers = RunNumbers()
        self.pictures = Pictures(2)
        self.scale = SliderRow(
            self.tr("Guidance scale"),
            SCALES,
            explanation=self.tr(
                "What this step's estimate would have been at another scale, without asking the"
                " network again. The run is not changed. Double click: the run's own."
            ),
        )
        self.bar = ScaleBar()
        self.sizes = CurvePlot(
            self.tr("Difference as a share of the noise"), self.tr("step"), height=104
        )
        self.angles = CurvePlot(
            self.tr("Angle between the two, in degrees"), self.tr("step"), height=104
        )
        self.figures = Figures(self.tr("Guidance"), share=0.7)
        self.lay(
            self.pictures,
            self.bar,
            self.scale,
            self.sizes,
            self.angles,
            self.figures,
        )
        self.scale.edited.connect(self._choose)
        self.scale.reset.connect(lambda: self._choose(None))
        for plot in (self.sizes, self.angles):
            plot.pressed.connect(lambda place: self.step_wanted.emit(round(place) - 1))

    @classmethod
    def explanation(cls) -> str:
        """What guidance is."""
        return _tr(
            "At every step the network looks at the same noise twice: once without your text (or"
            " with the negative prompt) and once with it. Where the two answers differ, the text"
            " is at work. Guidance takes that difference and enlarges it: at scale 1 the text is"
            " followed as it was learned, beyond it is exaggerated, at 0 it is ignored."
        )

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """Both predictions, the estimate at the chosen scale, and the run's numbers."""
        run, step = sitting.playhead.run, sitting.playhead.step
        node = sitting.selected
        if node is None or step is None:
            return []
        self._run_scale = node.request_at(step).guidance_scale
        scale = self._run_scale if self._scale is None else self._scale
        return [
            Inquiry.of("guided", run, step, scale=float(scale)),
            Inquiry.of("guidance", run, step),
            *run_numbers.inquiries(sitting),
        ]

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known; pictures stay until newer ones are there."""
        asked = self.inquiries(sitting)
        self._guided = sitting.answers.value(asked[0]) or self._guided
        self._guidance = sitting.answers.value(asked[1]) or self._guidance
        self._show_scale()
        if self._guidance is not None:
            self._show_pictures(self._guidance)
            self._show_figures(self._guidance)
        self._show_curves(sitting)

    def _choose(self, scale: float | None) -> None:
        self._scale = scale
        self._show_scale()
        self.asking.emit()

    def _show_scale(self) -> None:
        own = self._scale is None or self._scale == self._run_scale
        self.scale.show_value(self._run_scale if self._scale is None else self._scale)
        words = self.tr("The run has {scale:.1f} here").format(scale=self._run_scale)
        self.scale.note.set_note("run", Kind.CAPTION, "" if own else words)

    def _show_pictures(self, found: Guidance) -> None:
        guided = self._guided
        is_guided = found.uncond is not None
        self.scale.set_usable(is_guided)
        self.bar.setVisible(is_guided)
        if found.difference is None:
            self.pictures.show_tiles(
                [
                    Tile(self.tr("With the text"), found.cond),
                    Tile(self.tr("Not guided: asked once"), None),
                ]
            )
            return
        most = float(found.difference.max())
        self.pictures.show_tiles(
            [
                Tile(self.tr("Without the text"), found.uncond),
                Tile(self.tr("With the text"), found.cond),
                Tile(
                    ""
                    if guided is None
                    else self.tr("Guided, scale {scale:.1f}").format(scale=guided.scale),
                    None if guided is None else guided.picture,
                ),
                Tile(
                    self.tr("Difference"),
                    heat(found.difference, 0.0, most),
                    values=found.difference,
                    decimals=3,
                    smooth=False,
                ),
            ]
        )
        self.bar.show_ends(
            "0",
            f"{most:.2f}",
            self.tr("difference, amplified {times:.0f} times").format(times=1 / max(most, 1e-6)),
        )

    def _show_figures(self, found: Guidance) -> None:
        rows = [(self.tr("Noise with the text"), f"{found.cond_size:.3f}")]
        if found.uncond is not None:
            rows += [
                (self.tr("Noise without it"), f"{found.uncond_size:.3f}"),
                (self.tr("Their difference"), f"{found.difference_size:.3f}"),
                (self.tr("Noise as guided"), f"{found.guided_size:.3f}"),
                (self.tr("Angle between the two"), f"{found.angle:.1f}°"),
            ]
        self.figures.show_rows(rows)

    def _show_curves(self, sitting: Sitting) -> None:
        numbers = self._numbers.of(sitting)
        node, step = sitting.selected, sitting.playhead.step
        if numbers is None or node is None:
            return
        span = (1.0, float(max(2, node.count)))
        at = numbers.index + 1
        share = numbers.difference / np.maximum(numbers.noise, 1e-12)
        self.sizes.show_curves(
            [Curve(self.tr("Difference"), at, share, decimals=3)],
            span=span,
        )
        self.angles.show_curves(
            [Curve(self.tr("Angle"), at, numbers.angle, colour=1, decimals=1)], span=span
        )
        for plot in (self.sizes, self.angles):
            plot.show_head(None if step is None else step + 1)


def _tr(text: str) -> str:
    return QCoreApplication.translate("GuidancePanel", text)
