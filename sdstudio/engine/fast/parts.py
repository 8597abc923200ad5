"""The parts of a UNet that diffusers made, and whether all of them are known here."""

from __future__ import annotations

from typing import Any

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention
from diffusers.models.downsampling import Downsample2D
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.unets import unet_2d_blocks
from diffusers.models.upsampling import Upsample2D

from sdstudio.engine.fast.layers import UnsupportedLayerError


def blocks(network: Any) -> list[Any]:
    """Its blocks, in the order of their computation."""
    mid = [network.mid_block] if network.mid_block is not None else []
    return [*network.down_blocks, *mid, *network.up_blocks]


def resnets(network: Any) -> list[ResnetBlock2D]:
    """Its residual blocks, in the order of their computation."""
    return [resnet for block in blocks(network) for resnet in block.resnets]


def cross_attentions(network: Any) -> list[Attention]:
    """The layers that read the text, in the order of their computation."""
    return [
        block.attn2
        for part in blocks(network)
        for transformer in getattr(part, "attentions", [])
        for block in transformer.transformer_blocks
    ]


def check_supported(network: Any) -> None:
    """Raise UnsupportedLayerError for a network whose kind is not written here."""
    kinds = {
        unet_2d_blocks.DownBlock2D,
        unet_2d_blocks.CrossAttnDownBlock2D,
        unet_2d_blocks.UNetMidBlock2DCrossAttn,
        unet_2d_blocks.UpBlock2D,
        unet_2d_blocks.CrossAttnUpBlock2D,
    }
    for block in blocks(network):
        _require(type(block) in kinds, block)
    for module in network.modules():
        if isinstance(module, ResnetBlock2D):
            _require(module.time_embedding_norm == "default", module)
            _require(module.upsample is None and module.downsample is None, module)
            _require(not module.skip_time_act, module)
        elif isinstance(module, Transformer2DModel):
            _require(module.is_input_continuous, module)
        elif isinstance(module, BasicTransformerBlock):
            _require(module.norm_type == "layer_norm" and module.attn2 is not None, module)
            _require(module.pos_embed is None, module)
            _require(type(module.ff.net[0]).__name__ == "GEGLU", module)
        elif isinstance(module, Attention):
            _require(module.group_norm is None and module.spatial_norm is None, module)
            _require(module.norm_q is None and module.norm_k is None, module)
            _require(not module.norm_cross and not module.residual_connection, module)
            _require(module.rescale_output_factor == 1.0, module)
        elif isinstance(module, (Downsample2D, Upsample2D)):
            _require(module.norm is None, module)
    config = network.config
    for name in (
        "class_embed_type",
        "num_class_embeds",
        "addition_embed_type",
        "encoder_hid_dim_type",
        "time_cond_proj_dim",
        "attention_type",
        "center_input_sample",
    ):
        _require(getattr(config, name, None) in (None, False, "default"), name)
    _require(config.time_embedding_type == "positional", config.time_embedding_type)


def _require(holds: bool, what: Any) -> None:
    if not holds:
        raise UnsupportedLayerError(str(what))
