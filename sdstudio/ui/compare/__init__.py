"""Two runs beside each other, or a family of them in a row, in the canvas's place."""

from sdstudio.ui.compare.page import ComparePage

__all__ = ["ComparePage"]
