"""The three prompts and the mix between the first two."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.session.events import ModelFacts
from sdstudio.ui.controls.choice_row import Choice
from sdstudio.ui.controls.mix_row import MixRow
from sdstudio.ui.controls.note import Kind
from sdstudio.ui.controls.prompt_field import PromptField
from sdstudio.ui.controls.tool_button import IconButton


class Prompts(QWidget):
    """Prompt, mix, second prompt with blend and swap, negative prompt."""

    swapped = Signal()
    """The two prompts are to change places."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = PromptField(
            "prompt",
            self.tr("Prompt"),
            self.tr("What the picture should show; empty lets the model do as it likes."),
            self.tr("What should the picture show?"),
        )
        self.mix = MixRow()
        self.prompt_b = PromptField(
            "prompt_b",
            self.tr("Second prompt"),
            self.tr("What the mix slider leads to."),
            self.tr("Something to blend in"),
        )
        self.negative = PromptField(
            "negative_prompt",
            self.tr("Negative prompt"),
            self.tr(
                "What guidance pushes away from; it takes the place of no words at all and "
                "works only while guidance is on."
            ),
            self.tr("What should it not show?"),
            lines=(1, 3),
        )
        self.blend = Choice(
            (("linear", self.tr("linear")), ("spherical", self.tr("spherical"))),
            self.tr("Blend of the two prompts"),
        )
        self.blend.setToolTip(
            self.tr(
                "How the two meanings are interpolated: linear goes straight, spherical along "
                "the arc, which keeps their length."
            )
        )
        self.swap = IconButton("swap", self.tr("Swap the two prompts"))
        self.prompt_b.header.addWidget(self.blend)
        self.prompt_b.header.addWidget(self.swap)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.prompt, self.mix, self.prompt_b, self.negative):
            column.addWidget(part)
        in_reading_order = (self.mix.slider, self.blend, self.swap, self.prompt_b.edit)
        for first, second in pairwise(in_reading_order):
            QWidget.setTabOrder(first, second)
        self.swap.clicked.connect(self.swapped)

    @property
    def fields(self) -> tuple[PromptField, ...]:
        """The prompts in reading order."""
        return self.prompt, self.prompt_b, self.negative

    def commit(self) -> None:
        """Hand on at once what was typed."""
        for field in self.fields:
            field.edit.commit()

    def set_facts(self, facts: ModelFacts | None) -> None:
        """Take what the model reads."""
        for field in self.fields:
            field.set_facts(facts)

    def show_notes(self, notes: Iterable[Problem]) -> None:
        """Show a run's notes at the prompts they concern."""
        notes = tuple(notes)
        for field in self.fields:
            field.show_notes(notes)

    def explain(self, request: Request) -> None:
        """Name the mix's ends, and say which prompt is not used as things stand."""
        self.mix.set_prompts(request.prompt, request.prompt_b)
        unused = {
            self.prompt: (request.mix == 1.0, self.tr("not used while the mix is 100 %")),
            self.prompt_b: (request.mix == 0.0, self.tr("not used while the mix is 0 %")),
            self.negative: (
                not request.uses_guidance and bool(request.negative_prompt),
                self.tr("not used while guidance is off"),
            ),
        }
        for field, (is_unused, text) in unused.items():
            field.note.set_note("unused", Kind.CAPTION, text if is_unused else "")
