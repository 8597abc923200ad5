"""Ties what grows the canvas together: arrows, edges that are dragged, and who makes it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from sdstudio.engine.problems import Problem, RequestError
from sdstudio.session.drawing.margins import Edge, Growth
from sdstudio.session.drawing.outpainting import Outpainting
from sdstudio.session.drawing.sketching import Sketching
from sdstudio.session.sitting import Sitting
from sdstudio.ui.draw.edge_overlay import EdgeOverlay
from sdstudio.ui.draw.outpaint_tools import OutpaintTools
from sdstudio.ui.draw.page import DrawPage
from sdstudio.ui.draw.result_show import ResultShow
from sdstudio.ui.wording import word_all


class Growing(QObject):
    """Has the drawing of a page grow, and shows how far that is.

    Args:
        sitting: What makes the pictures.
        page: Where the drawing is.
        sketching: Whose drawing grows; while it does, nothing else is made of it.
        shown: Where the window that the network sees is outlined.

    Attributes:
        outpainting: What asks for the windows.
        tools: The arrows.
        edges: The edges as things to drag.
    """

    def __init__(
        self, sitting: Sitting, page: DrawPage, sketching: Sketching, shown: ResultShow
    ) -> None:
        super().__init__(page)
        self._sitting = sitting
        self._sketching = sketching
        self._shown = shown
        self.outpainting = Outpainting(sitting, self._follow)
        self.tools = OutpaintTools()
        self.edges = EdgeOverlay(page.pad, lambda: sitting.facts)
        for action in (*self.tools.actions_.values(), self.tools.drag):
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            page.addAction(action)
        self.tools.wanted.connect(self.grow)
        self.tools.stopped.connect(self.outpainting.stop)
        self.tools.drag.toggled.connect(self.edges.set_on)
        self.tools.drag.toggled.connect(lambda on: page.pad.setFocus() if on else None)
        self.edges.changed.connect(lambda: self.tools.drag.setChecked(self.edges.is_on))
        self.edges.wanted.connect(lambda growth: self.grow(growth, self.tools.share))

    @property
    def going(self) -> bool:
        """Whether the canvas grows."""
        return self.outpainting.going

    def grow(self, where: Edge | Growth, strength: float) -> None:
        """Grow the canvas at an edge, or so far at each; see :meth:`Outpainting.grow`."""
        drawing = self._sketching.drawing
        if drawing is None:
            return
        self._sketching.flush()
        try:
            self.outpainting.grow(drawing, where, strength)
        except RequestError as error:
            self._say(error.problems)
        else:
            self.tools.say("")

    def stop(self) -> None:
        """Leave the canvas as it is."""
        self.outpainting.stop()

    def leave(self) -> None:
        """The page is left: nothing grows, and no edge is dragged."""
        self.stop()
        self.edges.set_on(False)

    def close(self) -> None:
        """Let go of the sitting."""
        self.outpainting.close()

    def refresh(self) -> None:
        """Show what the model that is there can do."""
        facts = self._sitting.facts
        self.tools.set_growth(None if facts is None else facts.native_size[0] // 2)

    def _follow(self) -> None:
        outpainting = self.outpainting
        self.tools.refresh(outpainting)
        self.edges.show_made(outpainting.growth)
        self._shown.show_window(outpainting.window)
        if outpainting.going:
            return
        if outpainting.problems:
            self._say(outpainting.problems)
        self._sketching.flush()

    def _say(self, problems: tuple[Problem, ...]) -> None:
        self.tools.say(word_all(problems))
