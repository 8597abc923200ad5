"""Tiny models for the engine's tests, one of each kind for the whole run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline

from sdstudio.engine import Model, load_model
from tests.tiny_models import save_tiny, tiny_pipeline


@pytest.fixture(scope="session")
def tiny_folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Folders of tiny models by prediction type, autoencoder and channels of the network."""
    made: dict[tuple[object, ...], Path] = {}

    def folder(prediction_type: str = "epsilon", vae: str = "kl", channels: int = 4) -> Path:
        key = (prediction_type, vae, channels)
        if key not in made:
            made[key] = save_tiny(
                tmp_path_factory.mktemp("models") / "-".join(map(str, key)),
                prediction_type=prediction_type,
                vae=vae,
                channels=channels,
            )
        return made[key]

    return folder


@pytest.fixture(scope="session")
def tiny_models(tiny_folders: Callable[..., Path]) -> Callable[..., Model]:
    """The same, loaded in the exact mode."""
    loaded: dict[Path, Model] = {}

    def model(*kinds: Any, **named: Any) -> Model:
        folder = tiny_folders(*kinds, **named)
        if folder not in loaded:
            loaded[folder] = load_model(folder, dtype=torch.float32, device="cpu")
        return loaded[folder]

    return model


@pytest.fixture(scope="session")
def tiny_pipelines(tiny_folders: Callable[..., Path]) -> Callable[..., StableDiffusionPipeline]:
    """diffusers' own pipelines over the same folders."""
    loaded: dict[Path, StableDiffusionPipeline] = {}

    def pipeline(*kinds: Any, **named: Any) -> StableDiffusionPipeline:
        folder = tiny_folders(*kinds, **named)
        if folder not in loaded:
            loaded[folder] = StableDiffusionPipeline.from_pretrained(folder)
            loaded[folder].set_progress_bar_config(disable=True)
        return loaded[folder]

    return pipeline


@pytest.fixture
def tiny(tiny_models: Callable[..., Model]) -> Model:
    """The tiny eps model with a KL autoencoder."""
    return tiny_models()


@pytest.fixture(scope="session")
def lora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random LoRA for the tiny network, saved as diffusers does."""
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    pipeline = tiny_pipeline()
    config = LoraConfig(
        r=2, target_modules=["to_q", "to_k", "to_v", "to_out.0"], init_lora_weights="gaussian"
    )
    pipeline.unet.add_adapter(config)
    for name, weight in pipeline.unet.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight.data, std=0.2)
    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(pipeline.unet))
    folder = tmp_path_factory.mktemp("loras")
    StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=layers)
    return folder / "pytorch_lora_weights.safetensors"
