"""From a prompt to what the network reads: tokens, embeddings, and blends of two prompts."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from sdstudio.engine.request import Request

CACHE_SIZE = 64
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What the network is told besides the noisy latents; opaque to the loop.

    Attributes:
        text: Embeddings, (B, tokens, width), or with guidance (2B, tokens, width), those
            without the text first.
        guided: Whether ``text`` holds both.
        timestep_cond: Embedding of the guidance scale for networks distilled to take it
            (Meng et al. 2023), (B, width), or None.
    """

    text: torch.Tensor
    guided: bool
    timestep_cond: torch.Tensor | None = None


class TextReader:
    """A CLIP tokenizer and text encoder, with the last embeddings remembered."""

    def __init__(self, tokenizer: Any, encoder: Any) -> None:
        self.tokenizer = tokenizer
        self.encoder = encoder
        self._remembered: OrderedDict[tuple[str, int], torch.Tensor] = OrderedDict()

    @property
    def max_tokens(self) -> int:
        """Tokens a prompt may have, the start and end marks included."""
        return int(self.tokenizer.model_max_length)

    def forget(self) -> None:
        """Drop what was remembered: the encoder's weights have changed."""
        self._remembered.clear()

    def embed(self, text: str, clip_skip: int = 0) -> torch.Tensor:
        """Embeddings of one prompt, (1, tokens, width).

        Args:
            clip_skip: How many of the encoder's last layers to leave out; the final layer
                norm is applied all the same.
        """
        key = (text, clip_skip)
        if key in self._remembered:
            self._remembered.move_to_end(key)
            return self._remembered[key]
        tokens = self.tokenizer(
            text,
            padding="max_length",
            max_length=self.max_tokens,
            truncation=True,
            return_tensors="pt",
        ).input_ids
        embedding = self.encode(tokens, clip_skip)
        self._remembered[key] = embedding
        if len(self._remembered) > CACHE_SIZE:
            self._remembered.popitem(last=False)
        return embedding

    def encode(
        self, tokens: torch.Tensor, clip_skip: int = 0, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Embeddings (B, tokens, width) of token ids (B, tokens).

        Args:
            clip_skip: As in :meth:`embed`.
            mask: (B, tokens) of ones and of zeros where a token is hidden from all others;
                None hides none.
        """
        given = {"input_ids": tokens.to(self.encoder.device)}
        if mask is not None:
            given["attention_mask"] = mask.to(self.encoder.device)
        if clip_skip == 0:
            return self.encoder(**given)[0]
        states = self.encoder(**given, output_hidden_states=True).hidden_states
        # transformers 5 has the layers in the model itself, 4 in its text_model.
        inner = getattr(self.encoder, "text_model", self.encoder)
        return inner.final_layer_norm(states[-(clip_skip + 1)])

    def blended(self, request: Request) -> torch.Tensor:
        """Embeddings of a request's prompt and second prompt, (1, tokens, width)."""
        if request.mix == 0.0:
            return self.embed(request.prompt, request.clip_skip)
        second = self.embed(request.prompt_b, request.clip_skip)
        if request.mix == 1.0:
            return second
        first = self.embed(request.prompt, request.clip_skip)
        blend = slerp if request.blend == "spherical" else torch.lerp
        return blend(first, second, request.mix)

    def not_read(self, text: str) -> str:
        """The end of a prompt that does not fit into the encoder's tokens, or ""."""
        encoding = self.tokenizer(text, return_offsets_mapping=True, verbose=False)
        if len(encoding.input_ids) <= self.max_tokens:
            return ""
        start = encoding.offset_mapping[self.max_tokens - 1][0]
        return text[start:]


def slerp(first: torch.Tensor, second: torch.Tensor, share: float) -> torch.Tensor:
    """Spherical interpolation (Shoemake 1985) of every token's vector, lengths blended too.

    Args:
        first: (B, tokens, width).
        second: The same shape.
        share: 0 gives ``first``, 1 gives ``second``.
    """
    length_a = first.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    length_b = second.norm(dim=-1, keepdim=True).clamp_min(1e-12)
    a, b = first / length_a, second / length_b
    angle = (a * b).sum(dim=-1, keepdim=True).clamp(-1.0, 1.0).arccos()
    sine = angle.sin()
    arc = (((1 - share) * angle).sin() * a + (share * angle).sin() * b) / sine.clamp_min(1e-12)
    length = torch.lerp(length_a, length_b, share)
    # Where the two are (anti)parallel the arc is not defined: go straight.
    return torch.where(sine > 1e-4, arc * length, torch.lerp(first, second, share))


def condition(reader: TextReader, requests: Sequence[Request], network: Any) -> Conditioning:
    """Embeddings for a batch, with and without the text where guidance asks for both."""
    texts = torch.cat([reader.blended(request) for request in requests])
    width = getattr(network.config, "time_cond_proj_dim", None)
    if width is not None:
        scales = torch.tensor([request.guidance_scale - 1 for request in requests])
        return Conditioning(texts, False, _scale_embedding(scales, width).to(texts))
    if not any(request.uses_guidance for request in requests):
        return Conditioning(texts, False)
    negatives = torch.cat([reader.embed(request.negative_prompt) for request in requests])
    return Conditioning(torch.cat([negatives, texts]), True)


def _scale_embedding(scales: torch.Tensor, width: int) -> torch.Tensor:
    from diffusers import StableDiffusionPipeline

    # It uses nothing of the pipeline, so none is made for it.
    return StableDiffusionPipeline.get_guidance_scale_embedding(None, scales, embedding_dim=width)


def unknown_words(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """The words of a prompt that are not among the known ones, in order, once each."""
    words = (word.lower() for word in WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if word not in known))
