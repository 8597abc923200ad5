"""What the libraries print of themselves: off the terminal, into the log where there is one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOGGERS = ("diffusers", "transformers", "huggingface_hub", "accelerate", "peft", "py.warnings")
"""Names of their logs, and of Python's own for warnings: what a log file listens to."""

_NOBODY = logging.NullHandler()
"""Python would print a warning that no handler takes."""


def off_the_terminal() -> None:
    """From now on, let diffusers and transformers print neither remarks nor progress bars.

    Handlers that somebody else has put on their logs go on hearing of everything.
    """
    for library in _libraries():
        library.disable_default_handler()
        library.disable_progress_bar()
        library.add_handler(_NOBODY)


@contextmanager
def quiet() -> Iterator[None]:
    """The same until the end of the block, for those who have not asked for it."""
    before = [
        (library, list(_log_of(library).handlers), library.is_progress_bar_enabled())
        for library in _libraries()
    ]
    off_the_terminal()
    try:
        yield
    finally:
        for library, handlers, bars in before:
            if _NOBODY not in handlers:
                library.remove_handler(_NOBODY)
            if set(handlers) - set(_log_of(library).handlers):
                library.enable_default_handler()
            if bars:
                library.enable_progress_bar()


def _libraries() -> tuple[Any, Any]:
    from diffusers.utils import logging as of_diffusers
    from transformers.utils import logging as of_transformers

    # Asked for by name, they make their logs ready.
    of_diffusers.get_verbosity(), of_transformers.get_verbosity()
    return of_diffusers, of_transformers


def _log_of(library: Any) -> logging.Logger:
    return logging.getLogger(library.__name__.partition(".")[0])
