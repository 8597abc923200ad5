"""Converting a model to a faster runtime beside the runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from sdstudio.session.crash_log import CrashLog

if TYPE_CHECKING:
    from sdstudio.engine.model import Model


class _Abandoned(Exception):
    """Nobody waits for the conversion any more."""


class Optimiser:
    """A helper thread that calls ``model.optimise`` once.

    Args:
        model: What to convert; its runs may go on meanwhile.
        say: Told the share done, on the helper thread.
        wake: Called on the helper thread when it has ended.
        log: Where an unexpected error goes: the model stays as it was.
    """

    def __init__(
        self,
        model: Model,
        say: Callable[[float | None], None],
        wake: Callable[[], None],
        log: CrashLog,
    ) -> None:
        self.model = model
        self._say = say
        self._wake = wake
        self._log = log
        self._abandoned = False
        self.ended = False
        self.succeeded = False
        # A daemon: closing waits a moment for it, and no longer.
        self._thread = threading.Thread(target=self._work, name="optimiser", daemon=True)
        self._thread.start()

    def abandon(self, seconds: float) -> None:
        """Ask it to end at its next stage, and wait so long for that."""
        self._abandoned = True
        self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self.succeeded = bool(self.model.optimise(self._progress))
        except _Abandoned:
            self.succeeded = False
        except Exception as error:  # noqa: BLE001 - logged; the model works on as it is
            self._log.write(error, "optimising the model")
        finally:
            self.ended = True
            if not self._abandoned:
                self._wake()

    def _progress(self, stage: str, fraction: float | None = None) -> None:
        if self._abandoned:
            raise _Abandoned
        self._say(fraction)
