"""What is done where memory is short, and what it costs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "out_of_memory": (
            translate("wording", "The memory is not enough; a smaller size may help."),
        ),
        "less_memory/engine": (
            translate("wording", "Without the faster engine it takes less, and longer."),
        ),
        "less_memory/autoencoder": (
            translate("wording", "Decoding the picture in tiles takes less."),
        ),
        "less_memory/rows": (
            translate(
                "wording", "Asking the network with and without the text in turn takes less."
            ),
        ),
        "less_memory/attention": (
            translate("wording", "Attention in slices takes less, and longer."),
        ),
        "less_memory/offload": (
            translate(
                "wording",
                "With only the part at work on the accelerator it takes less, and longer.",
            ),
        ),
        "less_memory": (translate("wording", "It can be done with less."),),
        "memory_spared/engine": (
            translate(
                "wording",
                "To spare memory, the faster engine was let go. Reloading the model undoes this.",
            ),
        ),
        "memory_spared/autoencoder": (
            translate(
                "wording",
                "To spare memory, pictures are decoded and encoded in tiles; where they meet, "
                "colours may differ a little. Reloading the model undoes this.",
            ),
        ),
        "memory_spared/rows": (
            translate(
                "wording",
                "To spare memory, the network is asked with and without the text in turn; the "
                "picture is the same. Reloading the model undoes this.",
            ),
        ),
        "memory_spared/attention": (
            translate(
                "wording",
                "To spare memory, attention is computed in slices: slower, and the same picture. "
                "Reloading the model undoes this.",
            ),
        ),
        "memory_spared/offload": (
            translate(
                "wording",
                "To spare memory, only the part of the model at work is on the accelerator: "
                "slower, and the same picture. Reloading the model undoes this.",
            ),
        ),
        "memory_spared": (translate("wording", "The model takes less memory from now on."),),
        "memory_spared_all": (
            translate("wording", "There is nothing left that takes less memory with this model."),
        ),
    }
