"""The picture as the hero: showing, zooming, captions, the empty state, drag and drop."""

from sdstudio.ui.canvas.canvas import Canvas

__all__ = ["Canvas"]
