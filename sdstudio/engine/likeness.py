"""How well a step's picture fits a text (CLIP, Radford et al. 2021).

Either by a model's own towers, in the folder ``likeness`` beside its other parts: its image
tower looks at latents, so that nothing is decoded, and its text tower is the model's own text
encoder. Or by a CLIP model in a folder that a person has, which looks at decoded pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch.nn.functional import interpolate, normalize

from sdstudio import paths
from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.formats.components import quiet
from sdstudio.engine.problems import ModelError, Problem

if TYPE_CHECKING:
    from sdstudio.engine.model import Model
    from sdstudio.engine.step import Step

FOLDER = "likeness"

T = TypeVar("T")

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
"""Of the pictures that CLIP models were trained on, by channel."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """How well the estimate of the clean picture at a step fits some texts.

    Attributes:
        index: 0-based step.
        noise_level: Of the step, 0 to 1.
        cosines: One for each text, -1 to 1; NaN for an empty one.
    """

    index: int
    noise_level: float
    cosines: np.ndarray


class Towers(Protocol):
    """Puts pictures and texts into one space, where what fits lies close."""

    def look(self, model: Model, latents: torch.Tensor) -> torch.Tensor:
        """Clean latents (B, C, h, w) as unit vectors (B, D)."""
        ...

    def read(self, model: Model, text: str) -> torch.Tensor:
        """A text as a unit vector (D,)."""
        ...


def likeness_at(
    model: Model,
    step: Step,
    texts: Sequence[str],
    folder: str = "",
    cancelled: Callable[[], bool] | None = None,
) -> Likeness:
    """How well x0 of a step's first picture fits each of some texts.

    Args:
        texts: What to compare it with.
        folder: Of a CLIP model; "" takes the model's own towers.
        cancelled: Asked before the dear part.

    Raises:
        ModelError: ``likeness_missing``: the model has no towers of its own;
            ``clip_unreadable``: the folder holds no CLIP model.
        Cancelled: ``cancelled`` said so.
    """
    towers = clip_of(folder) if folder else towers_of(model)
    if cancelled is not None and cancelled():
        raise Cancelled
    with torch.no_grad():
        picture = towers.look(model, step.x0[:1].to(model.torch_device))[0]
        cosines = [
            float(picture @ towers.read(model, text)) if text.strip() else float("nan")
            for text in texts
        ]
    return Likeness(step.index, step.noise_level, np.array(cosines, dtype=np.float32))


class OwnTowers:
    """The two that were trained with a model; the text encoder is the pipeline's.

    Args:
        folder: A CLIPModel's, without its text model.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.torch import load_file
        from transformers import CLIPConfig, CLIPVisionModelWithProjection

        weights = load_file(folder / "model.safetensors")
        config = CLIPConfig.from_pretrained(folder, local_files_only=True)
        self._image = CLIPVisionModelWithProjection(config.vision_config)
        self._text = weights.pop("text_projection.weight").float()
        weights.pop("logit_scale", None)
        self._image.load_state_dict(weights)
        self._image.eval()
        self._side = config.vision_config.image_size

    def look(self, model: Model, latents: torch.Tensor) -> torch.Tensor:
        """Latents of another size are seen at the size that the tower knows."""
        self._image.to(latents.device)
        if latents.shape[-2:] != (self._side, self._side):
            latents = interpolate(
                latents, (self._side, self._side), mode="bilinear", antialias=True
            )
        return normalize(self._image(pixel_values=latents).image_embeds, dim=-1)

    def read(self, model: Model, text: str) -> torch.Tensor:
        """What the model's encoder makes of the text at its end, projected.

        The encoder looks backwards only, so that it is the same with padding behind it.
        """
        reader = model.reader
        tokens = reader.tokenizer(text, max_length=reader.max_tokens, truncation=True).input_ids
        end = reader.embed(text)[0, len(tokens) - 1]
        return normalize(self._text.to(end.device) @ end.float(), dim=-1)


class ClipTowers:
    """A CLIP model that looks at pictures.

    Args:
        folder: With a CLIPModel in safetensors and its tokenizer.
    """

    def __init__(self, folder: Path) -> None:
        from transformers import CLIPModel, CLIPTokenizer

        self._clip: Any = CLIPModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        ).eval()
        self._tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
        self._side = self._clip.config.vision_config.image_size
        self._read: dict[str, torch.Tensor] = {}

    def look(self, model: Model, latents: torch.Tensor) -> torch.Tensor:
        """The decoded picture's middle square, at the size that the tower knows."""
        pixels = torch.from_numpy(model.decode_array(latents)).permute(0, 3, 1, 2).float() / 255
        height, width = pixels.shape[-2:]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        square = pixels[..., top : top + side, left : left + side]
        seen = interpolate(square, (self._side, self._side), mode="bicubic", antialias=True)
        mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, DEVIATION))
        found = self._clip.get_image_features(pixel_values=(seen.clamp(0, 1) - mean) / deviation)
        return normalize(_features(found), dim=-1)

    def read(self, model: Model, text: str) -> torch.Tensor:
        """Remembered: it is the same for every step."""
        if text not in self._read:
            tokens = self._tokenizer(
                text,
                max_length=self._clip.config.text_config.max_position_embeddings,
                truncation=True,
                return_tensors="pt",
            )
            found = _features(self._clip.get_text_features(input_ids=tokens.input_ids))
            self._read[text] = normalize(found[0], dim=-1)
        return self._read[text]


_own: WeakKeyDictionary[Model, OwnTowers] = WeakKeyDictionary()
"""The towers of the models that are in use."""


def towers_of(model: Model) -> OwnTowers:
    """A model's own towers, read when they are first asked for.

    Raises:
        ModelError: ``likeness_missing``.
    """
    found = _own.get(model)
    if found is None:
        source = model.ref.source
        home = paths.builtin_model() if source == "builtin" else Path(source).expanduser()
        folder = home / FOLDER
        if not (folder / "model.safetensors").is_file():
            raise ModelError(Problem.of("likeness_missing", name=model.name))
        found = _opened(OwnTowers, folder)
        _own[model] = found
    return found


@lru_cache(maxsize=1)
def clip_of(folder: str) -> ClipTowers:
    """The CLIP model of a folder; the last one stays in memory.

    Raises:
        ModelError: ``clip_unreadable``.
    """
    return _opened(ClipTowers, Path(folder))


def _opened(kind: Callable[[Path], T], folder: Path) -> T:
    try:
        with quiet():
            return kind(folder)
    except Exception as error:
        # The loaders raise whatever their parsers do.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ModelError(Problem.of("clip_unreadable", name=folder.name, reason=reason)) from error


def _features(found: Any) -> torch.Tensor:
    """Projected features; transformers 5 hands them over inside of something."""
    return found if isinstance(found, torch.Tensor) else found.pooler_output
