"""What a model is: its parts, and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from sdstudio.engine.autoencoder import Autoencoder
from sdstudio.engine.denoiser import Denoiser
from sdstudio.engine.family import Family, Recommended, family_of, recommended_of
from sdstudio.engine.formats.components import Components
from sdstudio.engine.model_ref import ModelRef
from sdstudio.engine.problems import Problem
from sdstudio.engine.text import TextReader
from sdstudio.engine.x0 import PredictionType

if TYPE_CHECKING:
    from sdstudio.engine.fast.runtime import FastNetwork
    from sdstudio.engine.request import Request


class Description:
    """The part of a model that says what it is.

    Attributes:
        ref: What it is.
        family: What kind it is.
        denoiser: Its network.
        readers: Its tokenizers and text encoders, in the order they are read.
        autoencoder: What is between its latents and pictures.
        scheduler_config: Configuration of the scheduler it came with.
        words: The words it was trained on, or None where that is not known.
        recommended: What suits it.
        remarks: What is worth saying of how it was loaded, and of what came up since.
        added_words: The words that textual inversions have added.
        parts: What it is made of.
    """

    def __init__(self, components: Components, ref: ModelRef) -> None:
        self.ref = ref
        self.family: Family = family_of(
            components.network, components.vae, components.pooled_width, components.zero_negative
        )
        self.denoiser = Denoiser(components.network)
        self.autoencoder = Autoencoder(components.vae, self.torch_device, self.family.scale_factor)
        self.autoencoder.tiny = components.tiny_vae
        self.scheduler_config = components.scheduler_config
        words = components.extras.get("words", {}).get("words")
        self.words: frozenset[str] | None = frozenset(words) if words else None
        self.recommended = _recommended(components, self.family)
        self.remarks: tuple[Problem, ...] = components.remarks
        self.added_words: tuple[str, ...] = components.added_words
        self.readers = tuple(
            TextReader(tokenizer, encoder, self.torch_device, penultimate=self.family.penultimate)
            for tokenizer, encoder in components.encoders
        )
        self.parts = components

    @property
    def name(self) -> str:
        """What to call it."""
        return self.ref.name

    @property
    def engine(self) -> str:
        """What runs the network: "torch" or "openvino"."""
        return self.ref.engine

    @property
    def device(self) -> str:
        """Where it runs."""
        return self.ref.device

    @property
    def torch_device(self) -> torch.device:
        """Where its tensors are."""
        return torch.device(self.ref.device)

    @property
    def dtype(self) -> str:
        """Precision of the network."""
        return self.ref.dtype

    @property
    def prediction_type(self) -> PredictionType:
        """What the network predicts."""
        return self.scheduler_config.get("prediction_type", "epsilon")

    @property
    def precision(self) -> Problem | None:
        """What the choice of its precision rests on: ``precision`` with a ``reason``."""
        return self.parts.precision

    @property
    def has_tiny(self) -> bool:
        """Whether there is a tiny autoencoder for its previews."""
        return self.autoencoder.tiny is not None

    @property
    def torch_network(self) -> Any:
        """The UNet itself, even where a faster runtime has taken its place."""
        return self.denoiser.torch_network

    @property
    def network(self) -> Any:
        """The UNet, or the faster runtime that took its place."""
        return self.denoiser.network

    @property
    def reader(self) -> TextReader:
        """Its tokenizer and text encoder; the first of SDXL's two."""
        return self.readers[0]

    @property
    def fast_network(self) -> FastNetwork | None:
        """The faster runtime's network, which runs where no LoRA is in force; None without."""
        return None if self.denoiser.fast is None else self.denoiser.fast.network

    @property
    def weight_bytes(self) -> int:
        """Memory that the weights of all parts take, in bytes."""
        weights = (weight for part in self.parts.modules for weight in part.parameters())
        return sum(weight.numel() * weight.element_size() for weight in weights)

    @property
    def samples_latents(self) -> bool:
        """Whether its autoencoder draws a picture's latents with a generator, as KL ones do."""
        return self.autoencoder.samples_latents

    @cached_property
    def parameters(self) -> int:
        """Number of parameters of the network."""
        return sum(weight.numel() for weight in self.parts.network.parameters())

    @property
    def most_skipped(self) -> int:
        """How many of its text encoders' last layers may be left out."""
        return min(reader.most_skipped for reader in self.readers)

    @property
    def max_tokens(self) -> int:
        """Tokens a prompt may have, start and end included."""
        return self.reader.max_tokens

    # Sizes.

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that it was trained on."""
        return self.family.native_size

    @property
    def size_range(self) -> tuple[int, int]:
        """Least and most pixels a side may have."""
        return self.family.size_range

    @property
    def size_multiple(self) -> int:
        """Sides are multiples of this many pixels."""
        return self.family.size_multiple

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the latents at the native size."""
        return self.latent_shape_at(*self.native_size)

    def latent_shape_at(self, width: int, height: int) -> tuple[int, int, int]:
        """Channels, height and width of the latents of a picture of that many pixels."""
        scale = self.family.scale_factor
        return self.family.latent_channels, height // scale, width // scale

    def size_of(self, request: Request) -> tuple[int, int]:
        """Width and height in pixels of what a request makes."""
        width, height = self.native_size
        return request.width or width, request.height or height


def _recommended(components: Components, family: Family) -> Recommended:
    usual = recommended_of(family, components.scheduler_class, components.scheduler_config)
    plain = components.extras.get("recommended", {})
    known = {
        name: plain[name] for name in ("steps", "guidance_scale", "scheduler") if name in plain
    }
    return replace(usual, **known, examples=tuple(plain.get("examples", ())))
