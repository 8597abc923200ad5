"""What the window calls tools, layers and symmetries."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def tools() -> dict[str, tuple[str, str, str]]:
    """For each tool its icon, its name with its key, and what it does."""
    return {
        "brush": (
            "brush",
            translate("draw", "Brush (B)"),
            translate("draw", "Paint with the colour. Shift: straight on from the last stroke"),
        ),
        "eraser": (
            "eraser",
            translate("draw", "Eraser (E)"),
            translate("draw", "Make the layer transparent again"),
        ),
        "fill": (
            "fill",
            translate("draw", "Fill (G)"),
            translate("draw", "Fill what hangs together and looks alike"),
        ),
        "eyedropper": (
            "eyedropper",
            translate("draw", "Eyedropper (I)"),
            translate("draw", "Take a colour from the drawing; with any tool: Alt, right button"),
        ),
        "line": (
            "line",
            translate("draw", "Line (L)"),
            translate("draw", "Drag a straight line. Shift: in steps of 15 degrees"),
        ),
        "rectangle": (
            "rectangle",
            translate("draw", "Rectangle (U)"),
            translate("draw", "Drag a rectangle. Shift: a square. U again: an ellipse"),
        ),
        "ellipse": (
            "ellipse",
            translate("draw", "Ellipse (U)"),
            translate("draw", "Drag an ellipse. Shift: a circle. U again: a rectangle"),
        ),
        "move": (
            "move",
            translate("draw", "Move (V)"),
            translate("draw", "Drag to select a part of the layer, then drag it elsewhere"),
        ),
        "mask": (
            "mask",
            translate("draw", "Mask brush (M)"),
            translate("draw", "Paint where the picture may change; the eraser takes it back"),
        ),
    }


def layer(name: str) -> str:
    """A layer's name."""
    return {
        "background": translate("draw", "Background"),
        "paint": translate("draw", "Paint"),
        "mask": translate("draw", "Mask"),
    }[name]


def symmetries() -> dict[str, str]:
    """The ways a stroke is repeated."""
    return {
        "none": translate("draw", "No symmetry"),
        "vertical": translate("draw", "Left and right alike"),
        "horizontal": translate("draw", "Above and below alike"),
        "both": translate("draw", "Both ways"),
        "rotational": translate("draw", "Round the middle"),
    }
