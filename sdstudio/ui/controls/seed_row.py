"""The seed, a dice for another one, and a lock that keeps it."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from sdstudio.engine.request import MAX_SEED
from sdstudio.ui.controls.note import NoteLine
from sdstudio.ui.controls.number_box import NumberBox
from sdstudio.ui.controls.tool_button import IconButton
from sdstudio.ui.icons import icon

MOST_DRAWN = 2**32 - 1
"""Greatest seed the dice gives: one that other programs take too, and a person can copy."""


def random_seed() -> int:
    """A seed nobody chose, 0 to :data:`MOST_DRAWN`."""
    return secrets.randbelow(MOST_DRAWN + 1)


class SeedRow(QWidget):
    """Seed box, dice and lock; unlocked, each Generate takes a fresh seed."""

    edited = Signal(object)
    """The seed a person typed or rolled."""

    refused = Signal(str)
    """Text typed into the box that is no number."""

    lock_changed = Signal(bool)
    """Whether the seed is kept from one Generate to the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explanation = self.tr(
            "The number the starting noise grows from: the same seed and settings give the "
            "same picture, another seed another one. 0 to {most}."
        ).format(most=MAX_SEED)
        self.label = QLabel(self.tr("Seed"))
        self.label.setProperty("kind", "muted")
        self.box = NumberBox(0, MAX_SEED, digits=10, stretches=True)
        self.box.setAccessibleName(self.tr("Seed"))
        self.label.setBuddy(self.box)
        self.label.setToolTip(explanation)
        self.box.setToolTip(explanation)
        self.dice = IconButton("dice", self.tr("Another seed at random"))
        self.lock = IconButton("unlock", "")
        self.lock.setCheckable(True)
        self.note = NoteLine()

        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addWidget(self.label, 0, 0, 1, 3)
        grid.addWidget(self.box, 1, 0)
        grid.addWidget(self.dice, 1, 1)
        grid.addWidget(self.lock, 1, 2)
        grid.addWidget(self.note, 2, 0, 1, 3)
        grid.setColumnStretch(0, 1)

        self.box.edited.connect(self.edited)
        self.box.refused.connect(self.refused)
        self.dice.clicked.connect(lambda: self.edited.emit(random_seed()))
        self.lock.toggled.connect(self._show_lock)
        self.lock.toggled.connect(self.lock_changed)
        self._show_lock(False)

    @property
    def locked(self) -> bool:
        """Whether the seed is kept from one Generate to the next."""
        return self.lock.isChecked()

    def show_value(self, seed: int) -> None:
        """Show a seed without telling anybody."""
        self.box.set_number(seed)

    def _show_lock(self, locked: bool) -> None:
        self.lock.setIcon(icon("lock" if locked else "unlock"))
        self.lock.setAccessibleName(self.tr("Keep the seed"))
        self.lock.setToolTip(
            self.tr("Locked: every Generate takes this seed.")
            if locked
            else self.tr("Unlocked: every Generate takes a fresh seed once this one was used.")
        )
