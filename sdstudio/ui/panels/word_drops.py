"""Does this word matter? The same run again with each word dropped, beside the difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sdstudio.engine.anatomy.words import MOST_WORDS, Word, words_of
from sdstudio.engine.problems import StudioError
from sdstudio.session.events import Place
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.session.word_batch import is_word_batch, lacking, prompt_of
from sdstudio.ui import theme, wording
from sdstudio.ui.compare.pixel_difference import absolute_difference, matched
from sdstudio.ui.plots.heat import heat
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.tile import Tile

_WHO = "dropped words"
_SIDE = 160
"""Pixels of a side at most; finer ones would keep the window busy."""


@dataclass(frozen=True, eq=False)
class Drop:
    """A run that lacks one word."""

    word: Word
    node: RunNode


class WordDrops(QWidget):
    """A button that makes the batch, and its pictures, the word that matters most first.

    Attributes:
        button: Makes the batch.
        told: What it is about, or why it cannot be.
        rows: Three pictures for each word: with all words, without it, and the difference.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting: Sitting | None = None
        self._problems = ""
        title = QLabel(self.tr("Does this word matter?"))
        title.setProperty("kind", "heading")
        title.setWordWrap(True)
        self.button = QPushButton(self.tr("Drop each word in turn"))
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setProperty("kind", "muted")
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.rows = Pictures(3, notes=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (title, self.told, self.button, self.rows):
            self._column.addWidget(part)
        self.button.clicked.connect(self._explore)
        theme.current().changed.connect(self._space)
        self._space()

    def refresh(self, sitting: Sitting) -> None:
        """Show the batch of the selected run, if it was made."""
        self._sitting = sitting
        node = sitting.selected
        if node is None:
            return
        base, drops = batch_of(sitting, node)
        prompt = prompt_of(node.request_now)
        count = len(words_of(prompt))
        self.button.setEnabled(count > 0 and not sitting.running)
        self.button.setVisible(base is None)
        self.rows.setVisible(base is not None)
        if base is None:
            self._tell_offer(count)
            self._sitting.want(_WHO, ())
            return
        for drop in drops:
            if not base.running and not drop.node.running:
                sitting.compare(base.number, drop.node.number)
        ordered = sorted(drops, key=lambda drop: -(self._far(base, drop.node, None) or 0.0))
        self._show(base, ordered)

    def hideEvent(self, event: QHideEvent) -> None:
        """Want no pictures any more."""
        super().hideEvent(event)
        if self._sitting is not None:
            self._sitting.want(_WHO, ())

    def _tell_offer(self, count: int) -> None:
        if self._problems:
            self.told.setText(self._problems)
        elif not count:
            self.told.setText(self.tr("The prompt has no words to drop."))
        else:
            made = min(count, MOST_WORDS) + 1
            text = self.tr("Makes {count} pictures with the same seed, in one batch.")
            self.told.setText(text.format(count=made))

    def _show(self, base: RunNode, drops: list[Drop]) -> None:
        sitting = self._sitting
        assert sitting is not None
        step = sitting.playhead.step
        places = [_place(node, step) for node in (base, *(drop.node for drop in drops))]
        sitting.want(_WHO, [place for place in places if place is not None])
        whole = self._picture(places[0])
        tiles: list[Tile] = []
        for drop, place in zip(drops, places[1:], strict=True):
            picture = self._picture(place)
            far = self._far(base, drop.node, step)
            moved = "" if far is None else f"{far:.2f}"
            tiles.append(Tile(self.tr("all words"), whole))
            tiles.append(Tile(self.tr("without"), picture, drop.word.text))
            tiles.append(_difference(self.tr("difference"), moved, whole, picture))
        self.rows.show_tiles(tiles)
        if base.running:
            text = self.tr("Making {count} pictures …").format(count=len(drops) + 1)
        else:
            text = self.tr(
                "The word that matters most comes first. The number is how far x0 moves without "
                "it: root mean square over the latents."
            )
        self.told.setText(text)

    def _far(self, base: RunNode, other: RunNode, step: int | None) -> float | None:
        assert self._sitting is not None
        distances = self._sitting.distances(base.number, other.number)
        if not distances:
            return None
        return distances[-1 if step is None else min(step, len(distances) - 1)]

    def _picture(self, place: Place | None) -> NDArray[np.uint8] | None:
        sitting = self._sitting
        if place is None or sitting is None:
            return None
        found = sitting.pictures.get(place)
        if found is None:
            return sitting.pictures.thumbnail(place.run, place.index)
        every = max(1, max(found[0].shape[:2]) // _SIDE)
        return found[0][::every, ::every]

    def _explore(self) -> None:
        if self._sitting is None:
            return
        self._problems = ""
        try:
            self._sitting.explore_words()
        except StudioError as error:
            self._problems = wording.word_all(error.problems)
            self.told.setText(self._problems)

    def _space(self) -> None:
        self._column.setSpacing(theme.current().px(8))


def batch_of(sitting: Sitting, node: RunNode) -> tuple[RunNode | None, list[Drop]]:
    """The newest batch that drops words of a run: the run with all of them, and the others.

    It is the batch that the run belongs to, or one made of the same request.
    """
    tree = sitting.tree
    own = [node] if node.family is not None else []
    heads = [each for each in reversed(tree.nodes) if each.number == each.family]
    for head in (*own, *heads):
        members = tree.family(head.number)
        belongs = node in members or members[0].request == node.request_now
        if belongs and is_word_batch(members):
            base, *others = members
            found = ((lacking(other, base), other) for other in others)
            return base, [Drop(word, other) for word, other in found if word is not None]
    return None, []


def _place(node: RunNode, step: int | None) -> Place | None:
    if node.last is None:
        return None
    return Place(node.number, node.last if step is None else min(step, node.last))


def _difference(
    caption: str, note: str, whole: NDArray[np.uint8] | None, other: NDArray[np.uint8] | None
) -> Tile:
    pair = None if whole is None or other is None else matched(whole, other)
    if pair is None:
        return Tile(caption, None, note)
    apart = absolute_difference(*pair).max(axis=-1).astype(np.float32)
    return Tile(caption, heat(apart, 0.0, 255.0), note, apart, 0)
