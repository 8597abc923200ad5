"""The decoder of AutoencoderTiny (TAESD), written in OpenVINO's operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from diffusers import AutoencoderTiny
from diffusers.models.autoencoders.vae import AutoencoderTinyBlock
from openvino import Model as Graph
from openvino import opset13 as op
from torch import nn

from sdstudio.engine.fast import layers
from sdstudio.engine.fast.layers import Node, UnsupportedLayerError, shape_of


def decoder_graph(vae: Any, shape: tuple[int, ...]) -> Graph:
    """Latents of that shape (B, C, h, w), unscaled, to images (B, 3, H, W) of -1 to 1.

    Raises:
        UnsupportedLayerError: The autoencoder has something that is not written here.
    """
    if not isinstance(vae, AutoencoderTiny):
        raise UnsupportedLayerError(type(vae).__name__)
    latents = op.parameter(list(shape), np.float32, name="latents")
    x = op.multiply(op.tanh(op.divide(latents, np.float32(3))), np.float32(3))
    before = None
    for layer in vae.decoder.layers:
        if isinstance(before, nn.Upsample):
            factor = _factor(before)
            x = layers.enlarged_conv(layer, x, *(factor * side for side in shape_of(x)[2:]))
        elif not isinstance(layer, nn.Upsample):
            x = _layer(layer, x)
        before = layer
    x = op.subtract(op.multiply(x, np.float32(2)), np.float32(1))
    return Graph([x], [latents], "decoder")


def _layer(layer: nn.Module, x: Node) -> Node:
    if isinstance(layer, AutoencoderTinyBlock):
        hidden = x
        for inner in layer.conv:
            hidden = _layer(inner, hidden)
        return layers.activation(layer.fuse, op.add(hidden, _layer(layer.skip, x)))
    if isinstance(layer, nn.Conv2d):
        return layers.conv(layer, x)
    return layers.activation(layer, x)


def _factor(layer: nn.Upsample) -> int:
    factor = layer.scale_factor
    if layer.mode != "nearest" or not isinstance(factor, (int, float)) or factor % 1:
        raise UnsupportedLayerError(f"upsampling: {layer}")
    return int(factor)
