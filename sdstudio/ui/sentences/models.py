"""Why a model does not load or run."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def sentences() -> dict[str, tuple[str, ...]]:
    """Templates by code, in the language that is set."""
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
        "file_cut_short": (
            translate("wording", "“{name}” is cut short: only {percent} % of it is there."),
            translate("wording", "“{name}” is cut short: its end is missing."),
        ),
        "model_inside": (
            translate(
                "wording",
                "“{name}” is no model folder; the model is the file “{file}” in it: open that.",
            ),
        ),
        "part_missing": (
            translate(
                "wording",
                "The model “{name}” is not complete: what should be in its folder “{part}” is "
                "missing.",
            ),
        ),
        "not_the_model/lora": (
            translate(
                "wording",
                "“{name}” is a LoRA, to be added to a model: load the model first, then drop the "
                "LoRA on the window.",
            ),
        ),
        "not_the_model/inversion": (
            translate(
                "wording",
                "“{name}” is a textual inversion, to be added to a model: load the model first, "
                "then drop the file on the window.",
            ),
        ),
        "not_the_model/vae": (
            translate(
                "wording",
                "“{name}” is an autoencoder, a part of a model: load the model first, then drop "
                "the autoencoder on the window.",
            ),
        ),
        "not_the_model/tiny": (
            translate(
                "wording",
                "“{name}” is a tiny autoencoder, for previews: load the model first, then drop "
                "the file on the window.",
            ),
        ),
        "not_the_model": (translate("wording", "“{name}” is no model, but goes with one."),),
        "not_weights/page": (
            translate(
                "wording",
                "“{name}” is a web page under the name of a model: the site did not hand over "
                "the file. Signing in there, or accepting its terms, may help.",
            ),
        ),
        "not_weights/pointer": (
            translate(
                "wording",
                "“{name}” only names the file that Git LFS would download: get the file itself "
                "from its page, or with “git lfs pull”.",
            ),
        ),
        "not_weights/archive": (
            translate(
                "wording",
                "“{name}” is an archive: unpack it, and open what is in it.",
            ),
        ),
        "not_weights": (translate("wording", "“{name}” holds no weights."),),
        "format_of_others": (
            translate(
                "wording",
                "“{name}” is a model in the format {format}, which only other programs read. Look "
                "for a .safetensors file of it.",
            ),
        ),
        "lora_pickled": (
            translate(
                "wording",
                "“{name}” is a LoRA in a pickle, and those are not read. Look for a .safetensors "
                "file of it.",
            ),
        ),
        "several_models": (
            translate(
                "wording",
                "“{name}” is no model folder, but {count} files of weights are in it: open one "
                "of them.",
            ),
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
                "“{name}” needs {wanted} of the memory of the accelerator ({device}) for its "
                "largest part, and {free} is free there.",
            ),
            translate(
                "wording",
                "“{name}” needs {wanted} of memory, and {free} is free. With its network in half "
                "precision it needs {halved}; on some processors that is slower.",
            ),
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
        "vae_not_tiny": (
            translate(
                "wording",
                "“{name}” is an autoencoder of the full kind, not a tiny one; take it in place of "
                "the model’s own instead.",
            ),
        ),
        "tiny_decoder_missing": (
            translate(
                "wording",
                "“{name}” holds no decoder of a tiny autoencoder; put the file of its decoder "
                "beside it, or choose that.",
            ),
        ),
        "vae_upcast": (
            translate(
                "wording",
                "The numbers of the picture overflowed in half precision; the autoencoder of "
                "“{name}” runs in full precision from now on.",
            ),
        ),
        "precision/asked": (translate("wording", "It was asked for."),),
        "precision/builtin": (
            translate("wording", "Nothing faster is known here for the built-in model."),
        ),
        "precision/processor": (
            translate(
                "wording",
                "This processor is no faster in half precision, as one with AMX would be.",
            ),
        ),
        "precision/checked": (
            translate(
                "wording",
                "The fastest here; in a check, the answers differed by {error} from those in full "
                "precision (at most {most} is allowed).",
            ),
        ),
        "precision/refused": (
            translate("wording", "A faster one was tried and did not hold; see below."),
        ),
        "precision": (translate("wording", "Nobody says why."),),
        "precision_refused": (
            translate(
                "wording",
                "In {dtype} this model’s answers differ by {error} from those in full precision "
                "(at most {most} is allowed): it runs in full precision.",
            ),
            translate(
                "wording", "In {dtype} this model’s numbers overflow: it runs in full precision."
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
