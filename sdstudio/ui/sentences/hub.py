"""Why a model does not come from the hub."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "hub_unknown": (
            translate(
                "wording",
                "The hub has no model “{name}”, or it is private. Check how its page spells it.",
            ),
        ),
        "hub_gated": (
            translate(
                "wording",
                "“{name}” asks for consent: accept its terms on its page at huggingface.co, and "
                "sign in with “hf auth login”.",
            ),
        ),
        "hub_unreachable": (
            translate(
                "wording",
                "“{name}” is not on this computer, and the hub cannot be reached. Check the name "
                "and the connection.",
            ),
        ),
        "hub_failed": (
            translate("wording", "The hub did not hand over “{name}” ({status}). Try later."),
            translate("wording", "The hub did not hand over “{name}”. Try later."),
        ),
        "hub_not_a_model": (
            translate(
                "wording",
                "“{name}” holds no Stable Diffusion model in the layout of diffusers. A single "
                "file of it can be downloaded and opened by hand.",
            ),
        ),
        "hub_no_room": (
            translate(
                "wording",
                "“{name}” needs {wanted}, and the disk of {folder} has {free} left. Make room "
                "there and try again.",
            ),
        ),
        "hub_corrupt": (
            translate(
                "wording",
                "“{file}” of “{name}” arrived damaged and was thrown away. Try again.",
            ),
        ),
    }
