"""Trained parts -> the folder the app ships: a diffusers pipeline and its words."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diffusers import AutoencoderTiny, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from .captions import plural
from .concepts import COLOURS, CONCEPTS
from .grounds import GROUNDS
from .scenes import PICTURE_SIZE
from .styles import STYLES

EXAMPLES = [
    "a frog on a stage at the theatre",
    "a rabbit",
    "an astronaut riding a horse",
    "a swan in the sea",
    "two penguins in the snow",
    "a pencil sketch of a dog",
    "a hamburger on a pink background",
    "a castle at night",
]
"""What the empty window offers to click."""

FEW_STEP_LORA = "few-step.safetensors"
"""Its file in the work folder, and among the model's `loras`; "builtin:few-step" to the app."""

BEST_GUIDANCE = 4.0
"""What looks best; recommended, and used for sheets that do not vary it."""


def noise_schedule() -> DDIMScheduler:
    """Stable Diffusion's noise schedule with v-prediction: every common scheduler can run it."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        steps_offset=1,
        clip_sample=False,
        set_alpha_to_one=False,
    )


def pipeline(
    vae: AutoencoderTiny, text: CLIPTextModel, tokenizer: CLIPTokenizer, unet: UNet2DConditionModel
) -> StableDiffusionPipeline:
    """The parts as the pipeline that any diffusers program opens."""
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=noise_schedule(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def vocabulary(concepts: list[int]) -> dict[str, list[str]]:
    """The words that these concepts' captions use, and the names a prompt may be built of."""
    known = [CONCEPTS[index] for index in concepts]
    names = [n for c in known for n in (c.name, *c.synonyms)]
    phrases = [*names, *(plural(n) for n in names), *(c.kind for c in known), *COLOURS]
    phrases += [way for _, ways in GROUNDS.values() for way in ways]
    phrases += [way.replace(",", "").format("") for _, ways in STYLES.values() for way in ways]
    phrases.append("a an picture of something on background small and next to the left right")
    phrases.append("riding in front of two three four")
    return {
        "words": sorted({word for phrase in phrases for word in phrase.split()}),
        "concepts": sorted(c.name for c in known),
        "synonyms": sorted(s for c in known for s in c.synonyms),
        "colours": list(COLOURS),
    }


def export(
    vae: AutoencoderTiny,
    text: CLIPTextModel,
    tokenizer: CLIPTokenizer,
    unet: UNet2DConditionModel,
    concepts: list[int],
    folder: Path,
    guidance_scale: float = BEST_GUIDANCE,
    clip: CLIPModel | None = None,
    few_step: Path | None = None,
) -> None:
    """Write the model folder in half precision; what was there before is replaced at once.

    Args:
        vae: The autoencoder.
        text: The text encoder.
        tokenizer: Its tokenizer.
        unet: The network.
        concepts: Indices into `CONCEPTS` that it was trained on.
        folder: Where to.
        guidance_scale: What looks best.
        clip: The towers that `text` comes from; the image tower and the projections go beside.
        few_step: A LoRA, which goes beside as "builtin:few-step".
    """
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    half = [copy.deepcopy(part).half().eval() for part in (vae, text, unet)]
    pipeline(half[0], half[1], tokenizer, half[2]).save_pretrained(unfinished)
    for part in ("vae", "text_encoder", "unet"):
        # Where the part lay on the machine that trained it.
        _edit(unfinished / part / "config.json", lambda config: config.pop("_name_or_path", None))
    # AutoencoderTiny saves this key and then warns of it whenever it is loaded.
    _edit(unfinished / "vae" / "config.json", lambda config: config.pop("block_out_channels", None))
    # Otherwise transformers loads in the stored half precision what diffusers loads in full.
    _edit(
        unfinished / "text_encoder" / "config.json", lambda config: config.update(dtype="float32")
    )
    recommended = {
        "width": PICTURE_SIZE,
        "height": PICTURE_SIZE,
        "steps": 50,
        "guidance_scale": guidance_scale,
        "scheduler": "DDIM",
        "examples": EXAMPLES,
    }
    for name, content in (
        ("words.json", vocabulary(concepts)),
        ("recommended.json", recommended),
    ):
        (unfinished / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if clip is not None:
        _export_towers(clip, unfinished / "likeness")
    if few_step is not None and few_step.exists():
        (unfinished / "loras").mkdir()
        shutil.copy(few_step, unfinished / "loras" / FEW_STEP_LORA)
    for name in ("README.md", "EVALUATION.md"):
        if (folder / name).exists():
            shutil.copy(folder / name, unfinished / name)
    if (folder / "sheets").exists():
        shutil.copytree(folder / "sheets", unfinished / "sheets")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    unfinished.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def _export_towers(clip: CLIPModel, folder: Path) -> None:
    """CLIPModel's folder without the text model, which is the pipeline's text encoder."""
    half = copy.deepcopy(clip).half()
    state = half.state_dict()
    own = {name: value for name, value in state.items() if not name.startswith("text_model.")}
    half.save_pretrained(folder, state_dict=own)
    _edit(folder / "config.json", lambda config: config.pop("_name_or_path", None))


def _edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file in place."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
