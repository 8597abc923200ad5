"""What differs between families of models, read off their configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from sdstudio.engine.problems import ModelError, Problem

_NAMES = {768: "SD 1", 1024: "SD 2"}

Micro = Literal["none", "sizes", "aesthetics"]
"""What a network is told of its picture besides the text (Podell et al. 2023, section 2.2):
nothing, the original size, crop and target size, or a score in place of the target size."""

AESTHETIC_SCORE, NEGATIVE_AESTHETIC_SCORE = 6.0, 2.5
"""What the SDXL refiner is told a good and a bad picture score."""


@dataclass(frozen=True)
class Family:
    """What the loop and the window need to know about a kind of model.

    Attributes:
        name: "SD 1", "SD 2", "SDXL", "SDXL refiner", or "SD-shaped" for other widths of the
            design of the first two.
        scale_factor: Pixels to a latent, along a side.
        latent_channels: Channels of the latents.
        native_size: Width and height in pixels that the model was trained on.
        takes_mask: Whether the network is one for inpainting, told of a mask beside the latents.
        penultimate: Whether the text is taken from the encoders' last layer but one, without
            the final norm.
        micro: What the network is told of the picture's size.
        zero_negative: Whether no negative prompt means zeros, not the embedding of no words.
        takes_guidance: Whether guidance was distilled into the network, which takes its scale
            as an input (Meng et al. 2023) and runs once a step.
    """

    name: str
    scale_factor: int
    latent_channels: int
    native_size: tuple[int, int]
    takes_mask: bool = False
    penultimate: bool = False
    micro: Micro = "none"
    zero_negative: bool = False
    takes_guidance: bool = False

    @property
    def size_multiple(self) -> int:
        """Sides are multiples of this many pixels, as diffusers' pipelines ask."""
        return max(8, self.scale_factor)

    @property
    def size_range(self) -> tuple[int, int]:
        """Least and most pixels a side may have."""
        return 8 * self.scale_factor, 16 * max(self.native_size)

    def micro_conditions(self, width: int, height: int) -> tuple[tuple[float, ...], ...]:
        """The numbers told of a picture of that size, without the text and with it."""
        if self.micro == "none":
            return (), ()
        uncropped = (float(height), float(width), 0.0, 0.0)
        if self.micro == "sizes":
            told = (*uncropped, float(height), float(width))
            return told, told
        return (*uncropped, NEGATIVE_AESTHETIC_SCORE), (*uncropped, AESTHETIC_SCORE)


def family_of(
    network: Any, vae: Any, pooled_width: int | None = None, zero_negative: bool = False
) -> Family:
    """Read the family off a UNet and an autoencoder of diffusers.

    Args:
        pooled_width: Of the second text encoder's vector for a whole prompt; None without.
        zero_negative: As the pipeline's ``force_zeros_for_empty_prompt``.

    Raises:
        ModelError: ``model_unsupported`` for a network with other inputs than latents, or
            latents, a mask and the latents of a masked picture; or for one that is told other
            things than those of :data:`Micro`.
    """
    channels = network.config.in_channels
    latents = vae.config.latent_channels
    takes_mask = channels == 2 * latents + 1
    if channels != latents and not takes_mask:
        kind = f"{channels} channels"
        raise ModelError(Problem.of("model_unsupported", part="network", kind=kind))
    scale = 2 ** (len(vae.config.block_out_channels) - 1)
    size = network.config.sample_size
    height, width = (size, size) if isinstance(size, int) else size
    micro = _micro(network.config, pooled_width)
    return Family(
        _name(network.config, micro),
        scale,
        latents,
        (width * scale, height * scale),
        penultimate=micro != "none",
        micro=micro,
        zero_negative=zero_negative and micro != "none",
        takes_guidance=network.config.get("time_cond_proj_dim") is not None,
        takes_mask=takes_mask,
    )


