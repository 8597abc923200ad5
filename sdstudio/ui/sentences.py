"""The sentence of every problem's code, as templates over the problem's values.

Of a code's templates the first is used whose values the problem has. ``{label}`` is what the
window calls the problem's field. Where a problem has a ``reason`` that is itself a code, the
entry ``code/reason`` goes before ``code``. Codes are raised below the window; a test greps
the sources and fails for one that has no sentence here.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
    return {
        **_requests(),
        **_pictures(),
        **_models(),
        **_hub(),
        **_runs(),
        **_files(),
        **_drawings(),
    }


def _requests() -> dict[str, tuple[str, ...]]:
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


def _pictures() -> dict[str, tuple[str, ...]]:
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
                "This model fills masked parts of pictures: it needs a picture and a mask.",
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


def _models() -> dict[str, tuple[str, ...]]:
    return {
        "model_missing": (
            translate("wording", "There is no model in “{name}”."),
            translate("wording", "The model is missing."),
        ),
        "not_a_model": (
            translate(
                "wording", "“{name}” is no model folder: no index of a model’s parts is in it."
            ),
            translate("wording", "This is no model folder."),
        ),
        "file_empty": (
            translate("wording", "The file “{name}” is empty."),
            translate("wording", "The file is empty."),
        ),
        "model_too_large": (translate("wording", "The memory is not enough for this model."),),
        "model_unreadable": (
            translate("wording", "“{name}” may not be read: {reason}."),
            translate("wording", "The model may not be read."),
        ),
        "model_damaged": (
            translate("wording", "The model “{name}” is damaged: {reason}."),
            translate("wording", "The model “{name}” is damaged."),
            translate("wording", "The model is damaged."),
        ),
        "model_unsupported": (
            translate(
                "wording", "This kind of model cannot be used yet: its {part} is of kind {kind}."
            ),
            translate("wording", "This kind of model cannot be used yet: {kind}."),
            translate("wording", "This kind of model cannot be used yet."),
        ),
        "not_a_checkpoint": (
            translate("wording", "“{name}” is no Stable Diffusion model but {what}."),
            translate("wording", "“{name}” is no Stable Diffusion model."),
        ),
        "tokenizer_missing": (
            translate(
                "wording",
                "“{name}” needs the CLIP tokenizer, which single files do not hold: download "
                "{files} of {repository} ({size}) and put them into {folder}.",
            ),
            translate("wording", "A single file needs the CLIP tokenizer."),
        ),
        "prediction_probed": (
            translate(
                "wording",
                "“{name}” does not say what it predicts; asked, it answered as {prediction}.",
            ),
        ),
        "weights_missing": (
            translate("wording", "The model “{name}” has no weights for its part “{part}”."),
            translate("wording", "The model has no weights."),
        ),
        "index_outside": (
            translate(
                "wording",
                "“{name}” was refused: it names the file “{file}” outside of its own folder.",
            ),
            translate("wording", "The model was refused: it names files outside of its folder."),
        ),
        "pickle_refused": (
            translate(
                "wording",
                "“{name}” was refused: opening it would run “{wants}”, and a model needs nothing "
                "but numbers. Look for a .safetensors file of it.",
            ),
            translate(
                "wording",
                "“{name}” was refused: it asks for more than numbers when it is opened. Look for "
                "a .safetensors file of it.",
            ),
        ),
        "file_damaged": (
            translate("wording", "“{name}” is damaged, or not a model: {reason}"),
            translate("wording", "The file is damaged, or not a model."),
        ),
        "memory_short": (
            translate(
                "wording",
                "“{name}” needs {wanted} of memory, and {free} is free. Close other programs, or "
                "take a smaller model.",
            ),
            translate("wording", "The memory does not hold this model."),
        ),
        "vae_differs": (
            translate(
                "wording",
                "The autoencoder “{name}” has {channels} channels of latents and shrinks "
                "{scale}-fold: it does not fit this model.",
            ),
            translate("wording", "The autoencoder does not fit this model."),
        ),
        "vae_upcast": (
            translate(
                "wording",
                "The numbers of the picture overflowed in half precision; the autoencoder of "
                "“{name}” runs in full precision from now on.",
            ),
        ),
        "not_an_inversion": (
            translate("wording", "“{name}” is no textual inversion in a layout known here."),
        ),
        "inversion_family": (
            translate(
                "wording",
                "The textual inversion “{name}” was made for another kind of model: its vectors "
                "are {widths} wide, this model reads {wanted}.",
            ),
            translate("wording", "A textual inversion was made for another kind of model."),
        ),
        "inversion_known": (
            translate("wording", "The model already has a word “{word}” (“{name}”)."),
        ),
        "scheduler_assumed": (
            translate(
                "wording",
                "“{name}” came without a scheduler; the one of its family was taken "
                "({prediction}).",
            ),
        ),
        "unknown_dtype": (
            translate("wording", "There is no number format “{name}”."),
            translate("wording", "This number format is not known."),
        ),
        "device_missing": (
            translate("wording", "There is no device “{name}” here."),
            translate("wording", "The device is not there."),
        ),
        "attention_hidden": (
            translate("wording", "The faster engine ({engine}) does not show attention."),
            translate("wording", "The faster engine does not show attention."),
        ),
        "seen_in_tiles": (
            translate(
                "wording",
                "The network saw this picture in tiles of {pixels} pixels, and never all of it.",
            ),
            translate("wording", "The network saw this picture in tiles, and never all of it."),
        ),
        "likeness_missing": (
            translate(
                "wording",
                "The model “{name}” brings no towers that compare pictures with texts; choose a "
                "CLIP folder below.",
            ),
            translate("wording", "This model cannot compare pictures with texts."),
        ),
        "clip_unreadable": (
            translate("wording", "“{name}” holds no CLIP model that can be read: {reason}"),
            translate("wording", "This folder holds no CLIP model that can be read."),
        ),
        "no_model": (translate("wording", "There is no model to run this on."),),
    }


def _hub() -> dict[str, tuple[str, ...]]:
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


def _runs() -> dict[str, tuple[str, ...]]:
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
        "out_of_memory": (
            translate("wording", "The memory is not enough; a smaller size may help."),
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


def _files() -> dict[str, tuple[str, ...]]:
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


def _drawings() -> dict[str, tuple[str, ...]]:
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
