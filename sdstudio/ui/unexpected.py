"""Errors that nobody expected: logged, told, and survived."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from sdstudio.session.crash_log import CrashLog

_qt_log = logging.getLogger("sdstudio.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    # Most of Qt's warnings are about what a platform cannot do.
    QtMsgType.QtWarningMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.WARNING,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_KEPT = 20
"""Of an error that comes back with every repaint, only so many are logged."""


class UnexpectedErrors(QObject):
    """Catches what would otherwise be printed and lost, from any thread.

    Signals:
        caught: An error happened; the argument is the log's path, "" where there is none.
    """

    caught = Signal(str)

    def __init__(self, log: CrashLog | None = None) -> None:
        super().__init__()
        self._log = log or CrashLog()
        self._count = 0
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """From now on, catch; until :meth:`remove`."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._take
        threading.excepthook = self._take_of_thread
        sys.unraisablehook = self._take_unraisable
        qInstallMessageHandler(_log_qt)

    def remove(self) -> None:
        """Put back what was there before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(None)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._write(error, "in the window")

    def _take_of_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._write(arguments.exc_value, "in a thread")

    def _take_unraisable(self, arguments: sys.UnraisableHookArgs) -> None:
        if arguments.exc_value is not None:
            self._write(arguments.exc_value, "while cleaning up")

    def _write(self, error: BaseException, doing: str) -> None:
        self._count += 1
        if self._count <= _KEPT:
            self.caught.emit(self._log.write(error, doing))


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), message)
