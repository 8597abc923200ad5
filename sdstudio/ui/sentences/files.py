"""What is wrong with a file that is read or written."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "disk_full": (
            translate("wording", "“{name}” was not saved: the disk of {folder} is full."),
            translate("wording", "The disk is full."),
        ),
        "read_only": (
            translate("wording", "“{name}” was not saved: {folder} may only be read."),
            translate("wording", "The folder may only be read."),
        ),
        "folder_missing": (
            translate("wording", "“{name}” was not saved: there is no folder {folder}."),
            translate("wording", "The folder is not there."),
        ),
        "not_writable": (
            translate("wording", "“{name}” was not saved: {reason}."),
            translate("wording", "The file could not be saved."),
        ),
        "file_missing": (
            translate("wording", "There is no file “{name}”."),
            translate("wording", "The file is missing."),
        ),
        "file_unreadable": (
            translate("wording", "“{name}” cannot be read: {reason}"),
            translate("wording", "“{name}” cannot be read."),
            translate("wording", "The file cannot be read."),
        ),
        "file_incomplete": (
            translate("wording", "“{name}” is incomplete; what it still holds was taken."),
            translate("wording", "The file is incomplete; what it still holds was taken."),
        ),
        "metadata_damaged": (
            translate("wording", "What “{name}” says of how it was made is damaged."),
            translate("wording", "What the file says of how it was made is damaged."),
        ),
        "no_metadata": (
            translate("wording", "“{name}” does not say how it was made."),
            translate("wording", "The picture does not say how it was made."),
        ),
        "prompt_syntax": (
            translate(
                "wording", "{label}: weights such as (word:1.2) are read as ordinary words here."
            ),
        ),
        "field_not_restored/not_in_file": (
            translate("wording", "{label} could not be restored: the file does not hold it."),
        ),
        "field_not_restored": (
            translate("wording", "{label} could not be restored from “{value}”."),
            translate("wording", "{label} could not be restored."),
        ),
        "settings_not_restored": (
            translate("wording", "These settings have no counterpart here: {names}."),
            translate("wording", "Some settings have no counterpart here."),
        ),
        "run_foreign": (
            translate("wording", "“{name}” is not a run file."),
            translate("wording", "This is not a run file."),
        ),
        "run_damaged": (
            translate("wording", "The run file “{name}” is damaged and was not opened."),
            translate("wording", "The run file is damaged and was not opened."),
        ),
        "run_too_new": (
            translate("wording", "“{name}” was written by a newer version of this program."),
            translate("wording", "The run file was written by a newer version of this program."),
        ),
        "run_too_large": (
            translate("wording", "“{name}” is too large for a run file: 2 GB is the most."),
            translate("wording", "This run is too large for a run file: 2 GB is the most."),
        ),
        "model_differs": (
            translate("wording", "It was made with the model “{name}”; “{present}” is in use."),
            translate("wording", "It was made with another model than the one in use."),
        ),
    }
