"""The timeline panel: controls, filmstrip and playing, bound to the sitting."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdstudio.engine.problems import StudioError
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting, What
from sdstudio.ui import theme
from sdstudio.ui.timeline.actions import TimelineActions, explain
from sdstudio.ui.timeline.film import Film
from sdstudio.ui.timeline.player import Player
from sdstudio.ui.timeline.rows import brought_up, film_of
from sdstudio.ui.timeline.strip import ZOOM_STEP, Strip
from sdstudio.ui.timeline.transport import Transport

REPAINT_MS = 16
"""No more often than this is the strip brought up to date, however many steps arrive."""

FOLLOW_MS = 150
"""The same while a run goes on and nobody has gone back: painting takes time of its steps."""

_TOPICS = {"tree", "playhead", "pictures", "run", "request", "model"}


class Timeline(QWidget):
    """Shows the selected run with its branches, step by step; moves the sitting's playhead.

    Attributes:
        actions_: What it can be told to do.
        header: Its controls, above the strip; a dock may take them into its title line.
        strip: The rows of frames.

    Signals:
        refused: What was asked for is not possible: a tuple of problems.
    """

    refused = Signal(tuple)

    def __init__(self, sitting: Sitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self.actions_ = TimelineActions(self)
        self.header = Transport(self.actions_)
        self.strip = Strip(sitting.pictures.thumbnail)
        self._player = Player(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.header)
        layout.addWidget(self.strip, 1)
        self._layout = layout
        self._changed: set[What] = {"tree"}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self._connect()
        self._stop_observing = sitting.observe(self._follow)
        self.destroyed.connect(self._stop_observing)
        theme.current().changed.connect(self._scale)
        self._scale()
        self.refresh()

    @property
    def playing(self) -> bool:
        """Whether the steps are being played."""
        return self._player.playing

    def save(self, settings: QSettings) -> None:
        """Remember the speed."""
        settings.setValue("timeline/speed", self._player.speed)

    def restore(self, settings: QSettings) -> None:
        """Take the remembered speed."""
        speed = str(settings.value("timeline/speed", ""))
        if speed.isdecimal():
            self.header.show_speed(int(speed))

    def refresh(self) -> None:
        """Show the sitting as it now stands."""
        self._timer.stop()
        changed, self._changed = self._changed, set()
        sitting = self._sitting
        playhead, node = sitting.playhead, sitting.selected
        step = playhead.step if playhead.step is not None else 0
        has_step = node is not None and node.last is not None and playhead.step is not None
        self.strip.show_film(
            self._film(changed),
            node.number if node is not None and has_step else None,
            step,
            self._aspect(node),
        )
        if "pictures" in changed:
            self.strip.refresh_pictures()
        self.strip.show_hint(self._hint(node))
        self.header.show_view(playhead.view)
        self.actions_.view_actions[playhead.view].setChecked(True)
        if self._player.playing and node is not None and node.last is not None:
            self._player.stretch(node.last)
        self._enable(node)

    def _connect(self) -> None:
        actions, player = self.actions_, self._player
        actions.first.triggered.connect(lambda: self._go(0))
        actions.previous.triggered.connect(lambda: self._go_by(-1))
        actions.next.triggered.connect(lambda: self._go_by(1))
        actions.last.triggered.connect(self._go_to_last)
        actions.play.triggered.connect(self.play_or_pause)
        actions.fresh_noise.triggered.connect(self._inject_noise)
        actions.explore_mix.triggered.connect(self._explore_mix)
        actions.zoom_in.triggered.connect(lambda: self.strip.zoom(ZOOM_STEP**3))
        actions.fit.triggered.connect(self.strip.fit)
        actions.views.triggered.connect(lambda action: self._sitting.set_view(action.data()))
        self.header.view_chosen.connect(self._sitting.set_view)
        self.header.show_speed(player.speed)
        self.header.speed_chosen.connect(player.set_speed)
        self.strip.wanted.connect(self._park)
        self.strip.play_wanted.connect(self.play_or_pause)
        self.strip.looked.connect(self._tell_visible)
        player.reached.connect(self._play_on)
        player.changed.connect(actions.show_playing)

    def play_or_pause(self) -> None:
        """Play from the playhead on, from the first step when it stands at the last."""
        node, playhead = self._sitting.selected, self._sitting.playhead
        if self._player.playing:
            self._player.stop()
        elif node is not None and node.last is not None and playhead.step is not None:
            self._player.play(playhead.step, node.last)

    def _park(self, run: int, index: int) -> None:
        """Go to a step that the person chose."""
        self._player.stop()
        self._sitting.park(run, index)

    def _play_on(self, index: int) -> None:
        run = self._sitting.playhead.run
        if run is not None:
            self._sitting.park(run, index)

    def _go(self, index: int) -> None:
        node = self._sitting.selected
        if node is not None and node.last is not None:
            self._park(node.number, min(max(0, index), node.last))

    def _go_by(self, steps: int) -> None:
        step = self._sitting.playhead.step
        if step is not None:
            self._go(step + steps)

    def _go_to_last(self) -> None:
        node = self._sitting.selected
        if node is not None and node.last is not None:
            self._go(node.last)

    def _inject_noise(self) -> None:
        self._try(lambda: self._sitting.inject_noise(self.header.noise.amount))

    def _explore_mix(self) -> None:
        self._try(lambda: self._sitting.explore_mix(int(self.header.mix.amount)))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except StudioError as error:
            self.refused.emit(tuple(error.problems))

    def _follow(self, what: What) -> None:
        if what not in _TOPICS:
            return
        self._changed.add(what)
        following = self._sitting.running and self._sitting.playhead.following
        if what == "playhead" and not following:
            # A moved playhead shows at once; what only arrives is gathered.
            self._timer.start(0)
        elif not self._timer.isActive():
            self._timer.start(FOLLOW_MS if following else REPAINT_MS)

    def _enable(self, node: RunNode | None) -> None:
        actions, sitting = self.actions_, self._sitting
        playhead = sitting.playhead
        has_steps = node is not None and node.last is not None and playhead.step is not None
        step = playhead.step or 0
        last = node.last if node is not None and node.last is not None else 0
        for action in (actions.first, actions.previous):
            action.setEnabled(has_steps and step > 0)
        for action in (actions.next, actions.last):
            action.setEnabled(has_steps and step < last)
        actions.play.setEnabled(has_steps and last > 0)
        can = sitting.facts is not None and sitting.can_inject_noise
        actions.fresh_noise.setEnabled(can)
        explain(
            actions.fresh_noise,
            self.tr("Replace a part of this step’s noise by fresh noise, and go on from there")
            if can
            else self.tr("Go back to a step first: fresh noise makes a branch from there"),
        )
        request = sitting.request
        mixes = bool(request.prompt_b.strip()) and request.prompt_b != request.prompt
        can = mixes and sitting.facts is not None and not sitting.problems
        actions.explore_mix.setEnabled(can)
        explain(
            actions.explore_mix,
            self.tr("Make pictures from the first prompt to the second, in one batch")
            if can
            else self.tr("Give a second prompt to mix with the first"),
        )

    def _film(self, changed: set[What]) -> Film:
        """The rows as they now stand; only what may have changed is made again."""
        run, film, tree = self._sitting.playhead.run, self.strip.film, self._sitting.tree
        if changed & {"tree", "model"} or film.row_of(run) is None:
            return film_of(tree, run)
        return brought_up(film, tree) if "run" in changed else film

    def _hint(self, node: RunNode | None) -> str:
        """What can be done at the playhead; nothing once a branch shows how it is done."""
        if node is None or node.running or len(self.strip.film.rows) > 1:
            return ""
        place = self._sitting.branch_point
        if place is None:
            return self.tr("Go back to a step and change something: a branch grows from there.")
        text = self.tr("Change the prompt, the mix or the guidance: a branch grows at step {step}.")
        return text.format(step=place.index + 1)

    def _aspect(self, node: RunNode | None) -> float:
        """Width of the run's picture by its height."""
        if node is None:
            return 1.0
        facts = self._sitting.facts
        native = facts.native_size if facts is not None else (1, 1)
        width = node.request.width or native[0]
        height = node.request.height or native[1]
        return min(2.5, max(0.4, width / height))

    def _tell_visible(self) -> None:
        self._sitting.set_visible(self.strip.looked_at)

    def _scale(self) -> None:
        px = theme.current().px
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(px(4))
        self.header.setContentsMargins(px(8), px(4), px(8), 0)
