"""Warnings of the studio and of its libraries go to the file that unexpected errors go to."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from sdstudio import paths
from sdstudio.engine.library_logs import LOGGERS
from sdstudio.session.crash_log import FILES, MAX_BYTES


class LogFile(RotatingFileHandler):
    """A log file that is made, with its folder, only when there is something to write.

    Args:
        folder: Where it is; None takes ``paths.log_dir()``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        path = (folder or paths.log_dir()) / "sdstudio.log"
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=FILES, encoding="utf-8", delay=True)
        self.setLevel(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def __enter__(self) -> LogFile:
        logging.captureWarnings(True)
        for name in ("sdstudio", *LOGGERS):
            logging.getLogger(name).addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("sdstudio", *LOGGERS):
            logging.getLogger(name).removeHandler(self)
        logging.captureWarnings(False)
        self.close()

    def handleError(self, record: logging.LogRecord) -> None:
        """Where nothing can be written, nothing can be said about it either."""

    def _open(self) -> Any:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()
