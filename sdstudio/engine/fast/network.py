"""The UNet of Stable Diffusion, written in OpenVINO's operations.

What diffusers' UNet2DConditionModel computes, layer by layer, for one shape of its inputs:
written out instead of traced, which takes a tenth of a second instead of several, hooks
nothing into the torch network that may be running meanwhile, and says the same with less:

- With guidance both halves of the batch hold the same latents, so what comes before the first
  layer that reads the text is computed once.
- A convolution of a doubled image becomes four smaller ones of the image.
- The timestep is the same for the whole batch, so its embedding is computed for a batch of
  one, for all residual blocks in one matrix product.
- Keys and values of the text are inputs: they change only with the prompt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from openvino import Model as Graph
from openvino import opset13 as op

from sdstudio.engine.fast import layers
from sdstudio.engine.fast.layers import Node, UnsupportedLayerError, shape_of
from sdstudio.engine.fast.parts import cross_attentions, resnets


@dataclass(frozen=True)
class Shape:
    """What a graph is built for.

    Attributes:
        batch: Images.
        guided: Whether each is predicted with and without the text.
        height: Of the latents.
        width: Of the latents.
        tokens: Of the text.
        watched: Whether what each cross-attention looks with is handed out as well.
    """

    batch: int
    guided: bool
    height: int
    width: int
    tokens: int
    watched: bool = False

    @property
    def rows(self) -> int:
        """Predictions."""
        return self.batch * (2 if self.guided else 1)


def text_graph(network: Any, shape: Shape) -> Graph:
    """Text (rows, tokens, width) to the key and value of each cross-attention, in order.

    Keys are (rows, heads, width, tokens), values (rows, heads, tokens, width).
    """
    text = op.parameter(
        [shape.rows, shape.tokens, network.config.cross_attention_dim], np.float32, name="text"
    )
    outputs = []
    for attention in cross_attentions(network):
        key = _by_head(layers.linear(attention.to_k, text), attention.heads)
        outputs.append(layers.permuted(key, 0, 2, 3, 1))
        value = _by_head(layers.linear(attention.to_v, text), attention.heads)
        outputs.append(layers.permuted(value, 0, 2, 1, 3))
    return Graph(outputs, [text], "text")


def network_graph(network: Any, shape: Shape) -> Graph:
    """Latents (batch, C, h, w), timestep (1) and :func:`text_graph`'s outputs to (rows, C, h, w).

    Watched, what each cross-attention's query is made of follows, (rows, pixels, channels).

    Raises:
        UnsupportedLayerError: The network has something that is not written here.
    """
    return _Writer(network, shape).graph()


class _Writer:
    """Writes one graph."""

    def __init__(self, network: Any, shape: Shape) -> None:
        self._network = network
        self._shape = shape
        config = network.config
        size = [shape.batch, config.in_channels, shape.height, shape.width]
        self._sample = op.parameter(size, np.float32, name="sample")
        self._timestep = op.parameter([1], np.float32, name="timestep")
        self._text = [
            (
                op.parameter([shape.rows, heads, head, shape.tokens], np.float32),
                op.parameter([shape.rows, heads, shape.tokens, head], np.float32),
            )
            for attention in cross_attentions(network)
            for heads, head in [(attention.heads, attention.inner_dim // attention.heads)]
        ]
        self._unread_text = iter(self._text)
        self._doubled = not shape.guided
        self._skips: list[Node] = []
        self._looks: list[Node] = []

    def graph(self) -> Graph:
        network = self._network
        self._times = self._time_embeddings()
        x = layers.conv(network.conv_in, self._sample)
        self._skips = [x]
        for block in network.down_blocks:
            x = self._down(block, x)
        if network.mid_block is not None:
            x = self._mid(network.mid_block, x)
        for block in network.up_blocks:
            x = self._up(block, x)
        x = layers.activation(network.conv_act, layers.group_norm(network.conv_norm_out, x))
        x = layers.conv(network.conv_out, x)
        text = [parameter for pair in self._text for parameter in pair]
        return Graph([x, *self._looks], [self._sample, self._timestep, *text], "network")

    # Blocks.

    def _down(self, block: Any, x: Node) -> Node:
        attentions = getattr(block, "attentions", [None] * len(block.resnets))
        for resnet, attention in zip(block.resnets, attentions, strict=True):
            x = self._resnet(resnet, x)
            if attention is not None:
                x = self._transformer(attention, x)
            self._skips.append(x)
        for downsampler in block.downsamplers or []:
            if downsampler.use_conv and downsampler.padding == 0:
                raise UnsupportedLayerError(f"downsampler: {downsampler}")
            x = layers.conv(downsampler.conv, x)
            self._skips.append(x)
        return x

    def _mid(self, block: Any, x: Node) -> Node:
        x = self._resnet(block.resnets[0], x)
        for attention, resnet in zip(block.attentions, block.resnets[1:], strict=True):
            x = self._resnet(resnet, self._transformer(attention, x))
        return x

    def _up(self, block: Any, x: Node) -> Node:
        attentions = getattr(block, "attentions", [None] * len(block.resnets))
        for resnet, attention in zip(block.resnets, attentions, strict=True):
            x = self._resnet(resnet, op.concat([x, self._skips.pop()], axis=1))
            if attention is not None:
                x = self._transformer(attention, x)
        for upsampler in block.upsamplers or []:
            if not upsampler.interpolate or not upsampler.use_conv:
                raise UnsupportedLayerError(f"upsampler: {upsampler}")
            # The size of the skip it will meet, which is odd where the latents' side is.
            x = layers.enlarged_conv(upsampler.conv, x, *shape_of(self._skips[-1])[2:])
        return x

    # Layers.

    def _resnet(self, resnet: ResnetBlock2D, x: Node) -> Node:
        hidden = layers.activation(resnet.nonlinearity, layers.group_norm(resnet.norm1, x))
        hidden = op.add(layers.conv(resnet.conv1, hidden), next(self._times))
        hidden = layers.activation(resnet.nonlinearity, layers.group_norm(resnet.norm2, hidden))
        hidden = layers.conv(resnet.conv2, hidden)
        if resnet.conv_shortcut is not None:
            x = layers.conv(resnet.conv_shortcut, x)
        hidden = op.add(x, hidden)
        if resnet.output_scale_factor != 1.0:
            hidden = op.divide(hidden, np.float32(resnet.output_scale_factor))
        return hidden

    def _transformer(self, transformer: Transformer2DModel, x: Node) -> Node:
        _, _, height, width = shape_of(x)
        hidden = layers.group_norm(transformer.norm, x)
        if transformer.use_linear_projection:
            hidden = layers.linear(transformer.proj_in, _as_tokens(hidden))
        else:
            hidden = _as_tokens(layers.conv(transformer.proj_in, hidden))
        for block in transformer.transformer_blocks:
            hidden = self._block(block, hidden)
        if transformer.use_linear_projection:
            hidden = _as_image(layers.linear(transformer.proj_out, hidden), height, width)
        else:
            hidden = layers.conv(transformer.proj_out, _as_image(hidden, height, width))
        return op.add(hidden, self._as_rows(x))

    def _block(self, block: BasicTransformerBlock, x: Node) -> Node:
        normed = layers.layer_norm(block.norm1, x)
        heads = block.attn1.heads
        key = layers.permuted(_by_head(layers.linear(block.attn1.to_k, normed), heads), 0, 2, 3, 1)
        value = _by_head(layers.linear(block.attn1.to_v, normed), heads)
        value = layers.permuted(value, 0, 2, 1, 3)
        x = op.add(x, _attend(block.attn1, normed, key, value))
        # From here on the halves with and without the text differ.
        x = self._as_rows(x)
        if not self._doubled:
            self._doubled = True
            self._skips = [self._twice(skip) for skip in self._skips]
        key, value = next(self._unread_text)
        normed = layers.layer_norm(block.norm2, x)
        if self._shape.watched:
            self._looks.append(normed)
        x = op.add(x, _attend(block.attn2, normed, key, value))
        return op.add(x, self._feed_forward(block.ff, layers.layer_norm(block.norm3, x)))

    def _feed_forward(self, ff: Any, x: Node) -> Node:
        proj, out = ff.net[0].proj, ff.net[2]
        # Two products instead of one and a split: the split would copy.
        inner = proj.out_features // 2
        values = layers.linear(proj, x, slice(None, inner))
        gates = layers.linear(proj, x, slice(inner, None))
        return layers.linear(out, op.multiply(values, op.gelu(gates, "erf")))

    # Both halves.

    def _as_rows(self, x: Node) -> Node:
        return x if shape_of(x)[0] == self._shape.rows else self._twice(x)

    def _twice(self, x: Node) -> Node:
        return op.concat([x, x], axis=0)

    # Time.

    def _time_embeddings(self) -> Iterator[Node]:
        """What the timestep adds in each residual block, (1, channels, 1, 1), in their order."""
        embedding, proj = self._network.time_embedding, self._network.time_proj
        half = proj.num_channels // 2
        steps = np.arange(half, dtype=np.float32) / np.float32(half - proj.downscale_freq_shift)
        frequencies = np.exp(np.float32(-math.log(10000)) * steps) * np.float32(proj.scale)
        angles = op.multiply(
            layers.merged(self._timestep, 1, 1), layers.constant(frequencies.reshape(1, -1))
        )
        waves = [op.sin(angles), op.cos(angles)]
        x = op.concat(waves[::-1] if proj.flip_sin_to_cos else waves, axis=1)
        x = layers.activation(embedding.act, layers.linear(embedding.linear_1, x))
        x = op.swish(layers.linear(embedding.linear_2, x))
        projections = [resnet.time_emb_proj for resnet in resnets(self._network)]
        weight = np.concatenate([layers.array(each.weight) for each in projections])
        bias = np.concatenate([layers.array(each.bias) for each in projections])
        x = layers.merged(layers.affine(x, weight, bias), 1, -1, 1, 1)
        sizes = [each.out_features for each in projections]
        parts = op.variadic_split(x, op.constant(np.int64(1)), layers.integers(*sizes))
        return iter(parts.outputs())


def _attend(attention: Attention, x: Node, key: Node, value: Node) -> Node:
    """Attention (Vaswani et al. 2017) of tokens (B, pixels, channels) to keys and values."""
    query = layers.permuted(_by_head(layers.linear(attention.to_q, x), attention.heads), 0, 2, 1, 3)
    scores = op.multiply(op.matmul(query, key, False, False), np.float32(attention.scale))
    out = op.matmul(op.softmax(scores, -1), value, False, False)
    out = layers.permuted(out, 0, 2, 1, 3)
    rows, pixels, heads, width = shape_of(out)
    return layers.linear(attention.to_out[0], layers.merged(out, rows, pixels, heads * width))


def _by_head(x: Node, heads: int) -> Node:
    rows, tokens, channels = shape_of(x)
    return layers.merged(x, rows, tokens, heads, channels // heads)


def _as_tokens(x: Node) -> Node:
    rows, channels, height, width = shape_of(x)
    return layers.merged(layers.permuted(x, 0, 2, 3, 1), rows, height * width, channels)


def _as_image(x: Node, height: int, width: int) -> Node:
    rows, _, channels = shape_of(x)
    return layers.permuted(layers.merged(x, rows, height, width, channels), 0, 3, 1, 2)