def _name(config: Mapping[str, Any], micro: Micro) -> str:
    if micro == "none":
        return _NAMES.get(config["cross_attention_dim"], "SD-shaped")
    return "SDXL" if micro == "sizes" else "SDXL refiner"


def _micro(config: Mapping[str, Any], pooled_width: int | None) -> Micro:
    kind = config.get("addition_embed_type")
    if kind is None:
        return "none"
    if kind != "text_time" or pooled_width is None:
        raise ModelError(Problem.of("model_unsupported", kind=str(kind), part="unet"))
    numbers = config["projection_class_embeddings_input_dim"] - pooled_width
    count = numbers // config["addition_time_embed_dim"]
    if count not in (5, 6):
        raise ModelError(Problem.of("model_unsupported", kind=f"{count} sizes", part="unet"))
    return "sizes" if count == 6 else "aesthetics"


def added_shapes(config: Mapping[str, Any]) -> Mapping[str, tuple[int, ...]]:
    """Shapes of one row of what a network takes in ``added_cond_kwargs``; empty for none.

    The pooled text and the embedded numbers are joined before anything is made of them, so
    that the split between them that is assumed here serves for trials of any network.
    """
    if config.get("addition_embed_type") != "text_time":
        return {}
    numbers = 6 * config["addition_time_embed_dim"]
    return {
        "text_embeds": (config["projection_class_embeddings_input_dim"] - numbers,),
        "time_ids": (6,),
    }


# What suits a family.


@dataclass(frozen=True)
class Recommended:
    """What suits a model: its ``recommended.json``, or what is usual in its family."""

    steps: int = 50
    guidance_scale: float = 7.5
    scheduler: str = "DDIM"
    examples: tuple[str, ...] = ()


_KNOWN_SCHEDULERS = MappingProxyType(
    {
        "DDIMScheduler": "DDIM",
        "PNDMScheduler": "PNDM",
        "EulerDiscreteScheduler": "Euler",
        "EulerAncestralDiscreteScheduler": "Euler a",
        "DPMSolverMultistepScheduler": "DPM++ 2M",
        "UniPCMultistepScheduler": "UniPC",
    }
)


def recommended_of(family: Family, scheduler: str, config: Mapping[str, Any]) -> Recommended:
    """What is usual for a family with the scheduler it came with.

    Args:
        scheduler: The diffusers class of that scheduler, "" where none came.
        config: Its configuration.
    """
    if family.takes_guidance:
        return Recommended(steps=4, guidance_scale=8.5, scheduler="LCM")
    if is_turbo(scheduler, config):
        return Recommended(steps=1, guidance_scale=1.0, scheduler=_KNOWN_SCHEDULERS[scheduler])
    if scheduler == "LCMScheduler":
        return Recommended(steps=4, guidance_scale=1.0, scheduler="LCM")
    if family.name == "SD-shaped":
        return Recommended()
    name = _KNOWN_SCHEDULERS.get(scheduler, "DDIM")
    return Recommended(30, 7.5 if family.micro == "none" else 5.0, name)


def is_turbo(scheduler: str, config: Mapping[str, Any]) -> bool:
    """Whether a model was distilled to a step or a few (Sauer et al. 2023).

    Its weights do not tell; its scheduler does: nothing else of these families comes with a
    trailing timetable for Euler's method and predicts the noise.
    """
    return (
        scheduler in ("EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler")
        and config.get("timestep_spacing") == "trailing"
        and config.get("prediction_type", "epsilon") == "epsilon"
    )


def usual_scheduler(network: Any) -> dict[str, Any]:
    """Configuration of the scheduler for a model that came without: its family's.

    The noise schedule is that of every Stable Diffusion; the v-prediction of the SD 2 that was
    trained on 768 pixels (96 latents) tells itself from the 512 of the others.
    """
    config = network.config
    predicts_v = config["cross_attention_dim"] == 1024 and config["sample_size"] == 96
    return {
        "num_train_timesteps": 1000,
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
        "prediction_type": "v_prediction" if predicts_v else "epsilon",
    }
