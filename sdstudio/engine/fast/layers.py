"""Layers of torch as operations of OpenVINO, of fixed shapes."""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np
import torch
from openvino import opset13 as op
from torch import nn

Node = Any
"""What an operation of OpenVINO gives: openvino has no types for it worth naming."""


class UnsupportedLayerError(Exception):
    """A network has a layer, or a way of using one, that is not written here."""


def shape_of(x: Node) -> tuple[int, ...]:
    """Its sizes; all of them are known, since graphs are built for one shape."""
    return tuple(x.output(0).shape)


def array(weight: torch.Tensor) -> np.ndarray:
    """A weight as float32, without a copy where it is that already."""
    return weight.detach().float().cpu().numpy()


def constant(values: np.ndarray) -> Node:
    """A constant; its memory is shared with the array."""
    return op.constant(np.ascontiguousarray(values), shared_memory=True)


def integers(*values: int) -> Node:
    """A vector of indices or sizes."""
    return op.constant(np.array(values, dtype=np.int64))


def conv(layer: nn.Module, x: Node) -> Node:
    """A convolution, (B, C, H, W)."""
    if not isinstance(layer, nn.Conv2d) or layer.groups != 1 or layer.padding_mode != "zeros":
        raise UnsupportedLayerError(f"convolution: {layer}")
    if isinstance(layer.padding, str):
        raise UnsupportedLayerError(f"convolution: {layer}")
    padding = list(layer.padding)
    strides, dilations = list(layer.stride), list(layer.dilation)
    x = op.convolution(x, constant(array(layer.weight)), strides, padding, padding, dilations)
    return _biased(layer, x)


def _biased(layer: nn.Conv2d, x: Node) -> Node:
    if layer.bias is None:
        return x
    return op.add(x, constant(array(layer.bias).reshape(1, -1, 1, 1)))


def linear(layer: nn.Module, x: Node, rows: slice = slice(None)) -> Node:
    """A linear layer over the last axis, or only those of its outputs."""
    if not isinstance(layer, nn.Linear):
        raise UnsupportedLayerError(f"linear: {layer}")
    bias = None if layer.bias is None else array(layer.bias)[rows]
    return affine(x, array(layer.weight)[rows], bias)


def affine(x: Node, weight: np.ndarray, bias: np.ndarray | None) -> Node:
    """``x @ weight.T + bias`` over the last axis."""
    x = op.matmul(x, constant(weight), transpose_a=False, transpose_b=True)
    if bias is None:
        return x
    return op.add(x, constant(bias.reshape((1,) * (len(shape_of(x)) - 1) + (-1,))))


def group_norm(layer: nn.Module, x: Node) -> Node:
    """Group normalisation (Wu and He 2018), (B, C, …)."""
    if not isinstance(layer, nn.GroupNorm):
        raise UnsupportedLayerError(f"group norm: {layer}")
    scale, shift = constant(array(layer.weight)), constant(array(layer.bias))
    return op.group_normalization(x, scale, shift, layer.num_groups, layer.eps)


def layer_norm(layer: nn.Module, x: Node) -> Node:
    """Layer normalisation (Ba et al. 2016) over the last of three axes."""
    if not isinstance(layer, nn.LayerNorm):
        raise UnsupportedLayerError(f"layer norm: {layer}")
    x = op.mvn(x, integers(2), True, layer.eps, "inside_sqrt")
    if layer.weight is not None:
        x = op.multiply(x, constant(array(layer.weight).reshape(1, 1, -1)))
    if layer.bias is not None:
        x = op.add(x, constant(array(layer.bias).reshape(1, 1, -1)))
    return x


def activation(layer: nn.Module, x: Node) -> Node:
    """SiLU, ReLU or none."""
    if isinstance(layer, nn.SiLU):
        return op.swish(x)
    if isinstance(layer, nn.ReLU):
        return op.relu(x)
    if isinstance(layer, nn.Identity):
        return x
    raise UnsupportedLayerError(f"activation: {layer}")


def enlarged_conv(layer: nn.Module, x: Node, height: int, width: int) -> Node:
    """A 3 x 3 convolution of the nearest-neighbour enlargement of (B, C, h, w).

    Twice as high and wide, each output pixel sees only 2 x 2 different pixels: four
    convolutions of the small image, one for each parity of row and column, take 4/9 of the
    products (the trick of subpixel convolution, Shi et al. 2016).
    """
    size = shape_of(x)[2:]
    if (height, width) != (2 * size[0], 2 * size[1]) or not _is_plain(layer):
        return conv(layer, enlarge(x, height, width))
    weight = array(layer.weight)
    phases = [
        op.convolution(
            x,
            constant(_folded(_folded(weight, 2, down), 3, right)),
            [1, 1],
            [1 - down, 1 - right],
            [down, right],
            [1, 1],
        )
        for down in (0, 1)
        for right in (0, 1)
    ]
    x = op.depth_to_space(op.concat(phases, axis=1), "blocks_first", 2)
    return _biased(layer, x)


def _is_plain(layer: nn.Module) -> TypeGuard[nn.Conv2d]:
    return (
        isinstance(layer, nn.Conv2d)
        and layer.groups == 1
        and (layer.kernel_size, layer.padding) == ((3, 3), (1, 1))
        and (layer.stride, layer.dilation) == ((1, 1), (1, 1))
        and layer.padding_mode == "zeros"
    )


def _folded(weight: np.ndarray, axis: int, odd: int) -> np.ndarray:
    """Three taps over doubled pixels as two over the pixels, for even or odd places."""
    first, middle, last = (weight.take([tap], axis) for tap in range(3))
    taps = (first + middle, last) if odd else (first, middle + last)
    return np.concatenate(taps, axis)


def enlarge(x: Node, height: int, width: int) -> Node:
    """Nearest-neighbour enlargement of (B, C, h, w), as torch does it."""
    return op.interpolate(
        x,
        integers(height, width),
        "nearest",
        "sizes",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
        axes=integers(2, 3),
    )


def merged(x: Node, *shape: int) -> Node:
    """The same numbers in another shape."""
    return op.reshape(x, integers(*shape), special_zero=False)


def permuted(x: Node, *order: int) -> Node:
    """The axes in another order."""
    return op.transpose(x, integers(*order))
