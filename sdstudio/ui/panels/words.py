"""Words: what the text became, what its words do to each other, and where they are looked for."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sdstudio.engine.anatomy.tokens import Tokens
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.panels.panel import Panel
from sdstudio.ui.panels.paragraph import paragraph
from sdstudio.ui.panels.word_drops import WordDrops
from sdstudio.ui.panels.word_maps import WordMaps
from sdstudio.ui.panels.word_texts import Told, name_of
from sdstudio.ui.plots.figures import Figures
from sdstudio.ui.plots.matrix import Matrix


class WordsPanel(Panel):
    """Attention maps, dropped words, the influence of words on each other, and the tokens.

    Attributes:
        maps: Where the network looked.
        drops: The run without each of its words.
        text: Which of the texts the rest is about.
        matrix: How much hiding a token from the others changes each of them.
        tokens: The text as numbers.
    """

    key: ClassVar[str] = "words"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.maps = WordMaps()
        self.drops = WordDrops()
        self.text = Choice([("prompt", self.tr("Prompt"))], self.tr("Which text"))
        self.matrix = Matrix(self.tr("What hiding a word changes"), self.tr("hidden ↓ changed →"))
        self.order = paragraph("muted")
        self.later = paragraph("note")
        self.tokens = Figures(
            self.tr("Tokens"), (self.tr("Text"), self.tr("Piece"), self.tr("Id")), share=0.3
        )
        self.filled = paragraph("muted")
        self.rest = paragraph("note")
        parts = (
            self.maps,
            self.drops,
            paragraph("heading", self.tr("Which words change which, in the text encoder")),
            self.text,
            self.later,
            self.matrix,
            self.order,
            paragraph("heading", self.tr("What the text encoder reads")),
            self.tokens,
            self.filled,
            self.rest,
        )
        self.lay(*parts)
        self.maps.asking.connect(self.asking)
        self.text.chosen.connect(lambda _: self.asking.emit())

    @classmethod
    def explanation(cls) -> str:
        """What can be seen here and what it means."""
        return _tr(
            "The text encoder turns the prompt’s tokens into rows of numbers, each coloured by "
            "the words before it. In the layers that read them, every place of the picture "
            "shares its look among the tokens, 100 % in all. Most of it rests on the start mark, "
            "which says nothing; where a word gets more than elsewhere, its concept is being "
            "drawn. Whether a word matters is best seen without it."
        )

    def inquiries(self, sitting: Sitting) -> list[Inquiry]:
        """The tokens, where the network looked, and what the words do to each other."""
        told = self._told(sitting)
        found = list(told.inquiries)
        if (looked := self.maps.inquiry(sitting)) is not None:
            found.append(looked)
        return list(dict.fromkeys([*found, *self._of_text(sitting, told)]))

    def refresh(self, sitting: Sitting) -> None:
        """Show what is known of the playhead's step."""
        told = self._told(sitting)
        self._offer_texts(sitting, told)
        self.maps.refresh(sitting, told)
        self.drops.refresh(sitting)
        asked = self._of_text(sitting, told)
        tokens, neighbours = map(sitting.answers.value, asked)
        if tokens is not None:
            self._show_tokens(tokens)
        for part in (self.matrix, self.order):
            part.setVisible(neighbours is not None)
        self._tell_when(sitting, sitting.answers.get(asked[1]) is not None)
        if neighbours is not None:
            names = [name_of(token) for token in neighbours.tokens.tokens[1:]]
            alone = 1.0 - neighbours.alone[None]
            changed = np.concatenate([1.0 - neighbours.without, alone])
            rows = [*names[:-1], self.tr("all others")]
            self.matrix.show_values(rows, names, np.clip(changed, 0.0, None))
            self.order.setText(
                self.tr(
                    "1 minus the cosine of the embedding with and without: 0 is unchanged. "
                    "Words change only what comes after them; the end mark reads all."
                )
            )

    def _tell_when(self, sitting: Sitting, is_known: bool) -> None:
        """Say why what takes the network is not there yet."""
        self.later.setVisible(not is_known)
        if sitting.running:
            self.later.setText(
                self.tr("This takes the text encoder: it shows once the run is over.")
            )
        else:
            self.later.setText(self.tr("The words are being hidden in turn …"))

    def _offer_texts(self, sitting: Sitting, told: Told) -> None:
        texts = [("prompt", self.tr("Prompt"))]
        if len(told.prompts) > 1:
            texts.append(("second", self.tr("Second prompt")))
        if _negative(sitting):
            texts.append(("negative", self.tr("Negative prompt")))
        self.text.offer(texts)
        self.text.setVisible(len(texts) > 1)

    def _told(self, sitting: Sitting) -> Told:
        node, step = sitting.selected, sitting.playhead.step
        if node is None or step is None:
            raise ValueError("there is no step")
        return Told.at(node, step)

    def _of_text(self, sitting: Sitting, told: Told) -> list[Inquiry]:
        """Asks for the tokens of the chosen text and what they do to each other."""
        prompt, skip = told.prompts[0], told.clip_skip
        if self.text.currentData() == "negative":
            # The pipelines leave no layers out of the negative prompt.
            prompt, skip = _negative(sitting), 0
        elif self.text.currentData() == "second" and len(told.prompts) > 1:
            prompt = told.prompts[1]
        return [
            Inquiry.of("tokens", prompt=prompt),
            Inquiry.of("neighbours", prompt=prompt, clip_skip=skip),
        ]

    def _show_tokens(self, tokens: Tokens) -> None:
        rows = [(name_of(token), token.piece, str(token.id)) for token in tokens.tokens]
        self.tokens.show_rows(rows)
        text = self.tr("{used} of {capacity} places are used; {rest} are filled up with {id}.")
        self.filled.setText(
            text.format(
                used=len(tokens.tokens),
                capacity=tokens.capacity,
                rest=tokens.padding,
                id=tokens.padding_id,
            )
        )
        lost = self.tr("Not read, as there is no room: “{rest}”").format(rest=tokens.rest.strip())
        self.rest.setText(lost if tokens.rest else "")
        self.rest.setVisible(bool(tokens.rest))


def _negative(sitting: Sitting) -> str:
    node, step = sitting.selected, sitting.playhead.step
    return "" if node is None or step is None else node.request_at(step).negative_prompt


def _tr(text: str) -> str:
    return QCoreApplication.translate("WordsPanel", text)
