"""Codes -> one-line sentences for a terminal.

Without Qt, whose system libraries a bare server may not have.
"""

from __future__ import annotations

from string import Formatter
from typing import Any

from sdstudio.engine.problems import Problem

_SENTENCES = {
    "attention_hidden": "attention cannot be recorded here",
    "clip_unreadable": "{name} holds no CLIP model that can be read: {reason}",
    "decode_not_finite": "the picture overflowed when decoded; try --exact",
    "device_missing": "there is no device {name}",
    "disk_full": "{name} was not written: the disk is full",
    "encode_not_finite": "the picture overflowed when encoded; try --exact",
    "file_cut_short": "{name} is cut short: its end is missing",
    "file_damaged": "{name} is damaged or no model: {reason}",
    "file_empty": "the file {name} is empty",
    "file_missing": "there is no file {name}",
    "file_unreadable": "{name} cannot be read: {reason}",
    "folder_missing": "{name} was not written: there is no folder {folder}",
    "format_of_others": "{name} is a model in the format {format}, which only other programs read",
    "hub_corrupt": "{file} of {name} arrived damaged; try again",
    "hub_failed": "the hub did not hand over {name} ({status})",
    "hub_gated": "{name} asks for consent: accept its terms on its page, then hf auth login",
    "hub_no_room": "{name} needs {wanted}; the disk of {folder} has {free}",
    "hub_not_a_model": "{name} holds no model in the layout of diffusers",
    "hub_unknown": "the hub has no model {name}, or it is private",
    "hub_unreachable": "{name} is not on this computer, and the hub cannot be reached",
    "index_outside": "{name} was refused: it names {file}, outside of its folder",
    "inversion_family": "the textual inversion {name} is {widths} wide, the model {wanted}",
    "inversion_known": "the model already has a word {word} ({name})",
    "lora_family": "the LoRA {name} was made for {made_for}",
    "lora_missing": "there is no LoRA {name}",
    "lora_pickled": "{name} is a LoRA in a pickle, and those are not read; look for .safetensors",
    "lora_unreadable": "the LoRA {name} cannot be used: {reason}",
    "mask_empty": "the mask is empty: white is where the picture may change",
    "mask_full": "the mask is white everywhere, so nothing of the picture is kept",
    "mask_too_thin": "too thin for this model, which changes blocks of {pixels} pixels",
    "mask_without_image": "a mask needs a picture (--image)",
    "memory_short": "{name} needs {wanted} of memory, and {free} is free",
    "memory_short/half_fits": "{name} needs {wanted} of memory, and {free} is free; {halved} is"
    " enough with --dtype bfloat16",
    "memory_spared": "to spare memory, the model runs in a thriftier way ({reason})",
    "memory_spared_all": "nothing is left that takes less memory",
    "model_damaged": "the model {name} is damaged: {reason}",
    "model_inside": "{name} is no model folder; the model is the file {file} in it",
    "model_missing": "there is no model at {name}",
    "model_too_large": "the memory is not enough for this model",
    "model_unreadable": "{name} may not be read: {reason}",
    "model_unsupported": "this kind of model is not supported: {kind}",
    "needs_mask": "this model fills masked parts of pictures: give --image and --mask",
    "not_a_checkpoint": "{name} is no Stable Diffusion model",
    "not_a_model": "{name} is no model folder: no index of a model's parts is in it",
    "not_a_multiple": "{value} is not a multiple of {multiple}",
    "not_a_number": "not a number",
    "not_a_picture": "not a picture",
    "not_a_whole_number": "not a whole number",
    "not_an_inversion": "{name} is no textual inversion",
    "not_finite": "the numbers overflowed at step {step} of {count}; try --exact",
    "not_pairs": "a name or path, and a finite weight",
    "not_the_model": "{name} is no model, but goes with one",
    "not_the_model/inversion": "{name} is a textual inversion; give a model, and it as --embedding",
    "not_the_model/lora": "{name} is a LoRA; give a model, and it as --lora",
    "not_the_model/tiny": "{name} is a tiny autoencoder, for previews, and no model",
    "not_the_model/vae": "{name} is an autoencoder; give a model, and it as --vae",
    "not_weights": "{name} holds no weights",
    "not_weights/archive": "{name} is an archive: unpack it first",
    "not_weights/page": "{name} is a web page under the name of a model",
    "not_weights/pointer": "{name} only names the file that Git LFS would download: git lfs pull",
    "not_writable": "{name} was not written: {reason}",
    "out_of_memory": "there is not enough memory",
    "out_of_range": "{value} is not between {low} and {high}",
    "part_missing": "the model {name} is not complete: {part} is missing",
    "pickle_refused": "{name} was refused: opening it would run {wants}; look for .safetensors",
    "picture_kind": "{name} is a {kind} file, which cannot be opened here; save it as PNG or JPEG",
    "picture_missing": "there is no file {name}",
    "picture_too_large": "{name} has too many pixels",
    "picture_unreadable": "{name} cannot be read as a picture",
    "precision": "the precision was chosen ({reason})",
    "precision_refused": "{dtype} does not hold on this model; it runs in float32",
    "prediction_probed": "{name} does not say what it predicts; it answered as {prediction}",
    "prompt_truncated": "only the first {tokens} tokens are read; left out: {rest}",
    "read_only": "{name} was not written: {folder} is not writable",
    "run_damaged": "the run file {name} is damaged: {reason}",
    "run_foreign": "{name} is not a run file",
    "run_too_large": "{name} is too large for a run file",
    "run_too_new": "{name} was written by a newer version",
    "scheduler_assumed": "{name} came without a scheduler; its family's was taken ({prediction})",
    "scheduler_refuses": "{scheduler} refuses {steps} steps: {reason}",
    "several_models": "{name} is no model folder, but {count} files of weights are in it: name one",
    "strength_too_low": "{value} of {steps} steps leaves none; the least is {least:.3g}",
    "tiny_decoder_missing": "{name} holds no decoder of a tiny autoencoder",
    "tokenizer_missing": "{name} needs {files} of {repository} ({size}) in {folder}",
    "too_many_steps": "{scheduler} takes at most {most} steps",
    "unknown_choice": "{value} is none of {known}",
    "unknown_dtype": "{name} is not float32, bfloat16 or float16",
    "unknown_scheduler": "there is no scheduler {name}",
    "unknown_words": "the model has never seen: {words}",
    "vae_differs": "the autoencoder {name} does not fit the model",
    "vae_not_tiny": "{name} is an autoencoder of the full kind, not a tiny one",
    "vae_upcast": "the picture overflowed in half precision; decoded again in full",
    "weights_missing": "{name} has no weights in {part}",
}

_LONGEST = 120


def sentence(problem: Problem) -> str:
    """One line for a problem, its option in front; codes without words are shown as they are."""
    place = _option(problem.field)
    values = {name: _worded(value) for name, value in problem.values}
    special = f"{problem.code}/{values.get('reason')}"
    template = _SENTENCES.get(special, _SENTENCES.get(problem.code))
    if template is not None and _names(template) <= values.keys():
        return place + template.format(**values)
    details = ", ".join(f"{name} {value}" for name, value in values.items())
    text = problem.code.replace("_", " ")
    return place + (f"{text} ({details})" if details else text)


def _option(field: str) -> str:
    if field in ("", "file"):
        return ""
    named = {"prompt": "prompt", "loras": "--lora"}
    return f"{named.get(field, '--' + field.replace('_', '-'))}: "


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _worded(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        value = ", ".join(map(str, value))
    if isinstance(value, str):
        value = " ".join(value.split())
        return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    return value
