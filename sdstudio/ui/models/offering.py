"""What was dropped on the window is looked at, and offered as what it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from sdstudio.engine.formats.recognition import WIDTHS, Found, recognise
from sdstudio.engine.problems import Problem
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.canvas.banner import Offer
from sdstudio.ui.controls.background import Background
from sdstudio.ui.controls.lora_row import TRAINED
from sdstudio.ui.models import failing

_FAMILIES = frozenset(WIDTHS.values())


class Offering(QObject):
    """Offers models, LoRAs, textual inversions and autoencoders, and says why not others.

    Args:
        sitting: Knows the model in use; takes LoRAs.
        canvas: Where it is offered.
        load: Loads a source as the model.
        lay_over: Loads the model in use again, with other additions, by name.
        tell: Called with a short text of success.
        parent: The window's side of models.
    """

    def __init__(
        self,
        sitting: Sitting,
        canvas: Canvas,
        load: Callable[[str], None],
        lay_over: Callable[..., None],
        tell: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._canvas = canvas
        self._load = load
        self._lay_over = lay_over
        self._tell = tell
        # Files may lie on a slow disk, and a head may be large.
        self._looking = Background()
        self._looking.finished.connect(self._offer)
        self._looking.failed.connect(self._refuse)

    def look_at(self, path: Path) -> None:
        """Tell from its head what it is, then offer it."""
        place = path.absolute()
        self._looking.start(lambda: recognise(place))

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        self._canvas.say(failing.reasons(problems), "error")

    def _offer(self, found: Found) -> None:
        match found.kind:
            case "model":
                self._offer_model(found.path)
            case "lora":
                self._offer_lora(found)
            case "inversion":
                self._offer_inversion(found.path)
            case "vae":
                self._offer_autoencoder(found.path)
            case "tiny":
                self._offer_tiny(found.path)

    def _offer_model(self, path: Path) -> None:
        text = self.tr("Load “{name}” as the model? The present one stays until it is ready.")
        self._ask(text, path, self.tr("Load"), partial(self._load, str(path)))

    def _offer_lora(self, found: Found) -> None:
        path, facts = found.path, self._sitting.facts
        if facts is not None and not _may_fit(found.made_for, facts.family):
            family = "" if found.made_for.isdigit() else found.made_for
            problem = Problem.of("lora_family", "loras", name=path.name, made_for=family)
            advice = self.tr("Load a model of that family first, then drop it again.")
            said = [wording.word(problem), *([advice] if found.made_for in _FAMILIES else [])]
            self._canvas.say(" ".join(said), "error")
        elif str(path) in dict(self._sitting.request.loras):
            text = self.tr("The LoRA “{name}” is in use already; its slider is under More.")
            self._canvas.say(text.format(name=path.stem), "note")
        else:
            text = self.tr(
                "“{name}” is a LoRA: it changes the style or the subjects of a model. Add it to "
                "“{model}”?"
            )
            self._ask(text, path, self.tr("Add"), partial(self._add_lora, path))

    def _add_lora(self, path: Path) -> None:
        loras = self._sitting.request.loras
        self._sitting.change(loras=(*loras, (str(path), TRAINED)))
        text = self.tr("Added “{name}” as trained; its slider is under More")
        self._tell(text.format(name=path.stem))

    def _offer_inversion(self, path: Path) -> None:
        text = self.tr(
            "“{name}” is a textual inversion: it teaches a model a word. Add it to “{model}”? "
            "The model is loaded again to take it."
        )
        self._ask_to_lay_over(
            text, path, self.tr("Add"), lambda known: {"embeddings": (*known, str(path))}
        )

    def _offer_autoencoder(self, path: Path) -> None:
        text = self.tr(
            "“{name}” is an autoencoder: it turns a model’s numbers into the picture. Use it in "
            "place of that of “{model}”? The model is loaded again to take it."
        )
        self._ask_to_lay_over(text, path, self.tr("Use"), lambda _: {"vae": str(path)})

    def _offer_tiny(self, path: Path) -> None:
        text = self.tr(
            "“{name}” is a tiny autoencoder, for sharper pictures while “{model}” is at work. Use "
            "it for its previews? The model is loaded again to take it."
        )
        self._ask_to_lay_over(text, path, self.tr("Use"), lambda _: {"tiny_vae": str(path)})

    def _ask_to_lay_over(
        self,
        text: str,
        path: Path,
        label: str,
        changes: Callable[[tuple[str, ...]], dict[str, Any]],
    ) -> None:
        def accept() -> None:
            facts = self._sitting.facts
            if facts is None or self._sitting.model.is_loading:
                # What is on its way would be given up for it.
                text = self.tr("A model is still being loaded: drop “{name}” again when it is.")
                self._canvas.say(text.format(name=path.name), "note")
            else:
                self._lay_over(**changes(facts.additions.embeddings))

        self._ask(text, path, label, accept)

    def _ask(self, text: str, path: Path, label: str, accept: Callable[[], None]) -> None:
        facts = self._sitting.facts
        model = facts.name if facts is not None else self.tr("the model")
        said = text.format(name=path.name, model=model)
        self._canvas.say(said, "note", offer=Offer(label, accept))


def _may_fit(made_for: str, family: str) -> bool:
    """Whether a LoRA may fit a model, of which only the family is known here.

    The engine knows the model's widths and has the last word, when the LoRA is put on.
    """
    if not made_for or made_for == family:
        return True
    # Models and LoRAs of other widths are told by numbers that are not known here.
    return made_for.isdigit() and family not in _FAMILIES
