"""A finished model folder -> the work folder, so that training goes on from it.

Checkpoints hold the optimizers too and are not kept for ever; the shipped weights are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from diffusers import AutoencoderTiny, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPConfig, CLIPModel, CLIPTextModel

from .export import FEW_STEP_LORA


def take_up(folder: Path, work: Path) -> None:
    """Put the parts of a model folder where the stages leave theirs, in full precision.

    A stage that finds no checkpoint then begins from its part in place of random weights.

    Args:
        folder: As `export` wrote it.
        work: Folder of the stages.
    """
    AutoencoderTiny.from_pretrained(folder / "vae").save_pretrained(work / "vae")
    UNet2DConditionModel.from_pretrained(folder / "unet").save_pretrained(work / "unet")
    text = CLIPTextModel.from_pretrained(folder / "text_encoder").float()
    text.save_pretrained(work / "text_encoder")
    shutil.copytree(folder / "tokenizer", work / "tokenizer", dirs_exist_ok=True)
    clip = CLIPModel(CLIPConfig.from_pretrained(folder / "likeness"))
    own = load_file(folder / "likeness" / "model.safetensors")
    words = {f"text_model.{name}": value for name, value in text.state_dict().items()}
    clip.load_state_dict(own | words)
    clip.float().save_pretrained(work / "clip")
    few_step = folder / "loras" / FEW_STEP_LORA
    if few_step.exists():
        shutil.copy(few_step, work / few_step.name)
