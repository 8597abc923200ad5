"""The line below the frames: what is made of them, how restless that is, and out with it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from sdstudio.session.drawing.animating import Animating
from sdstudio.ui import theme
from sdstudio.ui.controls.elided_label import ElidedLabel
from sdstudio.ui.controls.scale import Scale
from sdstudio.ui.controls.tool_button import ICON_PX
from sdstudio.ui.draw import film_telling
from sdstudio.ui.draw.option import LENGTHS, Option
from sdstudio.ui.icons import icon

Side = Literal["drawings", "results"]
PULL = Scale(0, 90, 5, 10)

WIDE = 800
"""From this width on there is room for everything, before scaling."""


class FilmBar(QWidget):
    """Says what is wanted; :class:`~sdstudio.ui.draw.film.Film` does it.

    Signals:
        animate_wanted: Frames are to be made, or no more of them.
        side_chosen: "drawings" or "results" are to be seen.
        export_wanted: As "gif", "webp" or "mp4".
        pull_chosen: Frames are to be pulled more or less.
    """

    animate_wanted = Signal()
    side_chosen = Signal(str)
    export_wanted = Signal(str)
    pull_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.animate = QPushButton()
        self.animate.setToolTip(
            self.tr(
                "Make a picture of every frame from it, with the prompt, seed and strength as"
                " they stand; of one with a mask only what is masked. Frames that are made"
                " already stay."
            )
        )
        self.animate.clicked.connect(self.animate_wanted)
        self.pull = Option(
            self.tr("Pull"),
            PULL,
            " %",
            self.tr(
                "How far each frame is drawn towards the result before it, against flicker."
                " With one seed the results are often calm without it; much of it smears what"
                " moves."
            ),
        )
        self.pull.chosen.connect(self._take_pull)
        self._told = ElidedLabel(Qt.AlignmentFlag.AlignLeft)
        self._told.setProperty("kind", "muted")
        self._flicker = QLabel()
        self._flicker.setProperty("kind", "muted")
        self.sides: dict[Side, QPushButton] = {}
        group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.animate)
        self._row.addWidget(self.pull)
        self._row.addWidget(self._told, 1)
        self._row.addWidget(self._flicker)
        self._add_side("drawings", "draw", self.tr("Drawings"), group)
        self._add_side("results", "picture", self.tr("Results"), group)
        self.export = QToolButton()
        self.export.setIcon(icon("export"))
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setAccessibleName(self.tr("Export the film"))
        menu = QMenu(self.export)
        for kind, text in (
            ("gif", self.tr("GIF: plays everywhere, 256 colours a frame")),
            ("webp", self.tr("WebP: every pixel as it is")),
            ("mp4", self.tr("MP4: small, for video players")),
        ):
            menu.addAction(text).triggered.connect(
                lambda _=False, kind=kind: self.export_wanted.emit(kind)
            )
        self.export.setMenu(menu)
        self._row.addWidget(self.export)
        self._percent = 0
        self.pull.show_number(0)
        self.show_side("drawings")
        theme.current().changed.connect(self._scale)
        self._scale()

    @property
    def share(self) -> float:
        """How far frames are to be pulled, 0 to 1."""
        return self._percent / 100

    def show_side(self, side: Side) -> None:
        """Show which side is seen."""
        self.sides[side].setChecked(True)

    def show_state(self, animating: Animating, count: int, *, can_export: bool) -> None:
        """Show how far the results are.

        Args:
            animating: What makes them.
            count: How many frames there are.
            can_export: Whether all that is seen is there.
        """
        self.animate.setText(film_telling.button(animating, self.share))
        self.animate.setEnabled(animating.going or animating.would_make(self.share) > 0)
        self._told.set_whole(film_telling.progress(animating, count))
        # Pairs come one by one while frames are made, and the time left needs the room.
        found = None if animating.going else animating.flicker
        self._flicker.setText(film_telling.flicker(found))
        self._flicker.setToolTip(film_telling.about_flicker(found))
        self.sides["results"].setEnabled(animating.lacking < count)
        self.export.setEnabled(can_export)
        self.export.setToolTip(
            self.tr("Export the film as it is seen: as GIF, WebP or MP4")
            if can_export
            else self.tr("Not all results are made: animate first, or export the drawings")
        )

    @property
    def told(self) -> str:
        """What it says of the results."""
        return self._told.whole

    @property
    def flicker(self) -> str:
        """What it says of their flicker."""
        return self._flicker.text()

    def save(self, settings: QSettings) -> None:
        """Remember the pull."""
        settings.setValue("film/pull", self._percent)

    def take_back(self, settings: QSettings) -> None:
        """Take the remembered one."""
        number = str(settings.value("film/pull", ""))
        if number.isdecimal() and int(number) <= PULL.high:
            self._percent = int(number)
            self.pull.show_number(self._percent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the pull is without its slider, and the sides without words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        px = theme.current().px
        wide = self.width() >= px(WIDE)
        self.pull.set_length(LENGTHS[1] if wide else 0)
        for button in self.sides.values():
            # The style leaves too little room between an icon and its word.
            button.setText(f" {button.accessibleName()}" if wide else "")

    def _take_pull(self, percent: float) -> None:
        self._percent = int(percent)
        self.pull.show_number(self._percent)
        self.pull_chosen.emit()

    def _add_side(self, side: Side, drawing: str, name: str, group: QButtonGroup) -> None:
        button = QPushButton(icon(drawing), "")
        button.setCheckable(True)
        button.setAccessibleName(name)
        button.setToolTip(
            self.tr("See what was drawn")
            if side == "drawings"
            else self.tr("See what was made of it")
        )
        button.clicked.connect(lambda: self.side_chosen.emit(side))
        group.addButton(button)
        self.sides[side] = button
        self._row.addWidget(button)

    def _scale(self) -> None:
        px = theme.current().px
        self._row.setContentsMargins(px(8), px(2), px(8), px(4))
        self._row.setSpacing(px(8))
        self._fit()
        self.export.setIconSize(QSize(px(ICON_PX), px(ICON_PX)))
