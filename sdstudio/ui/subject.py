"""What undo, redo and zoom are about: the sheet while one is drawn on, else the picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from sdstudio.ui.actions import Actions
from sdstudio.ui.canvas import Canvas
from sdstudio.ui.draw.mode import DrawMode
from sdstudio.ui.status import StatusBar


class Subject(QObject):
    """Ties the Edit and View menus to what is looked at.

    Args:
        actions: What the menus offer.
        canvas: Where the picture is.
        draw: Where the sheet is.
        status: Shows how much either is enlarged.
        has_picture: Whether there is a picture to save and copy.
    """

    def __init__(
        self,
        actions: Actions,
        canvas: Canvas,
        draw: DrawMode,
        status: StatusBar,
        has_picture: Callable[[], bool],
    ) -> None:
        super().__init__(actions)
        self._actions = actions
        self._view = canvas.view
        self._draw = draw
        self._status = status
        self._has_picture = has_picture
        self._connect()

    def offer_steps(self) -> None:
        """Undo is the drawing's while it has the focus, else the request's."""
        self._actions.undo.setEnabled(self._draw.can_undo)
        self._actions.redo.setEnabled(self._draw.can_redo)

    def offer_view(self) -> None:
        """Offer what can be done with what is there."""
        has_picture = self._has_picture()
        for action in self._actions.of_a_picture:
            action.setEnabled(has_picture)
        if self._draw.is_on:
            for action in self._actions.of_a_view:
                action.setEnabled(True)

    def show_zoom(self) -> None:
        """Show how much it is enlarged."""
        view = self._view
        if self._draw.is_on:
            self._status.show_zoom(self._draw.zoom)
        elif view.image is not None:
            self._status.show_zoom(100 * view.viewport.scale * view.devicePixelRatioF())

    def _connect(self) -> None:
        actions, view, draw = self._actions, self._view, self._draw
        actions.undo.triggered.connect(draw.undo)
        actions.redo.triggered.connect(draw.redo)
        actions.zoom_in.triggered.connect(lambda: draw.view.zoom_in())
        actions.zoom_out.triggered.connect(lambda: draw.view.zoom_out())
        actions.fit.triggered.connect(lambda: draw.view.fit())
        actions.actual_size.triggered.connect(lambda: draw.view.actual_size())
        actions.pixels.toggled.connect(lambda on: view.set_smooth(not on))
        view.smooth_changed.connect(lambda smooth: actions.pixels.setChecked(not smooth))
        view.moved.connect(self.show_zoom)
        draw.moved.connect(self.show_zoom)
        draw.steps_changed.connect(self.offer_steps)
