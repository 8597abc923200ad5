"""How well each step's estimate fits the prompts, and where a run decides between two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QSizePolicy

from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.session.word_batch import is_word_batch
from sdstudio.ui.panels.contest import Contest, texts_of
from sdstudio.ui.panels.eyes import Eyes
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.plots.curve import Curve, Stroke
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.pictures import Pictures
from sdstudio.ui.plots.plot import CurvePlot
from sdstudio.ui.plots.tile import Tile

SHOWN = 4
"""Pictures of a run that is alone."""

ABREAST = 3
"""Pictures of a family in a row."""

_STROKES: tuple[Stroke, ...] = ("line", "dash", "dot")


class LikenessPanel(Panel):
    """Curves for prompt A, prompt B and the negative prompt; a family as a contest."""

    key: ClassVar[str] = "likeness"

    def __init__(self) -> None:
        super().__init__()
        self._contests: dict[int, Contest] = {}
        self.pictures = Pictures(SHOWN, notes=True)
        self.family = Pictures(ABREAST, notes=True)
        self.curves = CurvePlot(self.tr("Likeness of x0 with each text, cosine"), self.tr("step"))
        self.lead = CurvePlot(
            self.tr("Which text is nearer: likeness with A minus likeness with B"), self.tr("step")
        )
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.table = Figures(
            self.tr("Likeness, cosine"),
            (self.tr("Text"), self.tr("This step"), self.tr("Last step")),
            share=0.52,
        )
        self.members = Figures(
            self.tr("Where each run decides"),
            (self.tr("Mix"), self.tr("Ends as"), self.tr("From step"), self.tr("Noise level")),
            share=0.2,
        )
        self.eyes = Eyes()
        self.eyes.chosen.connect(self._look_anew)
        above = (self.pictures, self.family, self.curves, self.lead)
        self.lay(*above, self.verdict, self.table, self.members, self.eyes)

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here."""
        return _tr(
            "Another network, CLIP, was trained to tell how well a picture and a text fit. Here "
            "it judges the estimate of every step: 1 would be a perfect fit, at 0 the two have "
            "nothing to do with each other. Where one prompt takes the lead and keeps it, the "
            "picture has been decided, often while the latents themselves still look like noise. "
            "The network that draws knows nothing of this judgement."
        )

    @classmethod
    def empty(cls, sitting: Sitting) -> str:
        """Without a text there is nothing to compare with."""
        if said := super().empty(sitting):
            return said
        node = sitting.selected
        if node is not None and not any(text.strip() for text in texts_of(node)):
            return _tr("This run has no prompt to compare its pictures with.")
        return ""

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The playhead's step, then the run's from coarse to fine, then the family's.

        While a run goes on only the first: one answer takes 3 to 6 ms from it, and the dock asks
        five times a second.
        """
        own, *others = self._judged(sitting)
        here = own.at(sitting.playhead.step)
        found = [] if here is None else [here]
        if not sitting.running:
            found += [*own.spread, *(each for other in others for each in other.spread)]
        return found

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known of the run, and of its family."""
        contests = self._judged(sitting)
        own = contests[0]
        for contest in contests:
            contest.take(sitting.answers)
        family = sorted(contests, key=lambda each: each.node.request.mix)
        is_family = len(family) > 1
        self._show_curves(own)
        self._show_lead(family if is_family else [own], is_family)
        self._show_numbers(own, sitting)
        self._show_members(family if is_family else [])
        self._show_pictures(own, family if is_family else [], sitting)
        place = None if sitting.playhead.step is None else sitting.playhead.step + 1.0
        for plot in (self.curves, self.lead):
            plot.show_head(place)

    def _judged(self, sitting: Sitting) -> list[Contest]:
        """What is known of the selected run and of its family, the selected one first.

        Runs that each lack a word are no contest between two prompts: each stands alone.
        """
        node = sitting.selected
        if node is None:
            raise ValueError("no run is selected")
        family = sitting.tree.family(node.number)
        others = () if is_word_batch(family) else family
        nodes = [node, *(each for each in others if each is not node)]
        folder = self.eyes.folder
        before, self._contests = self._contests, {}
        for each in nodes:
            contest = before.get(each.number)
            if contest is None or not contest.is_about(each, texts_of(each), folder):
                contest = Contest(each, texts_of(each), folder)
            contest.node = each
            self._contests[each.number] = contest
        return list(self._contests.values())

    def _show_curves(self, own: Contest) -> None:
        names = (self.tr("A"), self.tr("B"), self.tr("Negative"))
        curves = [
            Curve(f"{name}: {text}", *own.known(column), number, _STROKES[number])
            for number, (name, text, column) in enumerate(
                zip(names, own.texts, own.cosines.T, strict=True)
            )
            if text.strip()
        ]
        self.curves.show_curves(curves, span=own.span)

    def _show_lead(self, contests: Sequence[Contest], is_family: bool) -> None:
        shown = all(text.strip() for text in contests[0].texts[:2])
        self.lead.setVisible(shown)
        if not shown:
            return
        span = contests[0].span
        curves = [Curve(self.tr("equally near"), span, (0.0, 0.0), 5, "dot")]
        for number, contest in enumerate(contests):
            mix = self.tr("mix {mix:.0%}").format(mix=contest.node.request.mix)
            name = mix if is_family else self.tr("above: A, below: B")
            stroke = _STROKES[number % 2]
            curves.append(Curve(name, *contest.known(contest.lead), number, stroke))
        most = max((each.widest for each in contests), default=0.0) * 1.1 or 1.0
        marks = [] if is_family else [p for p in [contests[0].decided_place] if p is not None]
        self.lead.show_curves(curves, span=span, rise=(-most, most), marks=marks)

    def _show_numbers(self, own: Contest, sitting: Sitting) -> None:
        names = (self.tr("A"), self.tr("B"), self.tr("Negative"))
        here, end = own.row(sitting.playhead.step), own.row(own.last)
        self.table.show_rows(
            [
                (f"{name}: {text}", _number(here[column]), _number(end[column]))
                for column, (name, text) in enumerate(zip(names, own.texts, strict=True))
                if text.strip()
            ]
        )
        self.verdict.setText(self._verdict(own))
        self.verdict.setVisible(bool(self.verdict.text()))

    def _verdict(self, own: Contest) -> str:
        if own.decided is None:
            return ""
        if own.decided == 0:
            words = self.tr(
                "From the first of its {count} steps to the last the picture is nearer to "
                "“{winner}” than to “{loser}”: the first guess has decided it."
            )
        else:
            words = self.tr(
                "From step {step} of {count} on (noise level {noise:.2f}) the picture is nearer "
                "to “{winner}” than to “{loser}”."
            )
        return words.format(
            step=own.decided + 1,
            count=own.node.count,
            noise=own.noise_levels[own.decided],
            winner=own.winner,
            loser=own.loser,
        )

    def _show_members(self, family: Sequence[Contest]) -> None:
        self.members.setVisible(bool(family))
        rows = []
        for each in family:
            mix = f"{each.node.request.mix:.0%}"
            if each.decided is None:
                rows.append((mix, "–", "–", "–"))
                continue
            noise = each.noise_levels[each.decided]
            rows.append((mix, each.letter, str(each.decided + 1), f"{noise:.2f}"))
        self.members.show_rows(rows)

    def _show_pictures(self, own: Contest, family: Sequence[Contest], sitting: Sitting) -> None:
        step = sitting.playhead.step
        tiles = []
        if family:
            for each in family:
                found = sitting.pictures.thumbnail(each.node.number, step or 0)
                caption = self.tr("mix {mix:.0%}").format(mix=each.node.request.mix)
                note = self.tr("ends as {letter}").format(letter=each.letter or "–")
                tiles.append(Tile(caption, found, note))
        elif own.last is not None:
            for place in range(SHOWN):
                wanted = round(place * own.last / (SHOWN - 1))
                known = [
                    (abs(note.index - wanted), note.index, found)
                    for note in own.node.steps
                    if (found := sitting.pictures.thumbnail(own.node.number, note.index))
                    is not None
                ]
                _, index, picture = min(known, key=lambda e: e[:2], default=(0, wanted, None))
                caption = self.tr("step {step}").format(step=index + 1)
                tiles.append(Tile(caption, picture, _number(own.row(index)[own.main])))
        shown, other = self.pictures, self.family
        if family:
            shown, other = other, shown
        shown.show_tiles(tiles)
        shown.setVisible(True)
        other.setVisible(False)

    def _look_anew(self) -> None:
        self._contests.clear()
        self.asking.emit()


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.2f}".replace("-", "−")


def _tr(text: str) -> str:
    return QCoreApplication.translate("LikenessPanel", text)
