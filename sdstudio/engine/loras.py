"""LoRA weights (Hu et al. 2021) on a model's network and text encoder, by name and weight."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdstudio.engine.formats.components import quiet
from sdstudio.engine.formats.heads import read_head
from sdstudio.engine.formats.recognition import WIDTHS, lora_made_for
from sdstudio.engine.problems import ModelError, Problem, RequestError

if TYPE_CHECKING:
    import torch
    from diffusers import StableDiffusionPipeline

BUILTIN = "builtin:"
"""Prefix of the LoRAs that ship in the built-in model's ``loras`` folder."""


def locate(source: str, builtin: Path) -> Path:
    """The file a LoRA's source names: a path, or "builtin:NAME".

    Raises:
        RequestError: ``lora_missing``.
    """
    if source.startswith(BUILTIN):
        path = builtin / "loras" / f"{Path(source.removeprefix(BUILTIN)).name}.safetensors"
    else:
        path = Path(source).expanduser()
    if path.suffix.lower() != ".safetensors" or not path.is_file():
        raise RequestError(Problem.of("lora_missing", "loras", name=source))
    return path


def check_family(path: Path, network: Any) -> None:
    """Raise RequestError for a LoRA of another family than a network's, told by its head.

    Raises:
        RequestError: ``lora_family`` or ``lora_unreadable``.
    """
    try:
        made_for = lora_made_for(read_head(path))
    except ModelError as error:
        raise _unreadable(str(path), error) from error
    width = network.config.cross_attention_dim
    if made_for not in ("", WIDTHS.get(width, str(width))):
        raise _of_another(path, made_for)


def _of_another(path: Path, made_for: str) -> RequestError:
    # A width alone says nothing to a person.
    family = "" if made_for.isdigit() else made_for
    return RequestError(Problem.of("lora_family", "loras", name=path.name, made_for=family))


def _unreadable(source: str, error: Exception) -> RequestError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return RequestError(Problem.of("lora_unreadable", "loras", name=source, reason=reason))


class LoraShelf:
    """Puts the LoRAs a request names on a pipeline's parts, and takes them off again."""

    def __init__(self, pipeline: StableDiffusionPipeline, builtin: Path) -> None:
        self._pipeline = pipeline
        self._builtin = builtin
        self._applied: tuple[tuple[str, float], ...] = ()
        self._names: dict[str, str] = {}

    def has(self, loras: tuple[tuple[str, float], ...]) -> bool:
        """Whether these are the LoRAs in force."""
        return loras == self._applied

    def apply(self, loras: tuple[tuple[str, float], ...]) -> None:
        """Make these the LoRAs in force.

        Without any the layers are taken out again, so that the network computes the very
        bits it did before.

        Raises:
            RequestError: ``lora_missing``, ``lora_family`` or ``lora_unreadable``; none is in
                force then.
        """
        if self.has(loras):
            return
        paths = {source: locate(source, self._builtin) for source, _ in loras}
        for path in paths.values():
            check_family(path, self._pipeline.unet)
        try:
            self._load(paths)
            if loras:
                self._pipeline.set_adapters(
                    [self._names[source] for source, _ in loras], [weight for _, weight in loras]
                )
        except Exception as error:
            # The loader raises whatever its parsers and the network's shapes make it raise.
            self._unload()
            raise _unreadable(loras[-1][0], error) from error
        self._applied = loras

    def _load(self, paths: dict[str, Path]) -> None:
        if set(paths) == set(self._names):
            return
        self._unload()
        # Several at once are meant.
        warnings.filterwarnings("ignore", message="Already found a `peft_config`")
        for number, (source, path) in enumerate(paths.items()):
            name = f"lora{number}"
            before = self._in_encoders()
            with quiet():
                self._pipeline.load_lora_weights(
                    str(path.parent),
                    weight_name=path.name,
                    adapter_name=name,
                    local_files_only=True,
                    use_safetensors=True,
                )
            # transformers 5.23 fills the adapters an encoder already has with new random
            # numbers when it is given one more.
            for encoder, weights in before:
                encoder.load_state_dict(weights, strict=False)
            self._names[source] = name

    def _in_encoders(self) -> list[tuple[Any, dict[str, torch.Tensor]]]:
        """The text encoders, with a copy of the LoRA weights they hold."""
        encoders = [
            getattr(self._pipeline, name, None) for name in ("text_encoder", "text_encoder_2")
        ]
        return [
            (
                encoder,
                {
                    name: weight.clone()
                    for name, weight in encoder.state_dict().items()
                    if ".lora_" in name
                },
            )
            for encoder in encoders
            if encoder is not None
        ]

    def _unload(self) -> None:
        if self._names or self._applied:
            self._pipeline.unload_lora_weights()
        self._names.clear()
        self._applied = ()
