"""What decides the result of a frame: settings, pull, model and drawing, as one short text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from sdstudio.engine.request import Request
from sdstudio.session.drawing.sketch import MaskUse
from sdstudio.session.events import ModelFacts

_DIGITS = 32


@dataclass(frozen=True)
class Recipe:
    """How all frames of an animation are made.

    Attributes:
        request: Prompt, seed, strength and all else; its picture and mask are the frames' own.
        pull: How far each frame is pulled towards the result before it, 0 to 1.
        model: Hash and precision of what makes them.
        use: How the frames' masks are used.
    """

    request: Request
    pull: float = 0.0
    model: tuple[str, str] = ("", "")
    use: MaskUse = field(default_factory=MaskUse)

    @classmethod
    def of(
        cls, request: Request, pull: float, facts: ModelFacts | None, use: MaskUse | None = None
    ) -> Recipe:
        """The recipe for the controls as they stand and the model that is loaded."""
        model = ("", "") if facts is None else (facts.hash, facts.dtype)
        return cls(replace(request, image=None, mask=None), pull, model, use or MaskUse())

    def keys(self, digests: Iterable[str]) -> list[str]:
        """A text for each frame that is equal where the result is.

        With a pull a frame's result depends on all frames before it.

        Args:
            digests: Of the frames, in order; see :class:`~.frame_digests.FrameDigests`. What
                is masked, and how that is used, is part of them.
        """
        plain = [self.request.to_dict(), self.pull, self.model]
        base = json.dumps(plain, sort_keys=True).encode()
        keys: list[str] = []
        for digest in digests:
            parts = [base, digest.encode()]
            if keys and self.pull > 0:
                parts.append(keys[-1].encode())
            keys.append(hashlib.sha256(b"\0".join(parts)).hexdigest()[:_DIGITS])
        return keys

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {"request": self.request.to_dict(), "pull": self.pull, "model": list(self.model)}
        return {**plain, "mask": {**asdict(self.use), "colour": list(self.use.colour)}}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Recipe:
        """Read what :meth:`to_dict` wrote.

        Raises:
            StudioError: A field of the request is unknown or wrong.
            ValueError, TypeError, KeyError: Something else is.
        """
        digest, precision = map(str, plain["model"])
        request = Request.from_dict(plain["request"])
        # Recipes of before masks counted have none.
        mask = dict(plain.get("mask", {}))
        if "colour" in mask:
            mask["colour"] = tuple(mask["colour"])
        return cls(request, float(plain["pull"]), (digest, precision), MaskUse(**mask))


def digest_of(picture: np.ndarray) -> str:
    """A text that is equal where the pixels of a uint8 picture, or a mask, are."""
    digest = hashlib.sha256(repr(picture.shape).encode())
    digest.update(np.ascontiguousarray(picture).data)
    return digest.hexdigest()[:_DIGITS]
