"""What goes wrong, said in one line; the details of the unexpected go to the log file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn, TextIO

from sdstudio.cli.wording import sentence
from sdstudio.engine.problems import RequestError, StudioError

FAILED = 1
IMPOSSIBLE = 2
INTERRUPTED = 130


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
        return _unexpected(error, stderr)


def _unexpected(error: Exception, stderr: TextIO) -> int:
    from sdstudio.session.crash_log import CrashLog
    from sdstudio.session.failures import problems_of

    problems, log = problems_of(error, CrashLog(), "a command")
    if log:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(f"sdstudio: unexpected error: {reason} (details in {log})", file=stderr)
    else:
        print(f"sdstudio: {'; '.join(map(sentence, problems))}", file=stderr)
    return FAILED
