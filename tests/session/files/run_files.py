"""A small run file, and how to make another of its bytes."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.engine.request import Edit, Request
from sdstudio.engine.x0 import Level
from sdstudio.session.files import previews
from sdstudio.session.files.run_file import FiledRun
from sdstudio.session.files.run_head import RunHead, StepHead
from sdstudio.session.files.tensor_file import DIGEST

COUNT = 3
PIXELS = np.arange(16 * 32 * 3, dtype=np.uint8).reshape(16, 32, 3)


def small_run(**changes: Any) -> FiledRun:
    """Three steps of a picture of 32 x 16 pixels, with a starting picture and an edit."""
    random = np.random.default_rng(4)

    def tensor() -> np.ndarray:
        return random.normal(size=(1, 4, 2, 4)).astype(np.float32)

    steps = [{"latents": tensor(), "p.cond": tensor(), "p.uncond": tensor()} for _ in range(COUNT)]
    steps[1]["network_input"] = tensor()
    steps[-1]["next_latents"] = tensor()
    request = Request(
        prompt="a frog ☂\non stilts",
        width=32,
        height=16,
        steps=COUNT,
        image=Picture.of(PIXELS),
        loras=(("../../etc/passwd", 0.5),),
    )
    values: dict[str, Any] = {
        "name": "Frog",
        "request": request,
        "model": {
            "source": "builtin",
            "name": "Built-in",
            "hash": "ab" * 32,
            "dtype": "float32",
            "device": "cpu",
            "engine": "torch",
            "versions": {"torch": "2.13.0"},
            "threads": 2,
        },
        "count": COUNT,
        "outcome": "finished",
        "prediction_type": "epsilon",
        "shared": 1,
        "steps": tuple(
            StepHead(
                timestep=999.0 - index,
                level=Level.of_sigma(float("inf") if index == 0 else 1.5),
                seconds=0.25,
                edit=Edit(step=1, guidance_scale=3.0) if index == 1 else None,
                network_seconds=0.2 if index else None,
            )
            for index in range(COUNT)
        ),
    }
    head = RunHead(**{**values, **changes})
    return FiledRun(
        head,
        head.request,
        tuple(steps),
        {index: previews.encode(PIXELS, COUNT) for index in range(COUNT)},
    )


def parts_of(data: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """A run file's bytes as its header, its head and its tensor bytes."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    return header, json.loads(header["__metadata__"]["run"]), data[8 + length :]


def joined(header: dict[str, Any], head: Any, body: bytes) -> bytes:
    """The bytes of a file with these parts and the digest that belongs to them."""
    metadata = header.get("__metadata__")
    if isinstance(metadata, dict):
        if head is not None:
            metadata = {**metadata, "run": head if isinstance(head, str) else json.dumps(head)}
        named = {name: text for name, text in metadata.items() if name != DIGEST}
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        signed = json.dumps([named, entries], sort_keys=True).encode() + body
        metadata = {**metadata, DIGEST: hashlib.sha256(signed).hexdigest()}
        header = {**header, "__metadata__": metadata}
    return framed(json.dumps(header).encode(), body)


def framed(header: bytes, body: bytes) -> bytes:
    """A header of any bytes, with its length before it."""
    return struct.pack("<Q", len(header)) + header + body
