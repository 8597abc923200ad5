"""Pictures opened or saved lately, to take up their settings again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from sdstudio.session.draft import Draft


class RecentMenu(QMenu):
    """Lists the draft's recent files, newest first; filled whenever it opens.

    Signals:
        chosen: A file was chosen.
    """

    chosen = Signal(Path)

    def __init__(self, draft: Draft | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Open &recent"))
        self._draft = draft
        self.aboutToShow.connect(self.refill)
        self.refill()

    def refill(self) -> None:
        """List the files as they are now."""
        self.clear()
        recent = self._draft.recent if self._draft is not None else ()
        for path in recent:
            action = self.addAction(path.name.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.chosen.emit(path))
        if not recent:
            self.addAction(self.tr("Nothing yet")).setEnabled(False)
        self.setToolTipsVisible(True)
