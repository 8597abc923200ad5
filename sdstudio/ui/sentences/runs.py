"""What is worth saying of a run, and why one ended."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "prompt_truncated": (
            translate(
                "wording", "The model reads the first {tokens} tokens; “{rest}” is not read."
            ),
            translate("wording", "The model does not read the end of this prompt."),
        ),
        "unknown_words": (
            translate("wording", "The model has never seen: {words}."),
            translate("wording", "The model has never seen some of these words."),
        ),
        "not_finite": (
            translate(
                "wording",
                "The numbers overflowed during the run; less guidance, another scheduler or the "
                "exact mode may help.",
            ),
        ),
        "decode_not_finite": (
            translate("wording", "The picture could not be decoded: its numbers overflowed."),
        ),
        "encode_not_finite": (
            translate("wording", "The picture could not be encoded: its numbers overflowed."),
        ),
        "unexpected": (
            translate("wording", "Something unexpected went wrong ({kind}); see {log}"),
            translate("wording", "Something unexpected went wrong ({kind})."),
            translate("wording", "Something unexpected went wrong."),
        ),
        "view_missing": (
            translate("wording", "This step was made without guidance, so there is none."),
        ),
        "sizes_differ": (translate("wording", "The runs made pictures of different sizes."),),
        "no_words": (translate("wording", "There is no word in the prompt to drop."),),
        "record_missing": (
            translate("wording", "The record of run {number} is not there any more."),
            translate("wording", "The record “{name}” is not there any more."),
            translate("wording", "The record of this run is not there any more."),
        ),
        "record_damaged": (
            translate("wording", "The record “{name}” is damaged."),
            translate("wording", "The record of this run is damaged."),
        ),
    }
