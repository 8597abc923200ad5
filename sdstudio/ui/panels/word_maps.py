"""Where in the picture the network looked for each token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.session.events import Place
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.panels.word_texts import Told, names_of
from sdstudio.ui.plots.heat import heat
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.attention import Attention
    from sdstudio.engine.anatomy.tokens import Tokens

TOGETHER = "together"
ALL = -1
SMALL, LARGE = 128, 320
"""Pixels of a side of the pictures: finer ones would keep the window busy."""

_SEEN_THROUGH = 0.3
"""Share of the colour over the picture where a token is not looked at; it rises to 0.9."""


class WordMaps(QWidget):
    """A heat map over x0 for each token, or for one of them large.

    Attributes:
        span: Whether at this step or over the whole run.
        layers: Those of which resolution, or all together.
        token: Which token; all side by side, to begin with.
        record: Whether runs record it as they go.

    Signals:
        asking: It wants to know something else.
    """

    asking = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting: Sitting | None = None
        self._shown: tuple[Attention, tuple[Tokens, ...]] | None = None
        self._of_run: int | None = None
        title = QLabel(self.tr("Where the network looked for each word"))
        title.setProperty("kind", "heading")
        title.setWordWrap(True)
        self.span = Choice(
            [("step", self.tr("At this step")), ("run", self.tr("Over the whole run"))],
            self.tr("At which steps"),
        )
        self.layers = Choice([(TOGETHER, self.tr("All layers"))], self.tr("Which layers"))
        self.layers.setToolTip(
            self.tr(
                "Whose maps are shown, by their size. All layers are laid over each other but"
                " for those of the middle block: their few places see the whole picture at once,"
                " and say little of where."
            )
        )
        self.token = Choice([], self.tr("Which token"))
        self.token.addItem(self.tr("Every token"), ALL)
        for choice in (self.span, self.layers, self.token):
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setProperty("kind", "muted")
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.all = Pictures(3, notes=True)
        self.one = Pictures(1, notes=True)
        self.record = QCheckBox(self.tr("Record it while runs go on"))
        self.cost = QLabel(
            self.tr("Runs then take up to a tenth longer; their pictures stay the same.")
        )
        self.cost.setProperty("kind", "muted")
        self.cost.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        above = (title, self.span, self.layers, self.token)
        for part in (*above, self.one, self.all, self.told, self.record, self.cost):
            self._column.addWidget(part)
        self.span.chosen.connect(lambda _: self.asking.emit())
        self.layers.chosen.connect(lambda _: self._show())
        self.token.chosen.connect(lambda _: self._show())
        self.record.toggled.connect(self._set_recording)
        theme.current().changed.connect(self._space)
        self._space()

    def inquiry(self, sitting: Sitting) -> Inquiry | None:
        """What it wants to know; None of a whole run that goes on."""
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None or node.last is None:
            return None
        if self.span.currentData() == "step":
            # Branches need not ask again about what they share with their parent.
            place = sitting.tree.resolve(Place(node.number, min(step, node.last)))
            return Inquiry.of("attention", place.run, place.index)
        if node.running:
            return None
        return Inquiry.of("attention run", node.number, 0, until=node.last + 1)

    def refresh(self, sitting: Sitting, told: Told) -> None:
        """Show what is known of the playhead's step."""
        self._sitting = sitting
        node = sitting.selected
        with QSignalBlocker(self.record):
            self.record.setChecked(sitting.records_attention)
        inquiry = self.inquiry(sitting)
        found = None if inquiry is None else sitting.answers.value(inquiry)
        tokens = told.tokens(sitting)
        run = None if node is None else node.number
        if found is not None and tokens:
            self._shown, self._of_run = (found, tokens), run
            self._offer(found, tokens)
        elif run != self._of_run:
            self._shown = None
        lacks = found is None and node is not None and node.running
        self.told.setText(
            self.tr("This is worked out once the run has ended, or while it goes on, if recorded.")
            if lacks
            else ""
        )
        self.told.setVisible(lacks)
        self._show()

    def _offer(self, found: Attention, tokens: tuple[Tokens, ...]) -> None:
        sizes: list[tuple[object, str]] = [(TOGETHER, self.tr("All layers"))]
        for (height, width), layers in found.layers.items():
            words = self.tr("{width} × {height} (layers: {count})")
            sizes.append(
                (f"{height} {width}", words.format(width=width, height=height, count=layers))
            )
        self.layers.offer(sizes)
        names = names_of(tokens)
        self.token.offer([(ALL, self.tr("Every token")), *enumerate(names)])

    def _show(self) -> None:
        for part in (self.one, self.all):
            part.setVisible(False)
        if self._shown is None:
            return
        attention, tokens = self._shown
        names = names_of(tokens)
        maps = self._maps(attention)
        chosen = self.token.currentData()
        if chosen is not None and 0 <= chosen < len(names):
            picture = self._picture(LARGE)
            self.one.show_tiles([self._tile(names[chosen], maps[chosen], picture)])
            self.one.setVisible(True)
            return
        # The words first; what is no word last.
        order = [*range(1, len(names) - 1), 0, len(names) - 1]
        picture = self._picture(SMALL)
        tiles = [self._tile(names[place], maps[place], picture) for place in order]
        if len(maps) > len(names):
            rest = maps[len(names) :].sum(axis=0)
            tiles.append(self._tile(self.tr("padding"), rest, picture))
        self.all.show_tiles(tiles)
        self.all.setVisible(True)

    def _maps(self, attention: Attention) -> NDArray[np.float32]:
        chosen = self.layers.currentData()
        if chosen == TOGETHER:
            return attention.together
        height, width = map(int, chosen.split())
        return attention.maps[height, width]

    def _tile(
        self, name: str, looked: NDArray[np.float32], picture: NDArray[np.uint8] | None
    ) -> Tile:
        percent = 100.0 * looked
        most = self.tr("≤ {most} %").format(most=f"{percent.max():.1f}")
        return Tile(name, over(picture, looked), most, percent, 1)

    def _picture(self, most: int) -> NDArray[np.uint8] | None:
        """The playhead's x0 in at most about so many pixels a side, if it is at hand."""
        sitting = self._sitting
        if sitting is None or sitting.selected is None or sitting.playhead.step is None:
            return None
        at = sitting.selected.number, sitting.playhead.step
        found = sitting.pictures.get(Place(*at))
        if found is not None:
            picture: NDArray[np.uint8] | None = found[0]
        elif sitting.selected.running:
            # Steps go by faster than their pictures are made: the canvas has the newest.
            picture = sitting.shown.array
        else:
            picture = sitting.pictures.thumbnail(*at)
        if picture is None:
            return None
        every = max(1, max(picture.shape[:2]) // most)
        return picture[::every, ::every]

    def _set_recording(self, on: bool) -> None:
        if self._sitting is not None:
            self._sitting.record_attention(on)

    def _space(self) -> None:
        self._column.setSpacing(theme.current().px(8))


def over(picture: NDArray[np.uint8] | None, looked: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A map laid over a picture in grey, (height, width, 3) uint8; dark where little is looked.

    Args:
        picture: (height, width, 3) uint8; without one the map stands alone.
        looked: (rows, columns); the largest value becomes the lightest.
    """
    least, most = float(looked.min()), float(looked.max())
    share = (looked - least) / (most - least if most > least else 1.0)
    if picture is None:
        return heat(share, 0.0, 1.0)
    height, width = picture.shape[:2]
    share = enlarged(share, height, width)
    grey = picture.mean(axis=-1, keepdims=True)
    cover = _SEEN_THROUGH + (0.9 - _SEEN_THROUGH) * share[..., None]
    laid = grey * (1.0 - cover) + heat(share, 0.0, 1.0) * cover
    return laid.round().astype(np.uint8)


def enlarged(values: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Values (rows, columns) as (height, width), blended linearly between their centres."""
    for axis, wanted in ((0, height), (1, width)):
        count = values.shape[axis]
        places = (np.arange(wanted) + 0.5) * count / wanted - 0.5
        low = np.clip(np.floor(places).astype(int), 0, count - 1)
        high = np.minimum(low + 1, count - 1)
        share = np.clip(places - low, 0.0, 1.0)
        share = share[:, None] if axis == 0 else share[None, :]
        values = np.take(values, low, axis) * (1 - share) + np.take(values, high, axis) * share
    return values.astype(np.float32)
