"""Exceptions of the engine, as problems the window can word."""

from __future__ import annotations

from sdstudio.engine.problems import Problem, StudioError
from sdstudio.session.crash_log import CrashLog

_MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory")


def problems_of(error: Exception, log: CrashLog, doing: str) -> tuple[tuple[Problem, ...], str]:
    """What to tell of an exception, and the log file that holds the rest ("" for none).

    Expected errors bring their own problems; lack of memory is ``out_of_memory``; anything
    else is logged and becomes ``unexpected`` with the log's path as ``log``.
    """
    if isinstance(error, StudioError):
        return error.problems, ""
    if _lacks_memory(error):
        return (Problem.of("out_of_memory"),), ""
    path = log.write(error, doing)
    return (Problem.of("unexpected", log=path, kind=type(error).__name__),), path


def _lacks_memory(error: Exception) -> bool:
    # torch has one exception for accelerators and a bare RuntimeError for the CPU.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _MEMORY_WORDS)
