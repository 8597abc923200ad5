"""What is wrong with a request, its LoRAs or a batch."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        "not_text": (translate("wording", "{label} wants text."),),
        "not_a_number": (
            translate("wording", "“{value}” is not a number."),
            translate("wording", "{label} wants a number."),
        ),
        "not_a_whole_number": (
            translate("wording", "“{value}” is not a whole number."),
            translate("wording", "{label} wants a whole number."),
        ),
        "out_of_range": (
            translate("wording", "{label} goes from {low} to {high}, not to {value}."),
            translate("wording", "{label} goes from {low} to {high}."),
        ),
        "not_a_multiple": (
            translate("wording", "{label}: {value} is not a multiple of {multiple}."),
        ),
        "unknown_choice": (
            translate("wording", "{label} can be {known}; “{value}” is none of these."),
            translate("wording", "“{value}” is no choice for {label}."),
        ),
        "unknown_field": (translate("wording", "“{label}” is nothing this version knows."),),
        "unknown_scheduler": (
            translate("wording", "There is no scheduler called “{name}”."),
            translate("wording", "This scheduler is not known."),
        ),
        "too_many_steps": (
            translate("wording", "{scheduler} takes at most {most} steps, not {steps}."),
            translate("wording", "{scheduler} takes at most {most} steps."),
        ),
        "scheduler_refuses": (
            translate("wording", "{scheduler} cannot run in {steps} steps: {reason}"),
            translate("wording", "The scheduler cannot run in that many steps."),
        ),
        "strength_too_low": (
            translate(
                "wording",
                "At strength {value} not one of {steps} steps would run; {least} is the least.",
            ),
            translate("wording", "At this strength not one step would run."),
        ),
        "not_pairs": (
            translate("wording", "LoRAs are pairs of a name and a weight; a weight is a number."),
        ),
        "lora_missing": (
            translate("wording", "There is no LoRA “{name}”."),
            translate("wording", "A LoRA is missing."),
        ),
        "lora_family": (
            translate("wording", "The LoRA “{name}” was made for {made_for}, not for this model."),
            translate("wording", "The LoRA “{name}” was made for another kind of model."),
            translate("wording", "A LoRA was made for another kind of model."),
        ),
        "lora_unreadable": (
            translate(
                "wording", "The LoRA “{name}” cannot be read, or was made for another model."
            ),
            translate("wording", "A LoRA cannot be read, or was made for another model."),
        ),
        "empty_batch": (translate("wording", "There is nothing to generate."),),
        "batch_differs": (
            translate("wording", "All requests of one batch need the same {label}."),
        ),
        "latents_shape": (
            translate(
                "wording", "The starting latents have the shape {given}; {wanted} is wanted."
            ),
            translate("wording", "The starting latents have the wrong shape."),
        ),
    }
