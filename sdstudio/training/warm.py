"""A finished model folder -> the work folder: training goes on from it, or is averaged with it.

Checkpoints hold the optimizers too and are not kept for ever; the shipped weights are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPConfig, CLIPModel, CLIPTextModel

from .export import FEW_STEP_LORA
from .network import open_network, with_middle


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


@torch.no_grad()
def average_network(folder: Path, work: Path, share: float) -> None:
    """Move work/unet some way back to the network it was trained on from.

    Between two networks of one descent the average knows most of what both do (Wortsman et al.
    2022, "Model soups"): what was learnt last, and what was forgotten over it. Of a middle block
    that only the later one has, the average adds its share.

    Args:
        folder: A finished model, of the network before.
        work: Folder of the stages.
        share: Of work/unet in the average, 0 to 1.
    """
    after = open_network(work / "unet")
    before = UNet2DConditionModel.from_pretrained(folder / "unet")
    if before.mid_block is None:
        before = with_middle(before, after.mid_block)
    old = before.state_dict()
    for name, value in after.state_dict().items():
        value.copy_(torch.lerp(old[name].float(), value, share))
    after.save_pretrained(work / "unet")
