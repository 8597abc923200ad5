"""From a prompt to what the network reads: tokens, embeddings, and blends of two prompts."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from sdstudio.engine.formats.embeddings import has_long_words, written_out

if TYPE_CHECKING:
    from sdstudio.engine.family import Family
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
        added: What the network takes in ``added_cond_kwargs``: SDXL's pooled text and sizes,
            as many rows as ``text``; empty for none.
    """

    text: torch.Tensor
    guided: bool
    timestep_cond: torch.Tensor | None = None
    added: Mapping[str, torch.Tensor] = field(default_factory=dict)

    def of_last(self) -> Conditioning:
        """The last row alone: that of the last prompt, with its text."""
        return self.row(len(self.text) - 1)

    def row(self, number: int) -> Conditioning:
        """One row alone, from 0."""
        one = slice(number, number + 1)
        added = {name: rows[one] for name, rows in self.added.items()}
        scale = None if self.timestep_cond is None else self.timestep_cond[one]
        return Conditioning(self.text[one], False, scale, added)

    def to(self, device: torch.device) -> Conditioning:
        """The same on a device."""
        added = {name: rows.to(device) for name, rows in self.added.items()}
        scale = None if self.timestep_cond is None else self.timestep_cond.to(device)
        return Conditioning(self.text.to(device), self.guided, scale, added)

    def inputs(self, dtype: torch.dtype) -> dict[str, Any]:
        """The arguments for the network beside latents and timestep."""
        scale = self.timestep_cond
        named = {
            "encoder_hidden_states": self.text.to(dtype),
            "timestep_cond": None if scale is None else scale.to(dtype),
        }
        return {**named, "added_cond_kwargs": dict(self.added)} if self.added else named


@dataclass(frozen=True, eq=False)
class Embedding:
    """A prompt as the network reads it, in float32 whatever the encoder runs in.

    Attributes:
        text: A vector for each token, (1, tokens, width).
        pooled: One for the whole prompt, (1, width), where an encoder makes one.
    """

    text: torch.Tensor
    pooled: torch.Tensor | None


class TextReader:
    """A CLIP tokenizer and text encoder, with the last embeddings remembered.

    Args:
        device: Where the encoder runs; its weights may be elsewhere meanwhile.
        penultimate: Whether the last layer but one is read, without the final norm.
    """

    def __init__(
        self, tokenizer: Any, encoder: Any, device: torch.device, *, penultimate: bool = False
    ) -> None:
        self.tokenizer = tokenizer
        self.encoder = encoder
        self._device = device
        self._penultimate = penultimate
        self._long_words = has_long_words(tokenizer)
        self._remembered: OrderedDict[tuple[str, int], Embedding] = OrderedDict()

    @property
    def max_tokens(self) -> int:
        """Tokens a prompt may have, the start and end marks included."""
        return int(self.tokenizer.model_max_length)

    @property
    def most_skipped(self) -> int:
        """How many of the encoder's last layers may be left out."""
        return int(self.encoder.config.num_hidden_layers) - (2 if self._penultimate else 1)

    def forget(self) -> None:
        """Drop what was remembered: the encoder's weights have changed."""
        self._remembered.clear()

    def embed(self, text: str, clip_skip: int = 0) -> torch.Tensor:
        """Embeddings of one prompt, (1, tokens, width).

        Args:
            clip_skip: How many of the encoder's last layers to leave out; the final layer
                norm is applied all the same where the last layer is the one that is read.
        """
        return self.read(text, clip_skip).text

    def read(self, text: str, clip_skip: int = 0) -> Embedding:
        """One prompt, as :meth:`embed`, with the vector for the whole of it."""
        key = (text, clip_skip)
        if key in self._remembered:
            self._remembered.move_to_end(key)
            return self._remembered[key]
        written = written_out(text, self.tokenizer) if self._long_words else text
        tokens = self.tokenizer(
            written,
            padding="max_length",
            max_length=self.max_tokens,
            truncation=True,
            return_tensors="pt",
        ).input_ids
        embedding = self._encode(tokens, clip_skip)
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
        return self._encode(tokens, clip_skip, mask).text

    def _encode(
        self, tokens: torch.Tensor, clip_skip: int, mask: torch.Tensor | None = None
    ) -> Embedding:
        given = {"input_ids": tokens.to(self._device)}
        if mask is not None:
            given["attention_mask"] = mask.to(self._device)
        if clip_skip == 0 and not self._penultimate:
            return Embedding(self.encoder(**given)[0].float(), None)
        out = self.encoder(**given, output_hidden_states=True)
        if self._penultimate:
            # An encoder with a projection gives the projected end mark first.
            pooled = out[0].float() if out[0].ndim == 2 else None
            return Embedding(out.hidden_states[-(clip_skip + 2)].float(), pooled)
        # transformers 5 has the layers in the model itself, 4 in its text_model.
        inner = getattr(self.encoder, "text_model", self.encoder)
        last = inner.final_layer_norm(out.hidden_states[-(clip_skip + 1)])
        return Embedding(last.float(), None)

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


