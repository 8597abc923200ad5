"""What a person lays over a model while it stays loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Additions:
    """Paths on the disk and names on the hub, each as :func:`sdstudio.engine.load_model` takes it.

    Attributes:
        config: For a single file, a folder with the tokenizer; "" for what is found.
        vae: Another autoencoder, a folder or a file; "" for the model's own.
        tiny_vae: A tiny one for previews, a folder, a file or a name on the hub; "" for what is
            found.
        embeddings: Files of textual inversions.
    """

    config: str = ""
    vae: str = ""
    tiny_vae: str = ""
    embeddings: tuple[str, ...] = ()

    @property
    def options(self) -> dict[str, Any]:
        """Those there are, by the name of the loader's argument."""
        return {name: value for name, value in vars(self).items() if value}


NONE = Additions()
"""Nothing but the model itself."""
