"""The left-hand panel: everything of the request, as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from sdstudio.engine.problems import Problem
from sdstudio.engine.request import Request
from sdstudio.engine.schedulers import FEW_STEP, NAMES
from sdstudio.session.events import ModelFacts
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.controls import captions
from sdstudio.ui.controls.binding import Bindings, Property
from sdstudio.ui.controls.choice_row import ChoiceRow
from sdstudio.ui.controls.image_well import ImageWell
from sdstudio.ui.controls.loras import LoraList
from sdstudio.ui.controls.note import Kind, NoteLine
from sdstudio.ui.controls.prompts import Prompts
from sdstudio.ui.controls.section import Section
from sdstudio.ui.controls.seed_row import SeedRow, random_seed
from sdstudio.ui.controls.size_row import SizeRow
from sdstudio.ui.controls.sliders import slider_row, specs
from sdstudio.ui.wording import label

WIDTH = 320
"""Width in pixels that the panel would like, before scaling."""

_FOLDED = ("guidance_rescale", "eta", "clip_skip", "loras")
_WHOLE = ("steps", "seed", "clip_skip", "width", "height")
_MODEL_SAYS = ("steps", "guidance_scale", "scheduler")


class ControlsPanel(QScrollArea):
    """All controls of the request, bound to a sitting both ways.

    The window calls :meth:`before_generate` before it lets the sitting generate, and gives
    :meth:`show_problems` what a refused run complains about.
    """

    def __init__(self, sitting: Sitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._run_seen: int | None = None
        self._facts_of_run: ModelFacts | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Controls"))

        self._body = QWidget()
        self.prompts = Prompts()
        self.sliders = {name: slider_row(name, spec) for name, spec in specs().items()}
        self.seed = SeedRow()
        self.scheduler = ChoiceRow(label("scheduler"), self._schedulers(), self._about_schedulers())
        self.size_row = SizeRow()
        self.image = ImageWell()
        self.loras = LoraList()
        self.more = Section(self.tr("More"))
        self._lay_out()

        self.bindings = Bindings(sitting, self)
        self._bind()
        self._stop_observing = sitting.observe(self._follow)
        self.destroyed.connect(self._stop_observing)
        self.take_facts()
        self._follow("request")

    def before_generate(self) -> None:
        """Make the request ready: take what was just typed, and a fresh seed if unlocked.

        A seed that no run has used yet stays, so that a restored or chosen one is honoured.
        """
        self.commit()
        run = self._sitting.run
        used = run is not None and run.request.seed == self._sitting.request.seed
        # A steered run that is to be made again keeps its seed even if it has just been made.
        again = bool(self._sitting.recorded_edits)
        if used and not self.seed.locked and not again:
            self.bindings.change(seed=random_seed())

    def commit(self) -> None:
        """Hand on at once what was typed."""
        self.prompts.commit()

    def show_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Word problems at their fields; the answer is those without a field here."""
        return self.bindings.show_problems(problems)

    def focus_prompt(self) -> None:
        """Put the cursor into the prompt."""
        self.prompts.prompt.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def save(self, settings: QSettings) -> None:
        """Remember the lock and what is unfolded."""
        settings.setValue("controls/seed_locked", self.seed.locked)
        settings.setValue("controls/more_open", self.more.is_open)

    def restore(self, settings: QSettings) -> None:
        """Take back what :meth:`save` remembered."""
        self.seed.lock.setChecked(settings.value("controls/seed_locked", False, bool) is True)
        self.more.set_open(settings.value("controls/more_open", False, bool) is True)

    def default_of(self, field: str) -> Any:
        """What a double click puts a field back to: the model's advice, else the request's."""
        facts = self._sitting.facts
        if facts is not None and field in _MODEL_SAYS:
            return getattr(facts, field)
        return getattr(Request(), field)

    def sizeHint(self) -> QSize:
        """The width the panel would like, at the text size that is set."""
        return QSize(max(theme.current().px(WIDTH), self.minimumSizeHint().width()), 640)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its widest control allows: nothing is ever cut off sideways."""
        return QSize(
            self._body.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width(), 200
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the least width of the contents."""
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self.setMinimumWidth(self.minimumSizeHint().width())
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        body = self._body
        body.setProperty("kind", "body")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 6, 16)
        column.setSpacing(4)
        parts: tuple[QWidget, ...] = (
            self.prompts,
            self.sliders["guidance_scale"],
            self.sliders["steps"],
            self.seed,
            self.scheduler,
            self.size_row,
            self.image,
            self.sliders["strength"],
            self.more,
        )
        for part in parts:
            column.addWidget(part)
        column.addStretch()
        for name in ("guidance_rescale", "eta", "clip_skip"):
            self.more.column.addWidget(self.sliders[name])
        self.more.column.addWidget(self.loras)
        body.installEventFilter(self)
        self.setWidget(body)

    def _bind(self) -> None:
        """Every field of the request that has a control, and where it is shown."""
        prompts, size = self.prompts, self.size_row
        shown: dict[str, tuple[Callable[[Any], None], NoteLine]] = {
            "prompt": (prompts.prompt.show_value, prompts.prompt.note),
            "mix": (prompts.mix.show_value, prompts.mix.note),
            "prompt_b": (prompts.prompt_b.show_value, prompts.prompt_b.note),
            "blend": (prompts.blend.show_value, prompts.mix.note),
            "negative_prompt": (prompts.negative.show_value, prompts.negative.note),
            "seed": (self.seed.show_value, self.seed.note),
            "scheduler": (self.scheduler.show_value, self.scheduler.note),
            "width": (size.show_width, size.note),
            "height": (size.show_height, size.note),
            "image": (self.image.show_value, self.image.note),
            "loras": (self.loras.show_value, self.loras.note),
        }
        shown |= {name: (row.show_value, row.note) for name, row in self.sliders.items()}
        for field, (show, note) in shown.items():
            reveal = partial(self._reveal_more, note) if field in _FOLDED else None
            self.bindings.add(Property(field, show, note, reveal))

        change, refuse = self.bindings.change, self._refuse
        for field, edited in {
            "prompt": prompts.prompt.edited,
            "mix": prompts.mix.edited,
            "prompt_b": prompts.prompt_b.edited,
            "blend": prompts.blend.chosen,
            "negative_prompt": prompts.negative.edited,
            "seed": self.seed.edited,
            "scheduler": self.scheduler.edited,
            "width": size.width_edited,
            "height": size.height_edited,
            "image": self.image.edited,
            "loras": self.loras.edited,
            **{name: row.edited for name, row in self.sliders.items()},
        }.items():
            edited.connect(lambda value, field=field: change(**{field: value}))
        for field, refused in {
            "mix": prompts.mix.refused,
            "seed": self.seed.refused,
            "loras": self.loras.refused,
            **{name: row.refused for name, row in self.sliders.items()},
        }.items():
            refused.connect(lambda text, field=field: refuse(field, text))
        size.refused.connect(refuse)
        for field, reset in {
            "mix": prompts.mix.reset,
            "scheduler": self.scheduler.reset,
            **{name: row.reset for name, row in self.sliders.items()},
        }.items():
            reset.connect(lambda field=field: change(**{field: self.default_of(field)}))
        prompts.swapped.connect(self._swap_prompts)
        size.both_edited.connect(lambda width, height: change(width=width, height=height))

    def _swap_prompts(self) -> None:
        self.commit()
        request = self._sitting.request
        self.bindings.change(prompt=request.prompt_b, prompt_b=request.prompt)

    def _refuse(self, field: str, text: str) -> None:
        if field in _WHOLE:
            self.bindings.refuse(Problem.of("not_a_whole_number", field, value=text))
        else:
            self.bindings.refuse(Problem.of("not_a_number", field, value=text))

    def _reveal_more(self, note: QWidget) -> None:
        self.more.set_open(True)
        # Once the layout has made room for it.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(note))

    def _follow(self, what: str) -> None:
        if what == "model":
            self.take_facts()
        if what in ("request", "model"):
            self.bindings.refresh()
            self._explain()
        elif what == "run":
            self._follow_run()

    def _follow_run(self) -> None:
        """Called for every step: what does not change with it costs nothing here."""
        self.bindings.refresh_marks()
        run = self._sitting.run
        if run is not None and run.number != self._run_seen:
            self._run_seen, self._facts_of_run = run.number, self._sitting.facts
            self._explain()
            self.prompts.show_notes(run.notes)

    def take_facts(self) -> None:
        """Take what the model in use reads, makes and advises."""
        facts = self._sitting.facts
        self.prompts.set_facts(facts)
        self.size_row.set_facts(facts)

    def _explain(self) -> None:
        """Say below the controls what the present request comes to."""
        request, run = self._sitting.request, self._sitting.run
        if self._facts_of_run is not self._sitting.facts:
            run = None  # it told the noise level of another model
        self.prompts.explain(request)
        strength = self.sliders["strength"]
        strength.set_usable(request.image is not None)
        for name, note, text in (
            ("strength", strength.note, captions.strength(request, run)),
            ("guidance_scale", self.sliders["guidance_scale"].note, captions.guidance(request)),
            ("scheduler", self.scheduler.note, captions.scheduler(request)),
            ("eta", self.sliders["eta"].note, captions.eta(request)),
        ):
            note.set_note(name, Kind.CAPTION, text)
        self.bindings.show_standing(self._sitting.problems)
        changed = [name for name in _FOLDED if getattr(request, name) != self.default_of(name)]
        self.more.set_changed(len(changed))

    def _schedulers(self) -> list[tuple[str, str]]:
        few = self.tr("{name} (for few-step weights)")
        return [(name, few.format(name=name) if name in FEW_STEP else name) for name in NAMES]

    def _about_schedulers(self) -> str:
        return self.tr(
            "The rule by which each step's noise estimate becomes the next picture: they differ "
            "in how few steps they need and in whether they add fresh noise on the way."
        )
