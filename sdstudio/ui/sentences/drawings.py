"""What is worth saying of a drawing."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "canvas_too_small": (
            translate("wording", "The sheet is too small to grow: {least} pixels are the least."),
            translate("wording", "The sheet is too small to grow."),
        ),
        "canvas_too_large": (
            translate("wording", "The sheet cannot grow beyond {most} pixels with this model."),
            translate("wording", "The sheet cannot grow any further with this model."),
        ),
        "canvas_changed": (
            translate("wording", "The sheet got another size meanwhile, so nothing was added."),
        ),
        "enlarged_too_large": (
            translate(
                "wording",
                "It would have {width} × {height} pixels; {most} a side are the most that this "
                "model makes.",
            ),
            translate("wording", "It would be larger than this model makes."),
        ),
    }
