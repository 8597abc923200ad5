"""Which model made a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ModelRef:
    """Which model made a picture, precisely enough to make it again.

    Attributes:
        source: What was asked for: "builtin", a folder, …
        name: What to call it.
        hash: SHA-256 over the weights, hexadecimal.
        dtype: Precision of the network: "float32", "bfloat16", "float16".
        device: "cpu", "cuda:0", …
        engine: What ran the network: "torch" or "openvino".
        versions: Of Python, torch, diffusers, transformers and this project, by name.
    """

    source: str
    name: str
    hash: str
    dtype: str
    device: str
    engine: str
    versions: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)
