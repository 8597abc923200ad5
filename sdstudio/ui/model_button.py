"""Which model is loaded, and what can be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget, QWidgetAction

from sdstudio.session.events import ModelFacts
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.actions import Actions


class ModelButton(QPushButton):
    """Shows the model's name and size; its menu says more, reloads it, sets its precision."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(self.tr("The model that makes the pictures"))
        self._menu = QMenu(self)
        self._about = QLabel()
        self._about.setProperty("kind", "muted")
        about = QWidgetAction(self)
        about.setDefaultWidget(self._about)
        self._menu.addAction(about)
        self._menu.addSeparator()
        self._menu.addAction(actions.exact)
        self._menu.addAction(actions.optimise)
        self._menu.addSeparator()
        self._menu.addAction(actions.reload)
        self.setMenu(self._menu)
        theme.current().changed.connect(self._resize)
        self._resize()

    def refresh(self, sitting: Sitting) -> None:
        """Show the sitting's model."""
        facts = sitting.facts
        if sitting.model.loading is not None and sitting.model.loading.stage != "optimising":
            text = self.tr("Loading …")
        elif facts is None:
            text = self.tr("No model")
        else:
            text = f"{facts.name}   {amount(facts.parameters)}"
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(self.tr("Model: {name}").format(name=text))
        self._about.setText(self._description(facts) if facts is not None else text)

    def _description(self, facts: ModelFacts) -> str:
        width, height = facts.native_size
        lines = [
            self.tr("{family}, {amount} parameters").format(
                family=facts.family, amount=amount(facts.parameters)
            ),
            self.tr("trained on {width} × {height} pixels").format(width=width, height=height),
            self.tr("weights {hash}").format(hash=facts.hash),
        ]
        return "\n".join(lines)

    def _resize(self) -> None:
        px = theme.current().px
        self.setMinimumWidth(px(168))
        self._about.setContentsMargins(px(12), px(6), px(12), px(6))


def amount(number: int) -> str:
    """A number of parameters for people: "24 M", "2.6 B"."""
    if number >= 1_000_000_000:
        return f"{number / 1e9:.1f} B"
    if number >= 1_000_000:
        return f"{number / 1e6:.0f} M"
    return f"{number / 1e3:.0f} k"
