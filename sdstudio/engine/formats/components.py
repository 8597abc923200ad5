"""The parts a model is made of, wherever they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from sdstudio.engine.library_logs import quiet as quiet
from sdstudio.engine.problems import Problem


@dataclass(frozen=True)
class Dtypes:
    """The precisions that the parts of a model are read in; the autoencoder's is float32.

    Numbers are cast as they are read, one tensor at a time: no part is there twice.

    Attributes:
        network: None is the precision of its file.
        encoders: Of the text encoders.
    """

    network: torch.dtype | None = torch.float32
    encoders: torch.dtype = torch.float32


FULL = Dtypes()
"""Everything in float32."""


@dataclass(eq=False)
class Components:
    """The parts of a model, as diffusers and transformers load them.

    Attributes:
        network: The denoising UNet.
        vae: The autoencoder, KL or tiny.
        text_encoder: The CLIP text model; None in SDXL's refiner.
        tokenizer: Its tokenizer.
        scheduler_config: Configuration of the scheduler it came with.
        scheduler_class: The diffusers class of that scheduler, "" where none came.
        text_encoder_2: SDXL's second, which also makes one vector for a whole prompt.
        tokenizer_2: Its tokenizer.
        tiny_vae: A tiny autoencoder of the same latents for previews, or None.
        zero_negative: Whether no negative prompt means zeros (SDXL).
        extras: Contents of ``words.json`` and ``recommended.json``, where they exist.
        remarks: What is worth saying of how the parts were found.
        added_words: The words that textual inversions have added.
        precision: What the choice of the network's rests on, once it was made.
    """

    network: Any
    vae: Any
    text_encoder: Any
    tokenizer: Any
    scheduler_config: Mapping[str, Any]
    scheduler_class: str = ""
    text_encoder_2: Any = None
    tokenizer_2: Any = None
    tiny_vae: Any = None
    zero_negative: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Problem, ...] = ()
    added_words: tuple[str, ...] = ()
    precision: Problem | None = None

    @property
    def encoders(self) -> tuple[tuple[Any, Any], ...]:
        """The tokenizers and text encoders there are, in the order they are read."""
        pairs = (
            (self.tokenizer, self.text_encoder),
            (self.tokenizer_2, self.text_encoder_2),
        )
        return tuple(pair for pair in pairs if pair[1] is not None)

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """All parts that hold weights, the tiny autoencoder included."""
        encoders = [encoder for _, encoder in self.encoders]
        every = (*encoders, self.network, self.vae, self.tiny_vae)
        return tuple(part for part in every if part is not None)

    @property
    def pooled_width(self) -> int | None:
        """Of the second encoder's vector for a whole prompt; None without one."""
        if self.text_encoder_2 is None:
            return None
        return int(self.text_encoder_2.config.projection_dim)


def first_line(error: BaseException) -> str:
    """What a library's exception says, at most 200 letters of it."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
