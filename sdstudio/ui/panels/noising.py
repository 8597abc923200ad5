"""Forward noising: a picture put into noise in closed form, and what the network makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton, QWidget

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.slider_row import SliderRow
from sdstudio.ui.panels.noising_source import NoisingSource
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.plots.curve import Curve
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.heat import heat
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.tile import Tile

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.anatomy.noising import Errors, Guess, Noised

LAST = 999
FIRST_TIMESTEP = 500
MOST_WRONG = 500


class NoisingPanel(Panel):
    """Noises the result, a file or a drawing to any timestep and holds a guess against it.

    Attributes:
        source: What is noised.
        timestep: The slider of the timestep.
        wrong: The slider of how far from it the network is told it is.
        pictures: The picture, noisy and guessed; the noise, guessed, and the error.
        by_timestep: The error by how much noise there is.
        by_told: The error by what the network is told.
        figures: Levels and errors in numbers.
    """

    key: ClassVar[str] = "noising"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timestep = FIRST_TIMESTEP
        self._wrong = 0
        self._seed = 0
        self._guess: Guess | None = None
        self._guessed_about: object = None
        self.source = NoisingSource()
        self.pictures = Pictures(3, notes=True)
        self.timestep = SliderRow(
            self.tr("Timestep"),
            Scale(0, LAST, 1, 50),
            explanation=self.tr("How much noise: 0 is next to none, 999 next to nothing else."),
            note_lines=0,
        )
        self.wrong = SliderRow(
            self.tr("Told wrong by"),
            Scale(-MOST_WRONG, MOST_WRONG, 1, 50),
            explanation=self.tr(
                "How far off the timestep is that the network is told: above 0 it believes in "
                "more noise than there is, below 0 in less. 0 is the truth."
            ),
            note_lines=0,
        )
        self.again = QPushButton(self.tr("Other noise"))
        self.again.setToolTip(self.tr("Draw the noise anew and see what stays the same"))
        across = self.tr("training timestep")
        self.by_timestep = CurvePlot(self.tr("Error by timestep, told rightly"), across)
        self.by_told = CurvePlot(
            self.tr("Error by what the network is told"), self.tr("timestep it is told")
        )
        self.figures = Figures(self.tr("Forward noising"), share=0.64)
        self.lay(
            self.source,
            self.pictures,
            self.timestep,
            self.wrong,
            self.again,
            self.by_timestep,
            self.by_told,
            self.figures,
        )
        self.source.changed.connect(self.asking)
        self.timestep.edited.connect(self._move)
        self.timestep.reset.connect(lambda: self._move(FIRST_TIMESTEP))
        self.wrong.edited.connect(self._mislead)
        self.wrong.reset.connect(lambda: self._mislead(0))
        self.again.clicked.connect(self._draw_again)
        self.by_timestep.pressed.connect(lambda place: self._move(round(place)))
        self.by_told.pressed.connect(lambda place: self._mislead(round(place) - self._timestep))
        for row in (self.timestep, self.wrong):
            row.note.hide()
        self.timestep.show_value(self._timestep)
        self.wrong.show_value(self._wrong)

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means."""
        return _tr(
            "Any picture can be put into any amount of noise at once: it is a weighted sum of "
            "the two. The network sees the sum and says which part is noise. Here the answer is "
            "known, so its guess can be held against the truth: with little noise nearly right, "
            "with much only what such pictures look like on the whole. It must be told how much "
            "noise there is; told wrongly, it takes away too little or too much."
        )

    @property
    def told(self) -> int:
        """What the network is told, within the schedule."""
        return min(max(self._timestep + self._wrong, 0), LAST)

    @classmethod
    def empty(cls, sitting: Sitting) -> str:
        """There must be a run that is over: its result, and its prompt for the guess."""
        nothing = super().empty(sitting)
        if nothing:
            return nothing
        node = sitting.selected
        if node is not None and node.running:
            return _tr("When this run is over, its result can be put into noise again here.")
        return ""

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The noised picture at once; what needs the network follows."""
        node = sitting.selected
        if node is None or node.last is None:
            return []
        t, told = self._timestep, self.told
        return [
            self._about(node, "noised", timestep=t),
            self._about(node, "noise guess", timestep=t, told=told),
            self._about(node, "noise errors"),
            self._about(node, "told errors", timestep=t),
        ]

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known; what is not yet stays as it was."""
        node = sitting.selected
        if node is None or node.last is None:
            return
        noised, guess, errors, told = map(sitting.answers.value, self.inquiries(sitting))
        if noised is not None:
            self._show_pictures(noised, self._newest(node, guess))
            self.figures.show_rows(self._rows(noised, guess))
        if errors is not None:
            curves = _curves(errors, errors.timesteps)
            self.by_timestep.show_curves(curves, span=(0.0, LAST))
        if told is not None:
            self.by_told.show_curves(
                _curves(told, told.told), span=(0.0, LAST), marks=[float(self._timestep)]
            )
        self.by_timestep.show_head(float(self._timestep))
        self.by_told.show_head(float(self.told))

    def _newest(self, node: RunNode, guess: Guess | None) -> Guess | None:
        """The guess, or the one before of the same picture: a moved slider does not flicker."""
        about = (node.number, self.source.picture)
        if guess is not None or about != self._guessed_about:
            self._guess, self._guessed_about = guess, about
        return self._guess

    def _about(self, node: RunNode, kind: str, **options: Any) -> Inquiry:
        picture = self.source.picture
        more = {} if picture is None else {"picture": picture}
        return Inquiry.of(kind, node.number, node.last, seed=self._seed, **options, **more)

    def _show_pictures(self, noised: Noised, guess: Guess | None) -> None:
        x0, true_noise, noise = (
            (guess.x0, guess.true_noise, guess.noise) if guess is not None else (None,) * 3
        )
        error = None if guess is None else heat(guess.error, 0.0, 1.0)
        self.pictures.show_tiles(
            [
                Tile(
                    _tr("The picture"),
                    noised.clean,
                    _tr("× {share:.2f}").format(share=noised.signal),
                ),
                Tile(_tr("In noise"), noised.noisy, _tr("t = {t}").format(t=noised.timestep)),
                Tile(
                    _tr("Guess of it"),
                    x0,
                    "" if guess is None else _tr("told t = {t}").format(t=guess.told),
                ),
                Tile(_tr("The noise"), true_noise, _tr("× {share:.2f}").format(share=noised.noise)),
                Tile(
                    _tr("Guess of it"),
                    noise,
                    ""
                    if guess is None
                    else _tr("off by {value:.2f}").format(value=guess.noise_error),
                ),
                Tile(
                    _tr("Error"),
                    error,
                    "" if guess is None else _tr("off by {value:.2f}").format(value=guess.x0_error),
                    None if guess is None else guess.error,
                    smooth=False,
                ),
            ]
        )

    def _rows(self, noised: Noised, guess: Guess | None) -> list[tuple[str, str]]:
        ratio = noised.signal**2 / max(noised.noise**2, 1e-12)
        rows = [
            (_tr("Picture’s share, √ᾱ"), f"{noised.signal:.4f}"),
            (_tr("Noise’s share, √(1−ᾱ)"), f"{noised.noise:.4f}"),
            (_tr("Ratio, ᾱ / (1−ᾱ)"), f"{ratio:.3g}"),
        ]
        if guess is not None:
            rows += [
                (_tr("Picture’s error, RMS"), f"{guess.x0_error:.3f}"),
                (_tr("Noise’s error, RMS"), f"{guess.noise_error:.3f}"),
            ]
        return rows

    def _move(self, timestep: Any) -> None:
        self._timestep = min(max(int(timestep), 0), LAST)
        self.timestep.show_value(self._timestep)
        self.asking.emit()

    def _mislead(self, wrong: Any) -> None:
        self._wrong = min(max(int(wrong), -MOST_WRONG), MOST_WRONG)
        self.wrong.show_value(self._wrong)
        self.asking.emit()

    def _draw_again(self) -> None:
        self._seed += 1
        self.asking.emit()


def _curves(errors: Errors, across: np.ndarray) -> list[Curve]:
    x = across.tolist()
    return [
        Curve(_tr("Guessing 0, RMS"), x, [errors.spread] * len(x), 2, "dot"),
        Curve(_tr("Noise, RMS"), x, errors.noise.tolist(), 1, "dash", 3),
        Curve(_tr("Picture, RMS"), x, errors.x0.tolist(), 0, "line", 3),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("NoisingPanel", text)
