"""Where the details of unexpected errors go: a log file, never the window."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sdstudio import paths

MAX_BYTES = 1 << 20
FILES = 3


class CrashLog:
    """A small rotating log file.

    Args:
        folder: Where it is; None takes ``paths.log_dir()``. Made when first needed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def write(self, error: BaseException, doing: str) -> str:
        """Append an error with its traceback.

        Args:
            error: What was raised.
            doing: What was being done, for the reader of the log.

        Returns:
            The file's path, or "" where it cannot be written.
        """
        path = (self._folder or paths.log_dir()) / "sdstudio.log"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                path, maxBytes=MAX_BYTES, backupCount=FILES, encoding="utf-8"
            )
        except OSError as failure:
            logging.getLogger(__name__).warning("no log can be written: %s", failure)
            return ""
        try:
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            handler.emit(
                logging.LogRecord(
                    "sdstudio",
                    logging.ERROR,
                    __file__,
                    0,
                    "%s",
                    (doing,),
                    (type(error), error, error.__traceback__),
                )
            )
        finally:
            handler.close()
        return str(path)
