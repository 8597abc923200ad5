"""The middle of the window: the picture, its caption, messages, and what is dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from sdstudio.session.playhead import Shown
from sdstudio.session.sitting import Sitting
from sdstudio.ui import theme, wording
from sdstudio.ui.canvas.banner import Banner, Offer
from sdstudio.ui.canvas.caption import LINE, Caption
from sdstudio.ui.canvas.empty import EXAMPLES, EmptyState
from sdstudio.ui.canvas.picture_view import CAPTION_SPACE, MARGIN, PictureView
from sdstudio.ui.canvas.telling import saying
from sdstudio.ui.pixels import to_qimage

CAPTION_WIDTH = 640
BANNER_WIDTH = 640
EMPTY_WIDTH = 552


class Canvas(QWidget):
    """Shows the picture at the sitting's playhead.

    Signals:
        example_chosen: An example prompt was pressed in the empty state.
        tour_wanted: So was the tour.
        files_dropped: Files were dropped, as a list of paths.
        image_dropped: A picture without a file was dropped.
        drag_wanted: The person pulls the picture out of the window.
    """

    example_chosen = Signal(str)
    tour_wanted = Signal()
    files_dropped = Signal(list)
    image_dropped = Signal(QImage)
    drag_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setMinimumSize(QSize(320, 240))
        self.view = PictureView(self)
        self.caption = Caption(self)
        self.empty = EmptyState(self)
        self.banner = Banner(self)
        self._target = _DropTarget(self)
        self._shown: object = None
        self.view.moved.connect(self._place_caption)
        self.view.drag_wanted.connect(self.drag_wanted)
        self.empty.chosen.connect(self.example_chosen)
        self.empty.tour_wanted.connect(self.tour_wanted)
        self.banner.closed.connect(self.view.setFocus)
        self.banner.installEventFilter(self)
        self.empty.installEventFilter(self)
        theme.current().changed.connect(self._place)

    @property
    def image(self) -> QImage | None:
        """The picture that shows, None before the first."""
        return self.view.image

    def refresh(self, sitting: Sitting) -> None:
        """Show what the sitting shows now; a picture that is there already is left alone."""
        shown = sitting.shown
        if shown.array is not None and shown.array is not self._shown:
            self._shown = shown.array
            self.view.show_image(to_qimage(shown.array), _size_of(shown, sitting))
        waits = sitting.waiting and sitting.facts is None
        self.empty.setVisible(self.view.image is None and (waits or not sitting.running))
        self.empty.wait(waits)
        facts = sitting.facts
        self.empty.offer(facts.examples if facts is not None and facts.examples else EXAMPLES)
        loading = sitting.model.loading
        if loading is None:
            self.empty.tell(None)
        else:
            self.empty.tell(wording.loading(loading), loading.fraction)
        self._refresh_caption(sitting)

    def _refresh_caption(self, sitting: Sitting) -> None:
        shown = sitting.shown
        if sitting.waiting and sitting.facts is None:
            loading = sitting.model.loading
            what = wording.loading(loading) if loading is not None else self.tr("waiting")
            self.caption.say(self.tr("waiting for the model  ·  {what}").format(what=what))
        elif shown.node is not None and shown.note is not None:
            words = saying(shown, sitting.playhead, sitting.tree)
            self.caption.describe(words, shown.note, shown.node.count)
        elif self.image is None:
            self.caption.say(self.tr("starting …") if sitting.running else "")
        # Else the picture is that of the run before, and so is its caption.

    def say(
        self, text: str, kind: str = "error", log: str = "", offer: Offer | None = None
    ) -> None:
        """Show a message at the top of the canvas; see :class:`Banner`."""
        self.banner.say(text, "note" if kind == "note" else "error", log, offer)
        self._place_banner()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Place what has changed its wish for room."""
        if event.type() == QEvent.Type.LayoutRequest:
            if watched is self.banner:
                self._place_banner()
            elif watched is self.empty:
                self._place_empty()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts a message away."""
        if event.key() == Qt.Key.Key_Escape and self.banner.shown:
            self.banner.put_away()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures, but not the one that comes from here."""
        data = event.mimeData()
        if event.source() is None and (data.hasUrls() or data.hasImage()):
            event.acceptProposedAction()
            self._target.setVisible(True)
            self._target.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show no target any more."""
        self._target.setVisible(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand on what was dropped."""
        self._target.setVisible(False)
        data = event.mimeData()
        files = dropped_files(data)
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)
        elif data.hasImage():
            event.acceptProposedAction()
            self.image_dropped.emit(QImage(data.imageData()))

    def _place(self) -> None:
        self.view.setGeometry(self.rect())
        self._target.setGeometry(self.rect())
        self._place_empty()
        self._place_banner()
        self._place_caption()

    def _place_empty(self) -> None:
        room = self.width() - 2 * MARGIN
        self.empty.fit(room)
        width = min(max(self.empty.sizeHint().width(), theme.current().px(EMPTY_WIDTH)), room)
        # Without a line that wraps, the width does not matter.
        wish = self.empty.heightForWidth(width) if self.empty.hasHeightForWidth() else -1
        height = min(wish if wish >= 0 else self.empty.sizeHint().height(), self.height())
        left, top = (self.width() - width) // 2, (self.height() - height) // 2
        self.empty.setGeometry(QRect(left, top, width, height))

    def _place_banner(self) -> None:
        px = theme.current().px
        width = min(px(BANNER_WIDTH), self.width() - 2 * MARGIN)
        height = min(max(px(40), self.banner.height_at(width)), self.height() - 2 * MARGIN)
        self.banner.setGeometry((self.width() - width) // 2, MARGIN, width, height)

    def _place_caption(self) -> None:
        px = theme.current().px
        area = self.view.viewport.area
        seen = self.view.viewport.rect.intersected(area)
        width = min(max(round(seen.width()), px(CAPTION_WIDTH)), self.width() - 2 * MARGIN)
        middle = round(seen.center().x() if seen.isValid() else area.center().x())
        left = min(max(MARGIN, middle - width // 2), self.width() - MARGIN - width)
        height = 2 * px(LINE)
        bottom = round(min(seen.bottom() if seen.isValid() else area.bottom(), area.bottom()))
        top = min(bottom + px(4), self.height() - px(CAPTION_SPACE) + px(4))
        self.caption.setGeometry(left, top, width, height)


def dropped_files(data: QMimeData) -> list[Path]:
    """The files and folders of this machine among what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class _DropTarget(QWidget):
    """An outline that says what dropping does, while something hovers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setVisible(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the outline and the words."""
        look = theme.current()
        painter = QPainter(self)
        veil = look.color("canvas")
        veil.setAlpha(200)
        painter.fillRect(self.rect(), veil)
        pen = QPen(look.color("accent"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRect(self.rect().adjusted(8, 8, -8, -8))
        painter.setPen(look.color("text"))
        text = self.tr(
            "Drop a picture to start from it, a saved picture or run to go on, a model or a LoRA"
        )
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), int(flags), text)
        painter.end()


def _size_of(shown: Shown, sitting: Sitting) -> QSize | None:
    """The size that the run's picture has when it is finished, None when that is unknown."""
    native = sitting.facts.native_size if sitting.facts is not None else (0, 0)
    if shown.node is None:
        return None
    width = shown.node.request.width or native[0]
    height = shown.node.request.height or native[1]
    return QSize(width, height) if width and height else None
