"""Ties the drawing page to the sitting: what is drawn is made, and what is made comes back."""

from __future__ import annotations

import math
from collections.abc import Callable
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt, QTimer

from sdstudio.engine.problems import RequestError
from sdstudio.session.drawing.chain import Chain
from sdstudio.session.drawing.drawing import Drawing
from sdstudio.session.drawing.enlarging import enlarged
from sdstudio.session.drawing.sketch import Sketch
from sdstudio.session.drawing.sketching import Sketching
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui.controls.background import Background
from sdstudio.ui.controls.section import Section
from sdstudio.ui.draw.growing import Growing
from sdstudio.ui.draw.mask_tools import MaskTools
from sdstudio.ui.draw.page import DrawPage
from sdstudio.ui.draw.result_show import ResultShow
from sdstudio.ui.draw.result_tools import ResultTools
from sdstudio.ui.draw.sketch_bar import SketchBar
from sdstudio.ui.wording import word_all


class SketchDesk(QObject):
    """Puts its controls onto a page and keeps them true.

    Args:
        sitting: Whose request starts from the drawing.
        page: Where the drawing is.

    Attributes:
        sketching: What follows the pen.
        bar: The line below the sheet.
        mask_tools: How the mask is used.
        result_tools: What can be done with a result.
        shown: What shows the result.
        growing: What grows the canvas.
    """

    def __init__(self, sitting: Sitting, page: DrawPage, parent: QObject | None = None) -> None:
        super().__init__(parent or page)
        self._sitting = sitting
        self._page = page
        self.sketching = Sketching(sitting, prepare=_Beside())
        self._chains: WeakKeyDictionary[Drawing, Chain] = WeakKeyDictionary()
        self.bar = SketchBar()
        self.mask_tools = MaskTools(self)
        self.result_tools = ResultTools()
        self.shown = ResultShow(sitting, page.pad)
        self.growing = Growing(sitting, page, self.sketching, self.shown)
        self._divided = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.sketching.tick)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh)
        self._lay_out()
        self._connect()
        self._ends = [sitting.observe(self._follow), self.sketching.observe(self._wind)]

    @property
    def chain(self) -> Chain:
        """The results that became the drawing; each frame has its own."""
        drawing = self.sketching.drawing
        if drawing is None:
            return Chain()
        return self._chains.setdefault(drawing, Chain(self._show_chain))

    def show(self, drawing: Drawing) -> None:
        """Tie another drawing, such as the next frame."""
        if drawing is not self.sketching.drawing:
            self.growing.stop()
            self.sketching.show(drawing)
            self._show_chain()
            self._soon.start()

    def enter(self) -> None:
        """The page is shown: the request starts from the drawing."""
        self.sketching.begin()
        self._soon.start()
        if not self._divided:
            self._divided = True
            self._page.split.setSizes([1 << 16, 1 << 16])

    def leave(self) -> None:
        """The page is left: the request's picture stays as it is."""
        self.growing.leave()
        self.sketching.end()
        self._timer.stop()

    def flush(self) -> None:
        """Have the request start from the drawing as it is now, as before a run."""
        self.sketching.flush()

    def close(self) -> None:
        """Let go of the sitting."""
        self.leave()
        for end in self._ends:
            end()
        self.growing.close()

    def _lay_out(self) -> None:
        page = self._page
        page.set_result(self.shown.view)
        page.add_below(self.bar)
        for option in self.mask_tools.parts:
            page.add_option(option)
        for title, part in (
            (self.tr("Result"), self.result_tools),
            (self.tr("Grow the canvas"), self.growing.tools),
        ):
            section = Section(title)
            section.column.addWidget(part)
            section.set_open(True)
            page.options_column.addWidget(section)

    def _connect(self) -> None:
        bar, page = self.bar, self._page
        page.pad.stroke_ended.connect(self._stroke_ended)
        page.hand.changed.connect(self._take_colour)
        bar.live_wanted.connect(self._sitting.set_live)
        bar.edited.connect(self._change)
        bar.way_wanted.connect(self.shown.set_way)
        bar.share_wanted.connect(self.shown.set_share)
        bar.noise_wanted.connect(self.shown.show_start)
        self.shown.way_changed.connect(bar.show_way)
        self.mask_tools.changed.connect(self._use_mask)
        self.result_tools.taken.connect(self.take_result)
        self.result_tools.enlarged.connect(self.enlarge)
        self.result_tools.place_wanted.connect(self.go_to)

    def take_result(self, as_paint: bool = False) -> None:
        """Put the result that is shown onto the drawing; the pen goes on from there."""
        result, drawing = self.shown.result, self.sketching.drawing
        if result is None or drawing is None:
            return
        picture, request = result
        self.chain.take(drawing, picture, request, self.sketching.use, as_paint=as_paint)
        self._settle()

    def go_to(self, place: int) -> None:
        """Show the drawing of another place of the chain, with what was asked for there."""
        drawing = self.sketching.drawing
        if drawing is None or place == self.chain.at:
            return
        self.sketching.flush()
        link = self.chain.go(drawing, place, self._sitting.request, self.sketching.use)
        self.sketching.set_mask_use(**vars(link.use))
        self._settle()
        if link.request is not None:
            live = self._sitting.live
            self._sitting.set_live(False)
            self._sitting.restore(link.request)
            self._sitting.set_live(live, at_once=False)

    def enlarge(self, strength: float) -> None:
        """Make the result again at twice the size."""
        result, facts = self.shown.result, self._sitting.facts
        if result is None or facts is None:
            return
        picture, request = result
        try:
            self._sitting.commission(enlarged(request, picture, facts, strength))
        except RequestError as error:
            self.result_tools.say(word_all(error.problems))
        else:
            self.result_tools.say("")

    def _settle(self) -> None:
        """The drawing was changed by no hand: nothing is made of it until one does."""
        self.sketching.flush()
        self._page.pad.fit()

    def _stroke_ended(self) -> None:
        if not self.growing.going:
            self.sketching.stroke_ended()

    def _change(self, field: str, value: object) -> None:
        try:
            self._sitting.change(**{field: value})
        except RequestError as error:
            self.bar.say(word_all(error.problems))
            self._soon.start()
        else:
            self.bar.say("")

    def _use_mask(self, field: str, value: object) -> None:
        self.sketching.set_mask_use(**{field: value})
        self._take_colour()
        self._soon.start()

    def _take_colour(self) -> None:
        """The fill follows the pen's colour, as long as it is used."""
        if self.sketching.use.fill == "colour":
            self.sketching.set_mask_use(colour=self._page.hand.rgb)

    def _show_chain(self) -> None:
        self.result_tools.show_chain(self.chain.prompts, self.chain.at)

    def _wind(self) -> None:
        """Tick when the sketching wants it."""
        due = None if self.growing.going else self.sketching.due
        if due is None:
            self._timer.stop()
        else:
            self._timer.start(math.ceil(1000 * due))
        if not self._soon.isActive():
            self._soon.start()

    def _follow(self, what: What) -> None:
        if self.sketching.on and what != "jobs" and not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        """Show how things stand, however much has happened since the last time."""
        if not self.sketching.on:
            return
        sitting, sketching = self._sitting, self.sketching
        self.bar.show_request(sitting.request, sitting.run)
        self.bar.show_live(sitting.live)
        run = sitting.run
        if sketching.busy and run is not None:
            self.bar.show_busy(0.0 if sitting.waiting else run.progress, waiting=sitting.waiting)
        else:
            self.bar.show_busy(None)
        self.mask_tools.show_use(sketching.use, sketching.covers)
        self.shown.refresh(sketching)
        self.result_tools.set_usable(self.shown.result is not None)
        self.growing.refresh()


class _Beside:
    """Makes sketches on another thread; of several under way only the newest is handed on."""

    def __init__(self) -> None:
        self._background = Background()
        self._done: Callable[[Sketch], None] = lambda sketch: None
        self._background.finished.connect(lambda sketch: self._done(sketch))

    def __call__(self, make: Callable[[], Sketch], done: Callable[[Sketch], None]) -> None:
        self._done = done
        self._background.start(make)
