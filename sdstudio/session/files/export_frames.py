"""The frames of an animation written for other programs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sdstudio.session.files.atomic import write_atomic
from sdstudio.session.files.exports.animation import write_animation
from sdstudio.session.files.exports.film import write_film
from sdstudio.session.jobs import ExportFrames

if TYPE_CHECKING:
    import numpy as np

LEAST_RATE = 24
"""Frames a second of a film at least: some players show slower ones late or not at all."""


def film_rate(per_second: int) -> int:
    """The film's own frames a second, in which every picture stands equally long."""
    return per_second * math.ceil(LEAST_RATE / per_second)


def export_frames(job: ExportFrames, say: Callable[[float], None]) -> None:
    """Write what a job asks for, whole or not at all; no frame is held.

    Args:
        job: What and where to.
        say: Told the share done.

    Raises:
        StudioError: What keeps the file from being written.
    """
    count = len(job.frames)
    seconds = count / job.per_second

    def frames() -> Iterator[np.ndarray]:
        for number, frame in enumerate(job.frames, start=1):
            yield frame
            say(number / count)

    match job.format:
        case "gif" | "webp" as kind:
            write_atomic(
                job.path,
                lambda file: write_animation(
                    file, kind, frames(), count, seconds, held=0.0, lossless=True
                ),
            )
        case "mp4":
            rate = film_rate(job.per_second)
            write_atomic(
                job.path,
                lambda file: write_film(file, frames(), count, seconds, held=0.0, rate=rate),
            )
