"""What is being done with runs, in the status bar, when it takes more than a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import assert_never

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from sdstudio.session.job_list import JobView
from sdstudio.session.jobs import (
    CompareRuns,
    ExportFrames,
    ExportRun,
    ForgetRun,
    Job,
    OpenRun,
    PinRun,
    ReopenPinned,
    SaveRun,
    SpareMemory,
)
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme
from sdstudio.ui.canvas.telling import duration
from sdstudio.ui.progress_line import ProgressLine

AFTER_SECONDS = 1.0
_LOOK_MS = 250


class JobLine(QWidget):
    """Says the first job that has taken over a second, how far it is and how long still.

    Args:
        sitting: What holds the jobs.
        clock: Seconds, rising.
    """

    def __init__(
        self,
        sitting: Sitting,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._clock = clock
        self._since: dict[int, float] = {}
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = ProgressLine()
        self._bar.setAccessibleName(self.tr("Progress of a job"))
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._text)
        self._row.addWidget(self._bar)
        self.setMinimumWidth(1)  # a long name must not widen the window
        self.setVisible(False)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        theme.current().changed.connect(self._resize)
        self._resize()

    @property
    def text(self) -> str:
        """What it says, "" while it is away."""
        return "" if self.isHidden() else self._text.text()

    def refresh(self) -> None:
        """Look at the jobs; runs by itself while there are any."""
        now = self._clock()
        jobs = self._sitting.jobs
        self._since = {job.number: self._since.get(job.number, now) for job in jobs}
        if not jobs:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        long = [job for job in jobs if now - self._since[job.number] >= AFTER_SECONDS]
        self.setVisible(bool(long))
        if long:
            self._text.setText(_said(long[0]))
            self._bar.show_progress(long[0].fraction, busy=long[0].fraction <= 0)

    def _resize(self) -> None:
        px = theme.current().px
        self._row.setContentsMargins(0, 0, px(8), 0)
        self._row.setSpacing(px(8))
        self._bar.setFixedWidth(px(96))


def describe(job: Job) -> str:
    """What a job does, as a person would say it while it goes on."""
    match job:
        case SaveRun():
            return _tr("Saving {name}").format(name=job.path.name)
        case OpenRun():
            return _tr("Opening {name}").format(name=job.path.name)
        case ExportRun() | ExportFrames():
            return _tr("Exporting {name}").format(name=job.path.name)
        case PinRun():
            return _tr("Keeping a run") if job.pinned else _tr("Letting a run go")
        case CompareRuns():
            return _tr("Comparing two runs")
        case ReopenPinned():
            return _tr("Reading the pinned runs")
        case ForgetRun():
            return _tr("Letting a run go")
        case SpareMemory():
            return _tr("Making do with less memory")
        case _:
            assert_never(job)


def _said(view: JobView) -> str:
    parts = [describe(view.job)]
    if view.fraction > 0:
        parts.append(f"{100 * view.fraction:.0f} %")
    if view.seconds_left is not None:
        parts.append(
            QCoreApplication.translate("JobLine", "{time} left").format(
                time=duration(view.seconds_left)
            )
        )
    return "  ·  ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("JobLine", text)
