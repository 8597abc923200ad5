"""The pictures of a run's steps, one after the other, for files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch

    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step

CELLS = 4 * 64 * 64
"""Latent pixels decoded at once: four pictures of 512 x 512."""


def decoded(
    model: Model, latents: Iterator[torch.Tensor], count: int, say: Callable[[float], None]
) -> Iterator[np.ndarray]:
    """Decode latents in small batches.

    Args:
        model: What decodes.
        latents: (1, C, h, w) each; taken as they are needed.
        count: How many there are.
        say: Told the share done.

    Yields:
        (height, width, 3) uint8 each.
    """
    import torch

    done = 0
    for first in latents:
        more = max(1, CELLS // (first.shape[-1] * first.shape[-2])) - 1
        pictures = model.decode_array(torch.cat([first, *islice(latents, more)]))
        for picture in pictures:
            done += 1
            say(done / count)
            yield picture


def roughly_decoded(
    model: Model, steps: Iterable[Step], count: int, say: Callable[[float], None]
) -> Iterator[np.ndarray]:
    """A picture of each estimate x0 at a price that nobody notices; the last one in full.

    Args:
        model: What decodes.
        steps: All of a run's; taken one by one.
        count: How many there are.
        say: Told the share done.

    Yields:
        (height, width, 3) uint8 each.
    """
    for done, step in enumerate(steps, start=1):
        if done < count:
            yield model.preview(step.x0, 0.0)[0]
        else:
            yield model.decode_array(step.x0)[0]
        say(done / count)
