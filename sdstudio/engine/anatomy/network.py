"""The shape of a denoising network (a U-Net, Ronneberger et al. 2015), read from itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import torch
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import ResnetBlock2D

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.family import added_shapes

if TYPE_CHECKING:
    from sdstudio.engine.model import Model

Size = tuple[int, int, int]
"""Channels, height and width."""


@dataclass(frozen=True)
class Block:
    """One block of the network.

    Attributes:
        name: What the network calls it: "down_blocks.0", "mid_block", …
        part: Which side of the U it stands on.
        kind: Its class in diffusers.
        takes: What comes in from the block before.
        gives: What it hands to the next.
        skips: What it hands across to the other side of the U, or takes from there, in order.
        parameters: Number of its weights.
        residual: Residual blocks in it; each is told the timestep.
        cross: Layers in it that look at the text.
    """

    name: str
    part: Literal["in", "down", "mid", "up", "out"]
    kind: str
    takes: Size
    gives: Size
    skips: tuple[Size, ...]
    parameters: int
    residual: int
    cross: int


@dataclass(frozen=True)
class Network:
    """A network as its blocks.

    Attributes:
        blocks: In the order of their computation.
        parameters: Number of all weights.
        time_parameters: Those that make an embedding of the timestep.
        time_width: Numbers the timestep becomes.
        text_width: Numbers each token of the text is.
        tokens: Tokens of the text.
        precision: Of the weights, as torch calls it: "float32", …
    """

    blocks: tuple[Block, ...]
    parameters: int
    time_parameters: int
    time_width: int
    text_width: int
    tokens: int
    precision: str


@torch.no_grad()
def network_of(
    model: Model,
    width: int | None = None,
    height: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Network:
    """The network's shape for a picture of so many pixels, without computing anything.

    A copy without weights is called once: on torch's meta device only shapes are worked out.

    Args:
        width: In pixels; None is the model's own.
        height: In pixels; None is the model's own.
        cancelled: True raises Cancelled.
    """
    if cancelled is not None and cancelled():
        raise Cancelled
    native = model.native_size
    network: Any = model.torch_network
    config = network.config
    with torch.device("meta"):
        hollow = type(network).from_config(config).eval()
        sample = torch.empty((1, *model.latent_shape_at(width or native[0], height or native[1])))
        text = torch.empty((1, model.max_tokens, config.cross_attention_dim))
        distilled = config.get("time_cond_proj_dim")
        scale = None if distilled is None else torch.empty((1, distilled))
        timestep = torch.zeros(())
        added = {name: torch.empty((1, *size)) for name, size in added_shapes(config).items()}
    parts = dict(_parts(hollow))
    seen: dict[str, tuple[Any, Any, Any]] = {}

    def note(name: str) -> Any:
        def hook(module: Any, args: Any, kwargs: Any, out: Any) -> None:
            seen[name] = args, kwargs, out

        return hook

    for name in parts:
        module = hollow.get_submodule(name)
        module.register_forward_hook(note(name), with_kwargs=True)
    hollow(sample, timestep, text, timestep_cond=scale, added_cond_kwargs=added, return_dict=False)
    blocks = [
        _block(name, part, hollow.get_submodule(name), *seen[name]) for name, part in parts.items()
    ]
    # The norm before the last convolution belongs to no block of its own.
    blocks[-1] = replace(
        blocks[-1], parameters=blocks[-1].parameters + _weights(hollow.conv_norm_out)
    )
    embedding = hollow.time_embedding
    return Network(
        blocks=tuple(blocks),
        parameters=model.parameters,
        time_parameters=_weights(embedding),
        time_width=embedding.linear_2.out_features,
        text_width=config.cross_attention_dim,
        tokens=model.max_tokens,
        precision=str(network.dtype).removeprefix("torch."),
    )


def _parts(network: Any) -> Iterator[tuple[str, Literal["in", "down", "mid", "up", "out"]]]:
    yield "conv_in", "in"
    for number in range(len(network.down_blocks)):
        yield f"down_blocks.{number}", "down"
    if network.mid_block is not None:
        yield "mid_block", "mid"
    for number in range(len(network.up_blocks)):
        yield f"up_blocks.{number}", "up"
    yield "conv_out", "out"


def _block(name: str, part: Any, module: Any, args: Any, kwargs: Any, out: Any) -> Block:
    skips: tuple[torch.Tensor, ...] = ()
    if part == "down":
        out, skips = out
    elif part == "up":
        # They are taken from the end.
        skips = kwargs["res_hidden_states_tuple"][::-1]
    elif part == "in":
        skips = (out,)
    taken = args[0] if args else kwargs["hidden_states"]
    inner = list(module.modules())
    return Block(
        name=name,
        part=part,
        kind=type(module).__name__,
        takes=_size(taken),
        gives=_size(out),
        skips=tuple(_size(skip) for skip in skips),
        parameters=_weights(module),
        residual=sum(isinstance(each, ResnetBlock2D) for each in inner),
        cross=sum(isinstance(each, BasicTransformerBlock) for each in inner),
    )


def _size(tensor: torch.Tensor) -> Size:
    _, channels, height, width = tensor.shape
    return int(channels), int(height), int(width)


def _weights(module: Any) -> int:
    return sum(weight.numel() for weight in module.parameters())
