"""Update rule: what the sampler makes of the prediction, and what else one could make of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.paragraph import paragraph
from sdstudio.ui.panels.rules import OtherRules
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.update import Update

_PERCENT = 100


class UpdatePanel(Panel):
    """A step's sum of picture and noise, and three other rules on the same starting noise.

    Attributes:
        sum: The pictures of the sum of two parts.
        long_sum: Those of a sum of three.
        said: The sum in a sentence.
        rules: Other rules, tried when asked for.
    """

    key: ClassVar[str] = "update"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sum = Pictures(3, notes=True)
        self.long_sum = Pictures(2, notes=True)
        self.said = paragraph()
        self.rules = OtherRules()
        self.lay(self.sum, self.long_sum, self.said, self.rules)
        self.long_sum.hide()
        self.rules.asking.connect(self.asking)

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means."""
        return _tr(
            "The network only says which part of the latents is noise. The sampler decides what "
            "to do with that: it goes to the estimated picture and back to a little less noise "
            "than before, so that the next guess can be better. The new latents are a sum of "
            "the estimate, the predicted noise and, with some samplers, fresh noise or a memory "
            "of earlier steps. Other rules are easily made up; try whether they work."
        )

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The playhead's sum; the other rules once they are asked for and the run is over."""
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None:
            return []
        return [Inquiry.of("update", node.number, step), *self.rules.inquiries(node)]

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known; what is not yet stays as it was."""
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None:
            return
        update: Update | None = sitting.answers.value(Inquiry.of("update", node.number, step))
        if update is not None:
            self._show_sum(update)
        self.rules.refresh(sitting, node, step)

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


def _tr(text: str) -> str:
    return QCoreApplication.translate("UpdatePanel", text)
