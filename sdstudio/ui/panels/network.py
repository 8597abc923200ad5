"""Network: the U that is asked at every step, and what its blocks hand on at this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sdstudio.session.events import Place
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.paragraph import paragraph
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.heat import heat, parted
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.tile import Tile
from sdstudio.ui.plots.u_shape import UShape

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.features import Features
    from sdstudio.engine.anatomy.network import Block, Network

PAGE = 16
"""Channels that are shown at a time."""


class NetworkPanel(Panel):
    """The network's blocks as a U, and the feature maps of the chosen one.

    Attributes:
        shape: The U.
        page: Which of the channels.
        strength: The step's estimate, and all channels of the block as one.
        maps: The channels of the page.
        block: The chosen block in numbers.
        whole: The network in numbers.
    """

    key: ClassVar[str] = "network"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = ""
        self._shown: tuple[int, Features] | None = None
        self.shape = UShape()
        self.marks = paragraph("muted")
        self.title = paragraph("heading")
        self.page = Choice([("0", "")], self.tr("Which channels"))
        self.strength = Pictures(4)
        self.maps = Pictures(4)
        self.waiting = paragraph(
            "muted", self.tr("Its feature maps are worked out once the run has ended.")
        )
        self.block = Figures(self.tr("Block"), share=0.45)
        self.whole = Figures(self.tr("Network"), share=0.6)
        parts = (
            self.shape,
            self.marks,
            self.title,
            self.waiting,
            self.strength,
            self.maps,
            self.page,
            self.block,
            paragraph("heading", self.tr("The whole network, the same at every step")),
            self.whole,
        )
        self.lay(*parts)
        self.shape.chosen.connect(self._choose)
        self.page.chosen.connect(lambda _: self.asking.emit())

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means."""
        return _tr(
            "One network is asked at every step, always with the same weights; only the noisy "
            "latents and the timestep differ. On the way down it makes the picture coarser and "
            "its channels more, on the way up finer again; the dashed lines hand over what the "
            "way down would lose. Each channel is a small picture of what the block has found. "
            "Choose a block to see its own at this step."
        )

    @classmethod
    def empty(cls, sitting: Sitting) -> str:
        """It needs a model; feature maps need a step besides."""
        if sitting.facts is None:
            return _tr("The network shows here once a model is loaded.")
        return ""

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The shape for the latents of the run, and the chosen block's maps at the step."""
        found = [self._shape_of(sitting)]
        if (features := self._features_at(sitting)) is not None:
            found.append(features)
        return found

    def refresh(self, sitting: Sitting) -> None:
        """Show the network, and what is known of the chosen block."""
        network: Network | None = sitting.answers.value(self._shape_of(sitting))
        if network is None:
            return
        names = [block.name for block in network.blocks]
        if self._chosen not in names:
            # The last that reads the text: most can be made out there.
            reading = [block.name for block in network.blocks if block.cross]
            self._chosen = (reading or names)[-1]
            self.asking.emit()
        block = network.blocks[names.index(self._chosen)]
        self.shape.show_network(network, self._chosen)
        self.marks.setText(
            self.tr(
                "T reads the text, {tokens} tokens of {width} numbers each; t is told the "
                "timestep, as {time} numbers. Sizes are channels × height × width."
            ).format(tokens=network.tokens, width=network.text_width, time=network.time_width)
        )
        self._show_block(block)
        self._show_whole(network, sitting)
        self._show_maps(block, sitting)

    def _shape_of(self, sitting: Sitting) -> Inquiry:
        request = sitting.request if sitting.selected is None else sitting.selected.request
        return Inquiry.of("network", width=request.width, height=request.height)

    def _features_at(self, sitting: Sitting) -> Inquiry | None:
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None or node.last is None or not self._chosen:
            return None
        place = sitting.tree.resolve(Place(node.number, min(step, node.last)))
        first = int(self.page.currentData() or 0)
        return Inquiry.of(
            "features", place.run, place.index, block=self._chosen, first=first, count=PAGE
        )

    def _choose(self, name: str) -> None:
        self._chosen = name
        self.page.setCurrentIndex(0)
        self.asking.emit()

    def _show_block(self, block: Block) -> None:
        channels = block.gives[0]
        pages = [
            (
                str(first),
                self.tr("Channels {first} to {last} of {count}").format(
                    first=first + 1, last=min(first + PAGE, channels), count=channels
                ),
            )
            for first in range(0, channels, PAGE)
        ]
        self.page.offer(pages)
        self.page.setVisible(len(pages) > 1)
        self.title.setText(block.name)
        rows = [
            (self.tr("Kind"), block.kind),
            (self.tr("Takes"), _size(block.takes)),
            (self.tr("Hands on"), _size(block.gives)),
            (self.tr("Weights"), f"{block.parameters:,}"),
            (self.tr("Residual blocks"), str(block.residual)),
            (self.tr("Text layers"), str(block.cross)),
        ]
        if block.skips and block.part in ("in", "down"):
            rows.append((self.tr("States handed over"), str(len(block.skips))))
        elif block.skips:
            rows.append((self.tr("States taken over"), str(len(block.skips))))
        self.block.show_rows(rows)

    def _show_whole(self, network: Network, sitting: Sitting) -> None:
        rows = [
            (self.tr("Weights"), f"{network.parameters:,}"),
            (self.tr("For the timestep"), f"{network.time_parameters:,}"),
            (self.tr("Precision"), network.precision),
        ]
        node, step = sitting.selected, sitting.playhead.step
        if node is not None and step is not None:
            guided = node.request_at(step).uses_guidance
            # With guidance it predicts with the text and without it.
            rows.append((self.tr("Predictions a step"), "2" if guided else "1"))
            rows.append((self.tr("Steps of this run"), str(node.count)))
        self.whole.show_rows(rows)

    def _show_maps(self, block: Block, sitting: Sitting) -> None:
        inquiry = self._features_at(sitting)
        found: Features | None = None if inquiry is None else sitting.answers.value(inquiry)
        node = sitting.selected
        self.waiting.setVisible(found is None and node is not None and node.running)
        if found is not None and node is not None:
            self._shown = node.number, found
        shown = self._shown
        fits = shown is not None and node is not None and shown[0] == node.number
        fits = fits and shown is not None and shown[1].block == block.name
        self.maps.setVisible(fits)
        self.strength.setVisible(fits)
        if shown is not None and fits:
            self.maps.show_tiles(_tiles(shown[1]))
            self.strength.show_tiles(self._summary(shown[1], sitting))

    def _summary(self, features: Features, sitting: Sitting) -> list[Tile]:
        """What the step has come to, beside how much the block says in each place of it."""
        node, step = sitting.selected, sitting.playhead.step
        found = None
        if node is not None and step is not None:
            found = sitting.pictures.get(Place(node.number, step))
        strength = features.strength
        strong = heat(strength, float(strength.min()), float(strength.max()))
        return [
            Tile(self.tr("x0"), None if found is None else found[0]),
            Tile(self.tr("all, RMS"), strong, values=strength, smooth=False),
        ]


def _tiles(features: Features) -> list[Tile]:
    """Each channel about its own mean, blue below and brown above it."""
    tiles = []
    for number, values in enumerate(features.maps, start=features.first + 1):
        about = values - values.mean()
        most = float(np.abs(about).max())
        tiles.append(Tile(str(number), parted(about, most), values=values, smooth=False))
    return tiles


def _size(size: tuple[int, int, int]) -> str:
    return " × ".join(map(str, size))


def _tr(text: str) -> str:
    return QCoreApplication.translate("NetworkPanel", text)
