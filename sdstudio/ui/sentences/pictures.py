"""What is wrong with a picture, a mask or a drawing that is opened."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "not_a_picture": (translate("wording", "This is not a picture."),),
        "picture_missing": (
            translate("wording", "There is no file “{name}” any more."),
            translate("wording", "The picture's file is not there any more."),
        ),
        "picture_unreadable": (
            translate("wording", "“{name}” is damaged or not a picture."),
            translate("wording", "The picture is damaged, or no picture."),
        ),
        "picture_too_large": (
            translate(
                "wording", "“{name}” has {width} × {height} pixels; 64 million in all is the most."
            ),
            translate(
                "wording",
                "The picture has {width} × {height} pixels; 64 million in all is the most.",
            ),
            translate("wording", "“{name}” is too large; 64 million pixels is the most."),
            translate("wording", "The picture is too large; 64 million pixels is the most."),
        ),
        "mask_empty": (
            translate(
                "wording",
                "The mask is empty, so nothing would change; paint over what is to be made anew.",
            ),
        ),
        "mask_full": (
            translate("wording", "The mask covers all of the picture, so nothing of it is kept."),
        ),
        "mask_too_thin": (
            translate(
                "wording",
                "The mask is too thin: this model changes blocks of {pixels} × {pixels} pixels.",
            ),
            translate("wording", "The mask is too thin for this model."),
        ),
        "mask_without_image": (
            translate("wording", "There is a mask, and no picture that it belongs to."),
        ),
        "needs_mask": (
            translate(
                "wording",
                "This model fills masked parts of pictures: it needs a picture and a mask. In "
                "Draw, put a picture on the sheet and paint a mask over a part of it.",
            ),
        ),
        "picture_not_local": (
            translate("wording", "A picture from the web must be saved or copied first."),
        ),
        "picture_kind": (
            translate(
                "wording",
                "“{name}” is a {kind} file, which cannot be opened here: save it as PNG or JPEG.",
            ),
            translate("wording", "{kind} cannot be opened here: save it as PNG or JPEG."),
        ),
        "picture_tiny": (
            translate(
                "wording",
                "The picture has only {width} × {height} pixels: each becomes {times} times as "
                "wide, and there is little to see.",
            ),
        ),
        "picture_thin": (
            translate(
                "wording",
                "The picture has {width} × {height} pixels: fitted in whole it is a thin strip. "
                "Cropped or stretched it fills the drawing.",
            ),
        ),
        "drawing_unreadable": (
            translate("wording", "The drawing is damaged, or no drawing: {reason}."),
            translate("wording", "The drawing is damaged, or no drawing."),
        ),
        "nothing_to_paste": (translate("wording", "There is no picture to paste."),),
    }
