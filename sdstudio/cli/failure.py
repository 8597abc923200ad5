"""What goes wrong, said in one line; the details go to the log file."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from typing import NoReturn, TextIO

from sdstudio import paths
from sdstudio.cli.wording import sentence
from sdstudio.engine.problems import RequestError, StudioError

FAILED = 1
IMPOSSIBLE = 2
INTERRUPTED = 130

_log = logging.getLogger(__name__)


class Refusal(Exception):
    """An order that cannot be carried out; the message is for the person."""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        """Refuse, instead of printing the usage and leaving the process."""
        raise Refusal(f"{message} (see {self.prog} --help)")


def explained(command: Callable[[], int], stderr: TextIO) -> int:
    """Run a command; whatever it raises becomes one line and an exit status."""
    try:
        return command()
    except KeyboardInterrupt:
        print("sdstudio: stopped", file=stderr)
        return INTERRUPTED
    except Refusal as refusal:
        print(f"sdstudio: {refusal}", file=stderr)
        return IMPOSSIBLE
    except StudioError as error:
        text = "; ".join(sentence(problem) for problem in error.problems)
        print(f"sdstudio: {text}", file=stderr)
        return IMPOSSIBLE if isinstance(error, RequestError) else FAILED
    except Exception as error:  # noqa: BLE001 - the last place that can put it into words
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(f"sdstudio: unexpected error: {reason}{_logged(error)}", file=stderr)
        return FAILED


def _logged(error: Exception) -> str:
    """Write the traceback to the log file; returns where, for the end of a sentence."""
    path = paths.log_dir() / "sdstudio.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        return ""
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _log.propagate = False
    _log.error("unexpected error", exc_info=error)
    _log.removeHandler(handler)
    handler.close()
    return f" (details in {path})"
