"""Scenes, encoded once: the network trains on stored latents and never waits for pictures."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from tqdm import tqdm

from .captions import caption
from .scenes import Studio
from .vae import to_tensor
from .workers import one_thread_each

CAPTIONS_PER_SCENE = 2


@dataclass(frozen=True)
class StoredScenes:
    """N encoded scenes, each with several captions."""

    latents: Tensor
    """(N, 4, 16, 16) float16."""
    concepts: Tensor
    """(N,) indices into `CONCEPTS`."""
    captions: list[str]
    """Distinct captions; the first is empty, for guidance."""
    caption_of: Tensor
    """(N, CAPTIONS_PER_SCENE) indices into `captions`."""


def encode_scenes(studio: Studio, work: Path, count: int, seed: int = 3, batch: int = 64) -> None:
    """Write work/latents.pt and work/captions.json; encoding goes on where it was broken off."""
    vae = AutoencoderTiny.from_pretrained(work / "vae").eval()
    parts = work / "latents"
    parts.mkdir(parents=True, exist_ok=True)

    def encode(start: int) -> tuple[Tensor, list[int], list[list[str]]]:
        """One batch: latents, concepts and captions."""
        rng = np.random.default_rng((seed, start))
        scenes = [studio.random_scene(rng) for _ in range(min(batch, count - start))]
        captions = [[caption(s, rng) for _ in range(CAPTIONS_PER_SCENE)] for s in scenes]
        part = parts / f"{start:07d}.pt"
        if not part.exists():
            with torch.no_grad():
                pictures = to_tensor(np.stack([studio.compose(scene) for scene in scenes]))
                torch.save(vae.encoder(pictures).half(), part)
        concepts = [scene.concept for scene in scenes]
        return torch.load(part, weights_only=True), concepts, captions

    starts = range(0, count, batch)
    with one_thread_each() as pool:
        encoded = list(tqdm(pool.map(encode, starts), "latents", len(starts), mininterval=5))
    index: dict[str, int] = {"": 0}
    caption_of = [
        [index.setdefault(text, len(index)) for text in texts]
        for _, _, captions in encoded
        for texts in captions
    ]
    torch.save(
        {
            "latents": torch.cat([latents for latents, _, _ in encoded]),
            "concepts": torch.tensor([c for _, concepts, _ in encoded for c in concepts]),
            "caption_of": torch.tensor(caption_of),
        },
        work / "latents.pt",
    )
    (work / "captions.json").write_text(json.dumps(list(index)), encoding="utf-8")
    shutil.rmtree(parts)


def load_scenes(work: Path) -> StoredScenes:
    """What `encode_scenes` wrote."""
    captions = json.loads((work / "captions.json").read_text(encoding="utf-8"))
    return StoredScenes(captions=captions, **torch.load(work / "latents.pt", weights_only=True))
