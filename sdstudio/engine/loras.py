"""LoRA weights (Hu et al. 2021) on a model's network and text encoder, by name and weight."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sdstudio.engine.problems import Problem, RequestError

if TYPE_CHECKING:
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
    if path.suffix != ".safetensors" or not path.is_file():
        raise RequestError(Problem.of("lora_missing", "loras", name=source))
    return path


class LoraShelf:
    """Puts the LoRAs a request names on a pipeline's parts, and takes them off again."""

    def __init__(self, pipeline: StableDiffusionPipeline, builtin: Path) -> None:
        self._pipeline = pipeline
        self._builtin = builtin
        self._applied: tuple[tuple[str, float], ...] = ()
        self._names: dict[str, str] = {}

    def apply(self, loras: tuple[tuple[str, float], ...]) -> bool:
        """Make these the LoRAs in force; True when anything changed.

        Without any the layers are taken out again, so that the network computes the very
        bits it did before.

        Raises:
            RequestError: ``lora_missing`` or ``lora_unreadable``; none is in force then.
        """
        if loras == self._applied:
            return False
        paths = {source: locate(source, self._builtin) for source, _ in loras}
        try:
            self._load(paths)
            if loras:
                self._pipeline.set_adapters(
                    [self._names[source] for source, _ in loras], [weight for _, weight in loras]
                )
        except Exception as error:
            # The loader raises whatever its parsers and the network's shapes make it raise.
            self._unload()
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            raise RequestError(
                Problem.of("lora_unreadable", "loras", name=loras[-1][0], reason=reason)
            ) from error
        self._applied = loras
        return True

    def _load(self, paths: dict[str, Path]) -> None:
        if set(paths) != set(self._names):
            self._unload()
            for number, (source, path) in enumerate(paths.items()):
                name = f"lora{number}"
                self._pipeline.load_lora_weights(
                    str(path.parent),
                    weight_name=path.name,
                    adapter_name=name,
                    local_files_only=True,
                    use_safetensors=True,
                )
                self._names[source] = name

    def _unload(self) -> None:
        if self._names or self._applied:
            self._pipeline.unload_lora_weights()
        self._names.clear()
        self._applied = ()
