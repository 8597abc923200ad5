"""Asks the sampler for what the controls say: runs, branches, families, changes on the way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sdstudio.engine.anatomy.words import MOST_WORDS, without, words_of
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.request import STEERABLE, Edit, Request
from sdstudio.session.branching import Branch, BranchPoint, FreshNoise
from sdstudio.session.events import ModelFacts
from sdstudio.session.limits import problems_with
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.model_watch import ModelWatch
from sdstudio.session.parking import Parking
from sdstudio.session.steering import Effect, Going, effect_of
from sdstudio.session.word_batch import prompt_of


class Asking(Parking):
    """The part of a sitting that turns changes of the request into orders."""

    def __init__(
        self, mailbox: Mailbox, request: Request, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(mailbox, request, clock)
        self._models = ModelWatch(clock)
        self._recorded: tuple[Request, tuple[Edit, ...]] | None = None
        self._going = Going.RUN
        self._noise: FreshNoise | None = None

    @property
    def model(self) -> ModelWatch:
        """The model that answers, and the one on its way."""
        return self._models

    @property
    def facts(self) -> ModelFacts | None:
        """The model that answers, None before the first is ready."""
        return self._models.facts

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the present request from running on the present model."""
        return problems_with(self._request, self._models.facts)

    @property
    def recorded_edits(self) -> tuple[Edit, ...]:
        """Edits of a restored run that the next run makes again; none once a field changed."""
        if self._recorded is None or self._recorded[0] != self._request:
            return ()
        return self._recorded[1]

    def generate(self) -> int:
        """Start a run of the present request; the answer is its number.

        Raises:
            RequestError: The present model cannot honour it; nothing has changed.
        """
        self._begin_anew()
        number = self._submit(live=False)
        self._notify("run", "request")
        return number

    def explore_mix(self, stops: int) -> int:
        """Start a family of runs along the mix, from 0 to 1, as one batch.

        Args:
            stops: How many; 2 at least.

        Returns:
            The first one's number; the others follow it.

        Raises:
            RequestError: The present model cannot honour the request; nothing has changed.
        """
        self._begin_anew()
        stops = max(2, stops)
        family = [replace(self._request, mix=stop / (stops - 1)) for stop in range(stops)]
        number = self._mailbox.submit(family[0], family=family[1:])
        self._expect(number, live=False, rows=stops)
        self._going = Going.FAMILY
        self._notify("run", "request")
        return number

    def explore_words(self) -> int:
        """Start a family: the selected run again, and with each word of its prompt dropped.

        It is one batch with one seed; of a long prompt the first :data:`MOST_WORDS` are dropped.
        Without a selected run it is the present request.

        Returns:
            The first one's number, which drops nothing; the others follow it.

        Raises:
            RequestError: The present model cannot honour the request, or ``no_words``; nothing
                has changed.
        """
        node = self.selected
        request = self._request if node is None else node.request_now
        field = "prompt_b" if request.mix == 1.0 else "prompt"
        prompt = prompt_of(request)
        words = words_of(prompt)[:MOST_WORDS]
        problems = problems_with(request, self._models.facts) or (
            () if words else (Problem.of("no_words", field),)
        )
        if problems:
            raise RequestError(problems)
        self._history.end_gesture()
        self._point = None
        self._of_gesture = None
        shorter: list[dict[str, Any]] = [{field: without(prompt, word)} for word in words]
        family = [replace(request, **changes) for changes in shorter]
        number = self._mailbox.submit(request, family=family)
        self._expect(number, live=False, rows=1 + len(family))
        self._going = Going.FAMILY
        self._notify("run", "request")
        return number

    @property
    def records_attention(self) -> bool:
        """Whether runs tell where the network looks."""
        return self._mailbox.records_attention

    def record_attention(self, on: bool) -> None:
        """Have runs that begin from now on tell where the network looks, or no longer."""
        self._mailbox.record_attention(on)

    def stop(self) -> None:
        """End the going run at the network's next block, or drop a waiting one."""
        if not self.running:
            return
        waiting = self.waiting
        self._mailbox.stop()
        if waiting:
            self._runs.give_up()
            self._spare()
            self._settle()
            self._look("run", "request", "tree", "playhead")

    @property
    def can_inject_noise(self) -> bool:
        """Whether :meth:`inject_noise` would do something."""
        return self._steers or self._point_here() is not None

    def inject_noise(self, share: float, seed: int | None = None) -> Effect:
        """Replace a part of the noise: from the parked step in a branch, or in the going run.

        Args:
            share: How much of it, above 0 to 1.
            seed: What it is drawn from; None draws that too.
        """
        noise = FreshNoise(share, random.getrandbits(31) if seed is None else seed)
        self._history.end_gesture()
        self._of_gesture = None
        if self._steers:
            self._mailbox.steer(Edit(fresh_noise=noise.share, noise_seed=noise.seed))
            return Effect.STEERED
        point = self._point_here()
        if point is None:
            return Effect.UNCHANGED
        before, self._noise = self._noise, noise
        effect = self._branch(point, self._request, frozenset(), live=False)
        if effect is not Effect.BRANCHED:
            self._noise = before
        return effect

    @property
    def _steers(self) -> bool:
        """Whether the playhead goes with a run that can be steered."""
        return (
            self.running
            and not self.waiting
            and self._going in (Going.RUN, Going.BRANCH)
            and self._playhead.following
            and self._playhead.run == self._runs.submitted
        )

    def _begin_anew(self) -> None:
        if self.problems:
            raise RequestError(self.problems)
        self._history.end_gesture()
        self._point = None
        self._of_gesture = None

    def _meaning(self, changed: frozenset[str], *, may_branch: bool = False) -> Effect:
        return effect_of(
            changed,
            live=self._live and self._runs.submitted > 0,
            going=self._going if self.running else Going.NOTHING,
            waiting=self.waiting,
            parked=may_branch and self._point_here() is not None,
            same_gesture=may_branch and self._point is not None and self._of_gesture is not None,
        )

    def _apply(self, effect: Effect, before: Request, changed: frozenset[str]) -> Effect:
        self._untouched = False
        match effect:
            case Effect.RESTARTED:
                effect = self._restart() if not self.problems else Effect.CHANGED
            case Effect.BRANCHED:
                point = self._point or self._point_here()
                is_kept = point is not None and self._is_kept(point.owner)
                effect = Effect.CHANGED
                if point is not None and is_kept:
                    effect = self._branch(point, before, changed, live=True)
            case Effect.STEERED:
                fields = [name for name in STEERABLE if name in changed]
                self._mailbox.steer(Edit(**{n: getattr(self._request, n) for n in fields}))
        self._notify("request", "history")
        return effect

    def _branch(
        self, point: BranchPoint, before: Request, changed: frozenset[str], *, live: bool
    ) -> Effect:
        if point is self._point:
            # The controls have shown the branch since it began.
            changed = frozenset(STEERABLE)
        elif live:
            self._noise = None
        branch = point.branch(before, self._request, changed, self._noise)
        if self._is_refused(branch):
            return Effect.CHANGED if changed else Effect.UNCHANGED
        self._request, self._point = branch.controls, point
        number = self._mailbox.submit(
            branch.request, live=live, edits=branch.edits, parent=branch.parent
        )
        self._tree.expect(number, point.node.steps[: point.step])
        self._expect(number, live=live, instead_of=self._of_gesture)
        self._going = Going.BRANCH
        self._of_gesture = number
        self._notify("run")
        return Effect.BRANCHED

    def _is_refused(self, branch: Branch) -> bool:
        request = branch.request
        for edit in branch.edits:
            request = request.with_edit(edit)
        return bool(problems_with(request, self._models.facts))

    def _restart(self) -> Effect:
        self._submit(live=self._live)
        self._notify("run")
        return Effect.RESTARTED

    def _submit(self, *, live: bool) -> int:
        self._point = None
        number = self._mailbox.submit(self._request, live=live, edits=self.recorded_edits)
        self._expect(number, live=live, instead_of=self._of_gesture)
        self._going = Going.RUN
        self._of_gesture = number if live else None
        return number
