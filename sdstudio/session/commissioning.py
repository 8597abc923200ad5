"""Runs that are asked for beside the controls, and fields that something else decides."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sdstudio.engine.problems import RequestError
from sdstudio.engine.request import Request
from sdstudio.session.asking import Asking
from sdstudio.session.limits import problems_with
from sdstudio.session.mailbox import Mailbox
from sdstudio.session.run_node import RunNode
from sdstudio.session.steering import Going


class Commissioning(Asking):
    """The part of a sitting that a drawing asks: it holds the picture, and has it tried out."""

    def __init__(
        self, mailbox: Mailbox, request: Request, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(mailbox, request, clock)
        self._held: dict[str, Any] = {}
        self._beside = 0
        self._passing: int | None = None

    @property
    def newest(self) -> int:
        """Number of the run asked for last, 0 before the first."""
        return self._runs.submitted

    def hold(self, **fields: Any) -> None:
        """Set fields of the request that something else than the controls decides.

        They stay as they are through undo, selected and restored runs, until ``release`` or
        until ``change`` names them. No step of undo comes of it, and no run.
        """
        self._held |= fields
        request = self._with_held(self._request)
        if request != self._request:
            self._request = request
            self._notify("request")

    def release(self) -> None:
        """Leave the held fields, as they stand, to the controls again."""
        self._held = {}

    def commission(self, request: Request, *, live: bool = False, passing: bool = False) -> int:
        """Start a run of a request that the controls do not show; the answer is its number.

        Args:
            request: What to make.
            live: Nobody misses it once it is superseded.
            passing: Nor when it is finished, once another run has begun.

        Raises:
            RequestError: The present model cannot honour it; nothing has changed.
        """
        problems = problems_with(request, self._models.facts)
        if problems:
            raise RequestError(problems)
        self._history.end_gesture()
        self._point = None
        self._of_gesture = None
        number = self._mailbox.submit(request, live=live)
        self._expect(number, live=live)
        self._going = Going.BESIDE
        self._beside = number
        self._passing = number if passing else None
        self._notify("run")
        return number

    def _expect(
        self, number: int, *, live: bool, instead_of: int | None = None, rows: int = 1
    ) -> None:
        super()._expect(number, live=live, instead_of=instead_of, rows=rows)
        if self._passing is not None:
            self._leaving[self._passing] = True
            self._passing = None

    def _with_held(self, request: Request) -> Request:
        return replace(request, **self._held) if self._held else request

    def _let_go(self, names: frozenset[str]) -> None:
        """The controls decide these fields again."""
        self._held = {name: value for name, value in self._held.items() if name not in names}

    def _settings_of(self, node: RunNode) -> Request:
        return self._with_held(super()._settings_of(node))
