"""The pictures of a run's steps, one after the other, for files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from sdstudio.session.events import View
from sdstudio.session.views import latents_of, requests_of

if TYPE_CHECKING:
    import numpy as np

    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step

CELLS = 4 * 64 * 64
"""Latent pixels decoded at once: four pictures of 512 x 512."""


def decoded(
    model: Model, steps: Iterator[Step], view: View, count: int, say: Callable[[float], None]
) -> Iterator[np.ndarray]:
    """Decode a view of each step, in small batches.

    Args:
        model: What decodes.
        steps: Of one image each; taken as they are needed.
        view: What is shown of them.
        count: How many there are.
        say: Told the share done.

    Yields:
        (height, width, 3) uint8 each.
    """
    import torch

    from sdstudio.engine.masks import with_kept_pixels

    done = 0
    for first in steps:
        more = max(1, CELLS // (first.latents.shape[-1] * first.latents.shape[-2])) - 1
        batch = [first, *islice(steps, more)]
        latents = [latents_of(step, view) for step in batch]
        pictures = model.decode_array(torch.cat(latents))
        for step, picture in zip(batch, pictures, strict=True):
            done += 1
            say(done / count)
            yield with_kept_pixels(picture[None], requests_of(step, view))[0]


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
            yield model.preview(step.x0, 0.0, step.request)[0]
        else:
            yield model.decode_array(step.x0, step.request)[0]
        say(done / count)
