"""What a person lays over a model while it stays loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
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

    @property
    def files(self) -> tuple[str, ...]:
        """Each of them, by its path or name."""
        return tuple(filter(None, (self.config, self.vae, self.tiny_vae, *self.embeddings)))

    @property
    def missing(self) -> tuple[str, ...]:
        """Those that are not there any more; of a hub name nobody knows."""
        return tuple(each for each in self.files if is_gone(each))

    def without(self, files: tuple[str, ...]) -> Additions:
        """The same with some of them left out."""
        kept = {
            name: "" if value in files else value
            for name, value in vars(self).items()
            if isinstance(value, str)
        }
        words = tuple(each for each in self.embeddings if each not in files)
        return replace(self, **kept, embeddings=words)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Additions:
        """As :meth:`to_dict` made it; what is missing or of another kind is left out."""
        texts = {name: plain.get(name) for name in ("config", "vae", "tiny_vae")}
        words = plain.get("embeddings")
        words = words if isinstance(words, (list, tuple)) else ()
        return cls(
            **{name: text for name, text in texts.items() if isinstance(text, str)},
            embeddings=tuple(each for each in words if isinstance(each, str)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def is_gone(source: str) -> bool:
    """Whether a folder or file is not there; of a hub name nobody knows."""
    path = Path(source)
    try:
        return path.is_absolute() and not path.exists()
    except OSError:
        # Where nobody may look, it may well be; loading it will say so.
        return False


NONE = Additions()
"""Nothing but the model itself."""
