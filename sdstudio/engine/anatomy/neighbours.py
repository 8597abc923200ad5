"""Which words change which in the text encoder, found by hiding them from each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from sdstudio.engine.anatomy.tokens import Tokens, tokens_of
from sdstudio.engine.cancel import Cancelled

if TYPE_CHECKING:
    from sdstudio.engine.model import Model

ROWS = 8
"""Variants of a prompt that are encoded at a time: between them it can give way."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """How much the tokens of a prompt change each other's embeddings.

    Cosine similarities, -1 to 1; 1 is unchanged. A CLIP encoder is causal (Radford et al. 2021,
    section 2.4): only what stands before a token can change it, and the end mark reads all.

    Attributes:
        tokens: The prompt's.
        alone: (n,) for the tokens after the start mark, the end mark the last: the embedding as
            it is against that of the same token, in the same place, to which all others but the
            start mark are hidden.
        without: (n - 1, n): the embedding of the token of the column as it is against that
            with the token of the row hidden to all; NaN where that is the token itself.
    """

    tokens: Tokens
    alone: np.ndarray
    without: np.ndarray


@torch.no_grad()
def neighbours_of(
    model: Model,
    prompt: str,
    clip_skip: int = 0,
    cancelled: Callable[[], bool] | None = None,
) -> Neighbours:
    """Encode a prompt with each token hidden in turn, and with each alone.

    Tokens are hidden by the attention mask, so that all others keep their places. The padding
    is left out: in a causal encoder nothing before it depends on it.

    Args:
        clip_skip: As in a request.
        cancelled: Asked before every few variants; True raises Cancelled.
    """
    tokens = tokens_of(model, prompt)
    count = len(tokens.tokens)
    mask = torch.ones((2 * count - 2, count), dtype=torch.long)
    for place in range(1, count):
        # Row 0 hides nothing; the next hide a token each; the rest show one and the start.
        if place < count - 1:
            mask[place, place] = 0
        mask[count - 2 + place] = 0
        mask[count - 2 + place, [0, place]] = 1
    ids = torch.tensor([[token.id for token in tokens.tokens]])
    encoded = []
    for rows in mask.split(ROWS):
        if cancelled is not None and cancelled():
            raise Cancelled
        states = model.reader.encode(ids.repeat(len(rows), 1), clip_skip, rows)
        encoded.append(states[:, 1:].float().cpu())
    vectors = torch.cat(encoded)
    likeness = torch.nn.functional.cosine_similarity(vectors, vectors[:1], dim=-1).numpy()
    without = likeness[1 : count - 1].copy()
    np.fill_diagonal(without, np.nan)
    return Neighbours(tokens, np.diagonal(likeness[count - 1 :]).copy(), without)
