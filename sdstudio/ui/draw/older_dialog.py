"""The drawings of before, to go on with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from sdstudio.engine.problems import Problem
from sdstudio.session.drawing.folder import DeskEntry, DrawingFolder, Glance
from sdstudio.ui import theme
from sdstudio.ui.controls.background import Background
from sdstudio.ui.dialog_buttons import accept_or_cancel
from sdstudio.ui.icons import icon
from sdstudio.ui.pixels import to_qimage
from sdstudio.ui.wording import word_all

_WIDTH, _HEIGHT = 480, 440
_PICTURE = QSize(96, 72)
"""Of a row's picture, before scaling."""


class OlderDialog(QDialog):
    """Lists drawings with their pictures, which appear one after the other.

    Args:
        folder: Where they are.
        entries: Which of them, in order.

    Signals:
        chosen: The name of one that can be read.
    """

    chosen = Signal(str)

    def __init__(
        self, folder: DrawingFolder, entries: Sequence[DeskEntry], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Older drawings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder = folder
        self._entries = tuple(entries)
        self._looked = 0
        self._looking = Background()
        self._looking.finished.connect(self._show_glance)
        self._looking.failed.connect(self._show_broken)
        px = theme.current().px
        self._size = QSize(px(_PICTURE.width()), px(_PICTURE.height()))
        about = QLabel(self._about())
        about.setProperty("kind", "muted")
        about.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Older drawings"))
        self.list.setIconSize(self._size)
        self.list.setWordWrap(True)
        self.list.setUniformItemSizes(True)
        for entry in self._entries:
            self._add(entry)
        self.list.setVisible(bool(self._entries))
        buttons, self.open_button = accept_or_cancel(self, self.tr("Open"))
        self.list.currentRowChanged.connect(lambda _: self._follow())
        self.list.itemDoubleClicked.connect(lambda _: self.accept())
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(24), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(about)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)
        wide = px(_WIDTH)
        self.resize(wide, px(_HEIGHT) if self._entries else column.totalHeightForWidth(wide))
        self.list.setCurrentRow(0)
        self._follow()
        self._look()

    def accept(self) -> None:
        """Choose the current row, if it can be read."""
        if self._can_open:
            self.chosen.emit(self._entries[self.list.currentRow()].name)
            super().accept()

    def done(self, result: int) -> None:
        """Look no further."""
        self._looking.forget()
        super().done(result)

    @property
    def _can_open(self) -> bool:
        item = self.list.currentItem()
        return item is not None and not item.data(Qt.ItemDataRole.UserRole)

    def _about(self) -> str:
        if not self._entries:
            return self.tr(
                "There is no other drawing yet. Whatever you draw is kept by itself; once you "
                "begin a new drawing, the one before is found here."
            )
        return self.tr("The drawing on the sheet is saved before, and will be found here.")

    def _add(self, entry: DeskEntry) -> None:
        item = QListWidgetItem(self._icon(None), self._date(entry))
        item.setSizeHint(QSize(0, self._size.height() + theme.current().px(12)))
        self.list.addItem(item)

    def _look(self) -> None:
        """See how the next one looks."""
        if self._looked < len(self._entries):
            entry = self._entries[self._looked]
            # As fine as the screen shows it.
            side = round(self._size.width() * self.devicePixelRatioF())
            self._looking.start(lambda: self._folder.look(entry, side))

    def _show_glance(self, glance: Glance) -> None:
        entry, item = self._entries[self._looked], self.list.item(self._looked)
        told = [self.tr("{w} × {h}").format(w=glance.size[0], h=glance.size[1])]
        if glance.frames > 1:
            told.append(self.tr("{count} frames").format(count=glance.frames))
        told.append(QLocale().formattedDataSize(entry.nbytes, 1))
        item.setText(f"{self._date(entry)}\n{' · '.join(told)}")
        picture = QPixmap.fromImage(to_qimage(glance.picture))
        size = picture.size().scaled(self._size, Qt.AspectRatioMode.KeepAspectRatio)
        item.setIcon(self._icon(picture, size))
        self._go_on()

    def _show_broken(self, problems: tuple[Problem, ...]) -> None:
        entry, item = self._entries[self._looked], self.list.item(self._looked)
        told = self.tr("It cannot be read. The file stays where it is.")
        item.setText(f"{self._date(entry)}\n{told}")
        item.setToolTip(f"{word_all(problems)}\n{self._folder.file(entry.name)}")
        item.setData(Qt.ItemDataRole.UserRole, True)
        item.setIcon(self._icon(icon("warning").pixmap(self._size / 3, self.devicePixelRatioF())))
        self._go_on()

    def _go_on(self) -> None:
        self._looked += 1
        self._follow()
        self._look()

    def _follow(self) -> None:
        self.open_button.setEnabled(self._can_open)

    def _date(self, entry: DeskEntry) -> str:
        when = QDateTime.fromSecsSinceEpoch(int(entry.modified))
        locale, days = QLocale(), when.date().daysTo(QDateTime.currentDateTime().date())
        time = locale.toString(when.time(), QLocale.FormatType.ShortFormat)
        if days == 0:
            return self.tr("Today, {time}").format(time=time)
        if days == 1:
            return self.tr("Yesterday, {time}").format(time=time)
        date = locale.toString(when.date(), QLocale.FormatType.LongFormat)
        return f"{date}, {time}"

    def _icon(self, picture: QPixmap | None, size: QSize | None = None) -> QIcon:
        """A picture in the middle of its place, which is empty while none is known."""
        look, ratio = theme.current(), self.devicePixelRatioF()
        page = QPixmap(self._size * ratio)
        page.setDevicePixelRatio(ratio)
        page.fill(look.color("canvas"))
        if picture is not None:
            painter = QPainter(page)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            place = QRect(QPoint(0, 0), size or picture.deviceIndependentSize().toSize())
            place.moveCenter(QRect(QPoint(0, 0), self._size).center())
            painter.drawPixmap(place, picture)
            painter.end()
        made = QIcon(page)
        # The colour of the selection is not to be laid over it.
        made.addPixmap(page, QIcon.Mode.Selected)
        return made
