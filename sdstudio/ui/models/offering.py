"""What was dropped on the window is looked at, and offered as what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

    def look_at(self, *paths: Path) -> None:
        """Tell from their heads what they are, then offer them."""
        places = [path.absolute() for path in paths]
        self._looking.start(lambda: [recognise(place) for place in places])

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        self._canvas.say(failing.reasons(problems), "error")

    def _offer(self, found: list[Found]) -> None:
        kinds, first = {each.kind for each in found}, found[0].path
        if len(found) > 1 and kinds not in ({"lora"}, {"inversion"}):
            text = self.tr(
                "Drop these one at a time: only LoRAs, or only textual inversions, are taken "
                "together."
            )
            self._canvas.say(text, "note")
            return
        match found[0].kind:
            case "model":
                self._offer_model(first)
            case "lora":
                self._offer_loras(found)
            case "inversion":
                self._offer_inversions([each.path for each in found])
            case "vae":
                self._offer_autoencoder(first)
            case "tiny":
                self._offer_tiny(first)

    def _offer_model(self, path: Path) -> None:
        text = self.tr("Load {name} as the model? The present one stays until it is ready.")
        self._ask(text, [path], self.tr("Load"), partial(self._load, str(path)))

    def _offer_loras(self, found: Sequence[Found]) -> None:
        facts, used = self._sitting.facts, dict(self._sitting.request.loras)
        for each in found:
            if facts is not None and not _may_fit(each.made_for, facts.family):
                self._refuse_lora(each)
                return
        new = [each.path for each in found if str(each.path) not in used]
        add = partial(self._add_loras, new)
        if len(new) > 1:
            text = self.tr(
                "{name} are LoRAs: they change the style or the subjects of a model. Add them to "
                "“{model}”?"
            )
            self._ask(text, new, self.tr("Add"), add)
        elif new:
            text = self.tr(
                "{name} is a LoRA: it changes the style or the subjects of a model. Add it to "
                "“{model}”?"
            )
            self._ask(text, new, self.tr("Add"), add)
        else:
            text = self.tr("In use already, with a slider under More: {name}.")
            self._canvas.say(text.format(name=_quoted(each.path for each in found)), "note")

    def _refuse_lora(self, found: Found) -> None:
        family = "" if found.made_for.isdigit() else found.made_for
        problem = Problem.of("lora_family", "loras", name=found.path.name, made_for=family)
        advice = self.tr("Load a model of that family first, then drop it again.")
        said = [wording.word(problem), *([advice] if found.made_for in _FAMILIES else [])]
        self._canvas.say(" ".join(said), "error")

    def _add_loras(self, paths: Sequence[Path]) -> None:
        loras = self._sitting.request.loras
        self._sitting.change(loras=(*loras, *((str(path), TRAINED) for path in paths)))
        text = self.tr("Added {name} as trained, with a slider under More")
        self._tell(text.format(name=_quoted(paths)))

    def _offer_inversions(self, paths: Sequence[Path]) -> None:
        if len(paths) > 1:
            text = self.tr(
                "{name} are textual inversions: they teach a model words. Add them to “{model}”? "
                "The model is loaded again to take them."
            )
        else:
            text = self.tr(
                "{name} is a textual inversion: it teaches a model a word. Add it to “{model}”? "
                "The model is loaded again to take it."
            )
        words = tuple(map(str, paths))
        self._ask_to_lay_over(
            text, paths, self.tr("Add"), lambda known: {"embeddings": (*known, *words)}
        )

    def _offer_autoencoder(self, path: Path) -> None:
        text = self.tr(
            "{name} is an autoencoder: it turns a model’s numbers into the picture. Use it in "
            "place of that of “{model}”? The model is loaded again to take it."
        )
        self._ask_to_lay_over(text, [path], self.tr("Use"), lambda _: {"vae": str(path)})

    def _offer_tiny(self, path: Path) -> None:
        text = self.tr(
            "{name} is a tiny autoencoder, for sharper pictures while “{model}” is at work. Use "
            "it for its previews? The model is loaded again to take it."
        )
        self._ask_to_lay_over(text, [path], self.tr("Use"), lambda _: {"tiny_vae": str(path)})

    def _ask_to_lay_over(
        self,
        text: str,
        paths: Sequence[Path],
        label: str,
        changes: Callable[[tuple[str, ...]], dict[str, Any]],
    ) -> None:
        def accept() -> None:
            facts = self._sitting.facts
            if facts is None or self._sitting.model.is_loading:
                # What is on its way would be given up for it.
                text = self.tr("A model is still being loaded: drop {name} again when it is.")
                self._canvas.say(text.format(name=_quoted(paths)), "note")
            else:
                self._lay_over(**changes(facts.additions.embeddings))

        self._ask(text, paths, label, accept)

    def _ask(
        self, text: str, paths: Sequence[Path], label: str, accept: Callable[[], None]
    ) -> None:
        facts = self._sitting.facts
        model = facts.name if facts is not None else self.tr("the model")
        said = text.format(name=_quoted(paths), model=model)
        self._canvas.say(said, "note", offer=Offer(label, accept))


def _quoted(paths: Iterable[Path]) -> str:
    return ", ".join(f"“{path.name}”" for path in paths)


def _may_fit(made_for: str, family: str) -> bool:
    """Whether a LoRA may fit a model, of which only the family is known here.

    The engine knows the model's widths and has the last word, when the LoRA is put on.
    """
    if not made_for or made_for == family:
        return True
    # Models and LoRAs of other widths are told by numbers that are not known here.
    return made_for.isdigit() and family not in _FAMILIES
