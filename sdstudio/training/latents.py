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

from .captions import captions
from .scenes import Scene, Studio
from .vae import to_tensor
from .workers import one_thread_each

CAPTIONS_PER_SCENE = 2
"""A hybrid's two are those of its halves."""
CONTRAST = 0.85
"""What the network is shown of the pictures' contrast. Guidance adds to it: taught at the edge of
the range, the network leaves it at any guidance, and what more guidance clips is not seen."""


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
    mix: Tensor
    """(N,) of a hybrid, the share of its second caption; 0 of all other scenes."""
    pair: Tensor
    """(N,) bool: two things side by side."""
    styled: Tensor
    """(N,) bool: seen through a style's filter."""

    def draw_text(self, embeddings: Tensor, rows: Tensor, dropout: float = 0.0) -> Tensor:
        """What the network reads for the scenes `rows` (N,), one of each one's captions.

        Args:
            embeddings: (captions, tokens, width) float16.
            rows: Indices of scenes.
            dropout: How often it is the empty caption.
        """
        choice = torch.randint(self.caption_of.shape[1], rows.shape)
        kept = torch.rand(len(rows)) >= dropout
        return self.text(embeddings, rows, choice, kept)

    def text(self, embeddings: Tensor, rows: Tensor, choice: Tensor, kept: Tensor) -> Tensor:
        """The embeddings of the chosen captions, of hybrids a mix of both; empty if not `kept`."""
        mix = self.mix[rows]
        whole = mix == 0
        one = torch.where(whole, self.caption_of[rows, choice], self.caption_of[rows, 0])
        other = torch.where(whole, one, self.caption_of[rows, -1])
        one, other = embeddings[one * kept].float(), embeddings[other * kept].float()
        return torch.lerp(one, other, mix[:, None, None])


def encode_scenes(studio: Studio, work: Path, count: int, seed: int = 3, batch: int = 64) -> None:
    """Write work/latents.pt and work/captions.json; encoding goes on where it was broken off."""
    vae = AutoencoderTiny.from_pretrained(work / "vae").eval()
    parts = work / "latents"
    parts.mkdir(parents=True, exist_ok=True)

    def encode(start: int) -> tuple[Tensor, list[Scene], list[list[str]]]:
        """One batch: latents, scenes and captions."""
        rng = np.random.default_rng((seed, start))
        scenes = [studio.random_scene(rng) for _ in range(min(batch, count - start))]
        texts = [captions(scene, rng, CAPTIONS_PER_SCENE) for scene in scenes]
        part = parts / f"{start:07d}.pt"
        if not part.exists():
            with torch.no_grad():
                pictures = to_tensor(np.stack([studio.compose(scene) for scene in scenes]))
                torch.save(vae.encoder(CONTRAST * pictures).half(), part)
        return torch.load(part, weights_only=True), scenes, texts

    starts = range(0, count, batch)
    with one_thread_each() as pool:
        encoded = list(tqdm(pool.map(encode, starts), "latents", len(starts), mininterval=5))
    index: dict[str, int] = {"": 0}
    caption_of = [
        [index.setdefault(text, len(index)) for text in texts]
        for _, _, batch_texts in encoded
        for texts in batch_texts
    ]
    scenes = [scene for _, batch_scenes, _ in encoded for scene in batch_scenes]
    torch.save(
        {
            "latents": torch.cat([latents for latents, _, _ in encoded]),
            "concepts": torch.tensor([scene.concept for scene in scenes]),
            "caption_of": torch.tensor(caption_of),
            "mix": torch.tensor([scene.mix for scene in scenes]),
            "pair": torch.tensor([scene.arrangement == "pair" for scene in scenes]),
            "styled": torch.tensor([bool(scene.style) for scene in scenes]),
        },
        work / "latents.pt",
    )
    (work / "captions.json").write_text(json.dumps(list(index)), encoding="utf-8")
    shutil.rmtree(parts)


def load_scenes(work: Path) -> StoredScenes:
    """What `encode_scenes` wrote."""
    captions = json.loads((work / "captions.json").read_text(encoding="utf-8"))
    return StoredScenes(captions=captions, **torch.load(work / "latents.pt", weights_only=True))
