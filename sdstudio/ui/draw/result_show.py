"""Shows the result, or what the network starts from: beside the sheet or over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from sdstudio.engine.request import Request
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.sitting import Sitting
from sdstudio.ui.draw.outpaint_overlay import WindowOverlay
from sdstudio.ui.draw.pad import Pad
from sdstudio.ui.draw.result_overlay import ResultOverlay, Way
from sdstudio.ui.draw.result_view import ResultView
from sdstudio.ui.pixels import to_qimage

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.session.drawing.sketching import Sketching

_NAME = "sketch start"


class ResultShow(QObject):
    """Keeps the picture beside the sheet and the one over it.

    Args:
        sitting: What holds the result.
        pad: Where the result can lie over the sheet.

    Attributes:
        view: The picture beside the sheet.
        overlay: The picture over it.

    Signals:
        way_changed: The :data:`Way` and its share are others.
    """

    way_changed = Signal(str, float)

    def __init__(self, sitting: Sitting, pad: Pad) -> None:
        super().__init__()
        self._sitting = sitting
        self._image: QImage | None = None
        self._array: np.ndarray | None = None
        self._starts = False
        self._share = {"wipe": 0.5, "over": 0.5}
        self.view = ResultView()
        self.window = WindowOverlay(pad)
        self.overlay = ResultOverlay(pad)
        self.overlay.moved = self.set_share

    @property
    def way(self) -> Way:
        """How the result is shown."""
        return self.overlay.way

    @property
    def result(self) -> tuple[np.ndarray, Request] | None:
        """The finished picture that is shown and what it was made by; None without one."""
        shown = self._sitting.shown
        node = shown.node
        if node is None or shown.array is None or not (shown.is_playhead and shown.is_result):
            return None
        return shown.array, node.request_now

    def set_way(self, way: Way) -> None:
        """Show it beside the sheet or over it."""
        self.overlay.set_way(way, self._share.get(way))
        self.view.setVisible(way == "beside")
        self.way_changed.emit(way, self.overlay.share)

    def set_share(self, share: float) -> None:
        """Move the wipe's line, or let more or less of the result show."""
        if self.way == "beside":
            return
        self._share[self.way] = share
        self.overlay.set_way(self.way, share)
        self.way_changed.emit(self.way, self.overlay.share)

    def show_start(self, on: bool) -> None:
        """Show what the network starts from in place of the result."""
        self._starts = on
        if not on:
            self._sitting.inquire(_NAME, [])
        self._array = None

    def show_window(self, rect: Rect | None) -> None:
        """Outline what the network sees while the canvas grows."""
        self.window.show_rect(rect)

    def refresh(self, sketching: Sketching) -> None:
        """Show what there is now."""
        if self._starts:
            self._refresh_start()
            return
        shown = self._sitting.shown
        node = shown.node
        array = shown.array if node is not None else None
        size = None
        if node is not None and array is not None:
            native = self._sitting.facts.native_size if self._sitting.facts else array.shape[1::-1]
            size = QSize(node.request.width or native[0], node.request.height or native[1])
        self._show(array, size)
        self.view.say(self._saying(sketching))

    def _refresh_start(self) -> None:
        sitting = self._sitting
        if sitting.request.image is None or sitting.problems:
            return
        inquiry = Inquiry.of("start", request=sitting.request)
        sitting.inquire(_NAME, [inquiry])
        start = sitting.answers.value(inquiry)
        if start is None:
            return
        self._show(start.noisy, None)
        self.view.say(
            self.tr("the start: {noise} % noise, {calls} of {steps} steps to go").format(
                noise=round(100 * start.noise), calls=start.calls, steps=start.steps
            )
        )

    def _saying(self, sketching: Sketching) -> str:
        run, node = self._sitting.run, self._sitting.shown.node
        if sketching.busy and (run is None or self._sitting.waiting):
            return ""
        if sketching.busy and run is not None:
            text = (
                self.tr("coarse: step {step} of {count}")
                if sketching.busy == "coarse"
                else self.tr("fine: step {step} of {count}")
            )
            return text.format(step=max(1, run.index + 1), count=run.count)
        if node is None:
            return ""
        return self.tr("run {name}").format(name=node.name or node.label)

    def _show(self, array: np.ndarray | None, size: QSize | None) -> None:
        if array is self._array:
            return
        self._array = array
        image = None if array is None else to_qimage(array)
        self.view.show_image(image, size)
        self.overlay.show_image(image)
