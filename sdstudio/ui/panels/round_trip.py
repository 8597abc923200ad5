"""A picture through encoder and decoder, beside itself."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sdstudio.engine.picture import Picture
from sdstudio.engine.problems import Problem
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme, wording
from sdstudio.ui.controls.background import Background
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.heat import heat
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.latents import RoundTrip

WORST = 32.0
"""Mean error, in levels of 0 to 255, that the map shows as lightest."""


class RoundTripView(QWidget):
    """Shows what the autoencoder makes of the step's picture, or of one that was opened.

    Signals:
        asking: Another picture is wanted.
    """

    asking = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._reading = Background()
        self.title = QLabel(self.tr("Packed and unpacked again"))
        self.title.setProperty("kind", "heading")
        self.pictures = Pictures(3)
        self.figures = Figures(self.tr("Round trip"), share=0.6)
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setProperty("kind", "error")
        self.trouble.setVisible(False)
        self.open = QPushButton(self.tr("Open a picture …"))
        self.back = QPushButton(self.tr("This step’s"))
        self.back.setEnabled(False)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.open, 1)
        self._buttons.addWidget(self.back, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.pictures, self.figures, self.trouble):
            self._column.addWidget(widget)
        self._column.addLayout(self._buttons)
        self.open.clicked.connect(self._ask)
        self.back.clicked.connect(lambda: self._take(None))
        self._reading.finished.connect(self._take)
        self._reading.failed.connect(self._fail)
        theme.current().changed.connect(self._space)
        self._space()

    def take(self, path: Path) -> None:
        """Use a picture file; it is read in the background."""
        self._reading.start(lambda: Picture.of(path))

    def inquiry(self, sitting: Sitting) -> Inquiry:
        """What to ask for the playhead as it is."""
        run, step, facts = sitting.playhead.run, sitting.playhead.step, sitting.facts
        if self._picture is None or facts is None:
            return Inquiry.of("round trip", run, step)
        width, height = facts.native_size
        return Inquiry.of("round trip of", picture=self._picture, width=width, height=height)

    def show_answer(self, found: RoundTrip | None) -> None:
        """Show a picture's way there and back; None leaves what there is."""
        if found is None:
            return
        lost = "∞" if math.isinf(found.psnr) else f"{found.psnr:.1f} dB"
        high, wide = found.before.shape[:2]
        self.pictures.show_tiles(
            [
                Tile(self.tr("Before"), found.before),
                Tile(self.tr("After"), found.after),
                Tile(
                    self.tr("Error ×{times:.0f}").format(times=255 / WORST),
                    heat(found.error, 0.0, WORST),
                    values=found.error,
                    decimals=1,
                ),
            ]
        )
        self.figures.show_rows(
            [
                (self.tr("Likeness (PSNR)"), lost),
                (
                    self.tr("Picture, {wide} × {high} × 3").format(wide=wide, high=high),
                    _grouped(found.pixels),
                ),
                (
                    self.tr("Latents, {shape}").format(shape=" × ".join(map(str, found.shape))),
                    _grouped(found.latents),
                ),
                (self.tr("Times fewer numbers"), f"{found.ratio:.0f}"),
            ]
        )

    def _ask(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        name, _ = QFileDialog.getOpenFileName(
            self.window(),
            self.tr("Take a picture"),
            folder,
            self.tr("Pictures (*.png *.jpg *.jpeg *.webp);;All files (*)"),
        )
        if name:
            self.take(Path(name))

    def _take(self, picture: Picture | None) -> None:
        self._picture = picture
        self.back.setEnabled(picture is not None)
        self.trouble.setVisible(False)
        self.asking.emit()

    def _fail(self, problems: tuple[Problem, ...]) -> None:
        self.trouble.setText(wording.word_all(problems))
        self.trouble.setVisible(True)

    def _space(self) -> None:
        px = theme.current().px
        self._column.setSpacing(px(8))
        self._buttons.setSpacing(px(8))


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
