"""Recording cross-attention without changing a bit of what the network computes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from diffusers.models.attention_processor import AttnProcessor2_0

from sdstudio.engine.problems import ModelError, Problem

if TYPE_CHECKING:
    from sdstudio.engine.model import Model


class CrossAttention:
    """The attention of the last network call, filled by :func:`record_attention`.

    Attributes:
        maps: By layer name, (B, pixels, tokens): how much each place of that layer looked at
            each token, averaged over heads; rows sum to 1. With guidance the second half of
            B is with the text.
    """

    def __init__(self) -> None:
        self.maps: dict[str, torch.Tensor] = {}


class _Recording(AttnProcessor2_0):
    """The usual processor, with the probabilities computed beside it."""

    def __init__(self, layer: str, into: CrossAttention) -> None:
        super().__init__()
        self._layer = layer
        self._into = into

    def __call__(
        self,
        attn: Any,
        hidden_states: Any,
        encoder_hidden_states: Any = None,
        *args: Any,
        **kw: Any,
    ) -> Any:
        out = super().__call__(attn, hidden_states, encoder_hidden_states, *args, **kw)
        if encoder_hidden_states is not None:
            query = attn.head_to_batch_dim(attn.to_q(hidden_states), out_dim=4)
            key = attn.head_to_batch_dim(attn.to_k(encoder_hidden_states), out_dim=4)
            self._into.maps[self._layer] = _probabilities(query, key, attn.scale)
        return out


class _Watching:
    """What a faster runtime's network hands out, made into the same probabilities."""

    def __init__(self, network: Any, into: CrossAttention) -> None:
        from sdstudio.engine.fast.parts import cross_attentions

        names = {module: name for name, module in network.named_modules()}
        self._layers = [(names[attn], attn) for attn in cross_attentions(network)]
        self._into = into

    @torch.no_grad()
    def __call__(self, number: int, look: torch.Tensor, key: torch.Tensor) -> None:
        layer, attn = self._layers[number]
        query = attn.head_to_batch_dim(attn.to_q(look.to(attn.to_q.weight.dtype)), out_dim=4)
        self._into.maps[layer] = _probabilities(query, key.transpose(-1, -2), attn.scale)


def _probabilities(query: torch.Tensor, key: torch.Tensor, scale: float) -> torch.Tensor:
    """Averages over heads, (B, pixels, tokens), of (B, heads, pixels or tokens, width) each."""
    scores = query.float() @ key.float().transpose(-1, -2) * scale
    return scores.softmax(dim=-1).mean(dim=1)


@contextmanager
def record_attention(model: Model) -> Iterator[CrossAttention]:
    """While it lasts, every network call leaves its cross-attention in the recorder.

    Follows daam (Tang et al. 2022): hooks that restore what they touched. A faster runtime
    hands out what its layers look with, so that it need not make room for torch.

    Raises:
        ModelError: ``attention_hidden`` when the network has no attention of a known kind.
    """
    network: Any = model.torch_network
    if not hasattr(network, "set_attn_processor"):
        raise ModelError(Problem.of("attention_hidden", engine=model.engine))
    recorder = CrossAttention()
    before = dict(network.attn_processors)
    fast = model.fast_network
    network.set_attn_processor(
        {
            name: _Recording(name.removesuffix(".processor"), recorder)
            if ".attn2." in name
            else processor
            for name, processor in before.items()
        }
    )
    model.denoiser.watching = recorder
    if fast is not None:
        fast.watch = _Watching(network, recorder)
    try:
        yield recorder
    finally:
        model.denoiser.watching = None
        if fast is not None:
            fast.watch = None
        network.set_attn_processor(before)