def read(readers: Sequence[TextReader], text: str, clip_skip: int = 0) -> Embedding:
    """One prompt as all the encoders of a model read it, side by side."""
    parts = [reader.read(text, clip_skip) for reader in readers]
    if len(parts) == 1:
        return parts[0]
    return Embedding(torch.cat([part.text for part in parts], dim=-1), parts[-1].pooled)


def blended(readers: Sequence[TextReader], request: Request) -> Embedding:
    """A request's prompt and second prompt, blended."""
    if request.mix == 0.0:
        return read(readers, request.prompt, request.clip_skip)
    second = read(readers, request.prompt_b, request.clip_skip)
    if request.mix == 1.0:
        return second
    first = read(readers, request.prompt, request.clip_skip)
    blend = slerp if request.blend == "spherical" else torch.lerp
    pooled = None
    if first.pooled is not None and second.pooled is not None:
        pooled = blend(first.pooled, second.pooled, request.mix)
    return Embedding(blend(first.text, second.text, request.mix), pooled)


def condition(
    readers: Sequence[TextReader],
    requests: Sequence[Request],
    network: Any,
    family: Family,
    size: tuple[int, int],
) -> Conditioning:
    """Embeddings for a batch, with and without the text where guidance asks for both.

    Args:
        size: Width and height of the pictures in pixels, which some families are told.
    """
    prompts = [blended(readers, request) for request in requests]
    guided = not family.takes_guidance and any(request.uses_guidance for request in requests)
    negatives = [_negative(readers, request, family) for request in requests] if guided else []
    text = torch.cat([each.text for each in (*negatives, *prompts)])
    added: dict[str, torch.Tensor] = {}
    if family.micro != "none":
        pooled = [each.pooled for each in (*negatives, *prompts) if each.pooled is not None]
        without, told = family.micro_conditions(*size)
        rows = [*[without] * len(negatives), *[told] * len(prompts)]
        added = {
            "text_embeds": torch.cat(pooled),
            "time_ids": torch.tensor(rows, dtype=text.dtype, device=text.device),
        }
    scale = None
    if family.takes_guidance:
        scales = torch.tensor([request.guidance_scale - 1 for request in requests])
        width = network.config.time_cond_proj_dim
        scale = _scale_embedding(scales, width).to(text)
    return Conditioning(text, guided, scale, added)


def _negative(readers: Sequence[TextReader], request: Request, family: Family) -> Embedding:
    found = read(readers, request.negative_prompt)
    if request.negative_prompt or not family.zero_negative:
        return found
    pooled = None if found.pooled is None else torch.zeros_like(found.pooled)
    return Embedding(torch.zeros_like(found.text), pooled)


def _scale_embedding(scales: torch.Tensor, width: int) -> torch.Tensor:
    from diffusers import StableDiffusionPipeline

    # It uses nothing of the pipeline, so none is made for it.
    return StableDiffusionPipeline.get_guidance_scale_embedding(None, scales, embedding_dim=width)


def unknown_words(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """The words of a prompt that are not among the known ones, in order, once each."""
    words = (word.lower() for word in WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if word not in known))
