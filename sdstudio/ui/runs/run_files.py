"""Runs going out of the window and into it: save, open, export."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

from sdstudio.session.draft import Draft
from sdstudio.session.events import JobDone, JobFailed
from sdstudio.session.jobs import (
    CompareRuns,
    ExportFormat,
    ExportFrames,
    ExportRun,
    Job,
    OpenRun,
    PinRun,
    SaveRun,
)
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting
from sdstudio.ui import wording
from sdstudio.ui.last_folder import LastFolder
from sdstudio.ui.runs import telling

SUFFIX = ".sdrun"
_SLUG = 40
_ENDINGS: dict[ExportFormat, str] = {
    "strip": ".png",
    "gif": ".gif",
    "webp": ".webp",
    "mp4": ".mp4",
    "npz": ".npz",
}


def is_run_file(path: Path) -> bool:
    """Whether a file is one of runs, by its name."""
    return path.suffix.lower() == SUFFIX


class RunFiles(QObject):
    """Asks where to, asks the sitting for the job, and says how it went.

    Args:
        window: Parent of file dialogs.
        sitting: What holds the runs.
        settings: Where the last folder is remembered.
        say: Called with a text, "error" or "note", and a log's path; shown at the canvas.
        tell: Called with a short text of success.
        draft: Where recent files are remembered.
    """

    def __init__(
        self,
        window: QWidget,
        sitting: Sitting,
        settings: QSettings,
        *,
        say: Callable[[str, str, str], None],
        tell: Callable[[str], None],
        draft: Draft | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sitting = sitting
        self._folder = LastFolder(settings)
        self._say = say
        self._tell = tell
        self._draft = draft
        self._told: JobDone | JobFailed | None = None

    def ask_and_save(self, number: int) -> None:
        """Ask for a file and have a run saved there."""
        node = self._sitting.tree.node(number)
        if node is None:
            return
        path = self._ask(self.tr("Save run"), node, SUFFIX, self.tr("Runs (*.sdrun)"))
        if path is not None:
            self._sitting.ask(SaveRun(number, path, node.name))

    def ask_and_export(self, number: int, format: ExportFormat) -> None:  # noqa: A002
        """Ask for a file and have a run written there for other programs."""
        node = self._sitting.tree.node(number)
        if node is None:
            return
        ending = _ENDINGS[format]
        kinds = {
            "strip": self.tr("PNG pictures (*.png)"),
            "gif": self.tr("GIF films (*.gif)"),
            "webp": self.tr("WebP films (*.webp)"),
            "mp4": self.tr("MP4 films (*.mp4)"),
            "npz": self.tr("NumPy arrays (*.npz)"),
        }
        path = self._ask(self.tr("Export run"), node, ending, kinds[format])
        if path is not None:
            self._sitting.ask(ExportRun(number, path, format, self._sitting.playhead.view))

    def ask_and_open(self) -> None:
        """Ask for a run file and have it opened."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open run"),
            str(self._folder.path),
            self.tr("Runs (*.sdrun);;All files (*)"),
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Have a run file opened."""
        self._sitting.ask(OpenRun(path))

    def follow(self) -> None:
        """Say how the last job went; to be called for each that ends."""
        ended, job = self._sitting.last_job, self._sitting.last_job_asked
        if ended is None or ended is self._told or job is None:
            return
        self._told = ended
        if isinstance(job, CompareRuns):
            return  # the comparison says itself how that went
        if isinstance(ended, JobFailed):
            self._say(wording.word_all(ended.problems), "error", ended.log)
        else:
            self._praise(job, ended)

    def _praise(self, job: Job, done: JobDone) -> None:
        path = Path(done.path) if done.path else None
        match job:
            case SaveRun() | ExportRun() | ExportFrames():
                path = path or job.path
                self._tell(self.tr("Saved as {name}").format(name=path.name))
                self._remember(path, is_recent=isinstance(job, SaveRun))
            case OpenRun():
                self._take_opened(job.path)
            case PinRun() if job.pinned:
                self._tell(self.tr("Kept for later sittings"))
            case _:
                pass

    def _take_opened(self, path: Path) -> None:
        """Show the run that came out of a file, and say when another model made it."""
        self._remember(path, is_recent=True)
        found = [node for node in self._sitting.tree.nodes if node.path == str(path)]
        if not found:
            return
        node = found[-1]
        self._sitting.select(node.number)
        if node.foreign:
            text = self.tr(
                "{name} was made by another model ({model}). Its steps can be looked at; what is"
                " decoded or branched from it here uses the loaded model."
            )
            model = node.model.name or self.tr("unknown")
            self._say(text.format(name=path.name, model=model), "note", "")
        else:
            self._tell(self.tr("Opened {name}").format(name=path.name))

    def _ask(self, title: str, node: RunNode, ending: str, kinds: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, title, str(self._folder.path / f"{file_name(node)}{ending}"), kinds
        )
        if not name:
            return None
        path = Path(name)
        return path if path.suffix.lower() == ending else Path(f"{name}{ending}")

    def _remember(self, path: Path, *, is_recent: bool) -> None:
        self._folder.remember(path)
        if self._draft is not None and is_recent:
            self._draft.add_recent(path)


def file_name(node: RunNode) -> str:
    """A file name to propose, without its ending: the run's name, or its prompt and label."""
    words = re.sub(r"[^\w]+", "-", node.name or telling.prompt(node.request))
    words = words.strip("-_").lower()[:_SLUG].strip("-_")
    return f"{words or 'run'}-{node.label.lower()}" if not node.name else (words or "run")
