"""The text encoder, trained to tell which caption fits which scene, and what each one names.

Contrastive training as in Radford et al. 2021 (CLIP), with the difference that the image tower
looks at latents: no picture need be decoded to say how well it fits its prompt. In the minutes
that two cores have, that alone leaves a cactus next to a snake, both being green; so the encoder
must also name concept and colour from every position that has read them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import accumulate
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize
from tqdm import tqdm
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
    CLIPVisionConfig,
)

from .budget import schedule
from .captions import plural
from .checkpoint import Checkpoint
from .concepts import COLOURS, CONCEPTS
from .latents import load_scenes
from .tokens import MAX_TOKENS
from .workers import Workers, one_thread_each

TEXT_WIDTH = 256
TOWER_WIDTH = 192
RATE = 1e-3
"""Of AdamW, at its highest."""


def new_clip(tokenizer: CLIPTokenizer) -> CLIPModel:
    """A text encoder of 4.2 M parameters and an image tower of 1.8 M over 16x16 latents."""
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=MAX_TOKENS,
        bos_token_id=tokenizer.bos_token_id,
        # Said explicitly: 2, the default, stands for an older rule of pooling.
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    tower = CLIPVisionConfig(
        num_channels=4,
        image_size=16,
        patch_size=4,
        hidden_size=TOWER_WIDTH,
        intermediate_size=4 * TOWER_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=4,
        num_attention_heads=4,
    )
    config = CLIPConfig(projection_dim=TEXT_WIDTH)
    config.text_config, config.vision_config = text, tower
    return CLIPModel(config)


def contrastive_loss(images: Tensor, texts: Tensor, captions: Tensor, scale: Tensor) -> Tensor:
    """Symmetric cross-entropy over a batch of (N, D) embeddings.

    `captions` (N,) numbers the captions: a scene whose caption equals another's is no wrong
    answer to it and is left out of the choice.
    """
    logits = scale * normalize(images, dim=1) @ normalize(texts, dim=1).T
    same = (captions[:, None] == captions[None, :]).fill_diagonal_(False)
    logits = logits.masked_fill(same, float("-inf"))
    right = torch.arange(len(logits))
    return (cross_entropy(logits, right) + cross_entropy(logits.T, right)) / 2


class Naming(nn.Module):
    """Names the concept and the colour that a caption has mentioned so far.

    By angles, not by a free linear map: what it can tell apart lies far apart.
    """

    SHARPNESS = 16.0

    def __init__(self) -> None:
        super().__init__()
        # One more than there are: "none", for vague captions and for invented words.
        self.concepts = nn.Parameter(torch.randn(len(CONCEPTS) + 1, TEXT_WIDTH))
        self.colours = nn.Parameter(torch.randn(len(COLOURS) + 1, TEXT_WIDTH))

    def loss(self, states: Tensor, concepts: Tensor, colours: Tensor) -> Tensor:
        """Cross-entropy for states (N, L, width) and labels (N, L); -100 is not asked."""
        states = normalize(states.flatten(0, 1), dim=1)
        answers = (
            (self.concepts, concepts.flatten()),
            (self.colours, colours.flatten()),
        )
        return sum(
            (
                cross_entropy(self.SHARPNESS * states @ normalize(names, dim=1).T, labels)
                for names, labels in answers
            ),
            torch.zeros(()),
        )


class Lesson(nn.Module):
    """All that is trained here."""

    def __init__(self, clip: CLIPModel) -> None:
        super().__init__()
        self.clip = clip
        self.naming = Naming()


def named_so_far(captions: list[str], tokenizer: CLIPTokenizer) -> tuple[Tensor, Tensor]:
    """For each caption and token, the concept and the colour named last up to there.

    Two tensors (N, MAX_TOKENS) of indices; the last index means none, and -100 that the caption
    is not over and may yet name one.
    """
    concepts = {n: i for i, c in enumerate(CONCEPTS) for n in (c.name, *c.synonyms)}
    concepts |= {plural(name): index for name, index in concepts.items()}
    colours = {name: index for index, name in enumerate(COLOURS)}
    labels = [torch.full((len(captions), MAX_TOKENS), -100) for _ in range(2)]
    tables = [(concepts, len(CONCEPTS)), (colours, len(COLOURS))]
    for row, caption in enumerate(captions):
        tokens = tokenizer.tokenize(caption)[: MAX_TOKENS - 2]
        said = [token.replace("</w>", " ") for token in tokens]
        ends = list(accumulate(len(word) for word in said))
        for label, (names, none) in zip(labels, tables, strict=True):
            label[row, len(tokens) + 1 :] = none
            for match in _any_of(tuple(names)).finditer("".join(said)):
                first = bisect_left(ends, match.end(1))
                label[row, first + 1 :] = names[match[1]]
    return labels[0], labels[1]


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds names as whole words, "teddy bear" before "bear"."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b")


def train_text(
    work: Path,
    minutes: float,
    batch: int = 64,
    rate: float = 1.0,
    tower_only: bool = False,
    seed: int = 4,
) -> None:
    """Train for that many minutes in all; leaves work/clip and work/text_encoder.

    Args:
        work: With stored scenes; an older work/clip is begun with.
        minutes: Earlier sittings of the same checkpoint included.
        batch: Scenes in a step.
        rate: Factor on the learning rate; below 1 for towers that have learnt already.
        tower_only: Leave the text encoder and its projection, and with them every embedding
            that a network has learnt, as they are.
        seed: Of the choice of scenes.
    """
    torch.manual_seed(seed)
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer")
    scenes = load_scenes(work)
    tokens = tokenizer(
        scenes.captions, padding="max_length", max_length=MAX_TOKENS, truncation=True
    )
    ids = torch.tensor(tokens["input_ids"])
    lengths = torch.tensor(tokens["attention_mask"]).sum(1)
    concepts, colours = named_so_far(scenes.captions, tokenizer)
    begun = (work / "clip").exists()
    lesson = Lesson(CLIPModel.from_pretrained(work / "clip") if begun else new_clip(tokenizer))
    lesson.clip.text_model.requires_grad_(not tower_only)
    lesson.clip.text_projection.requires_grad_(not tower_only)
    optimizer = torch.optim.AdamW(
        lesson.parameters(), lr=RATE * rate, betas=(0.9, 0.98), weight_decay=0.05
    )
    checkpoint = Checkpoint(work / "text.pt", minutes, lesson=lesson, optimizer=optimizer)
    budget = checkpoint.budget
    workers = Workers(lesson)
    whole = (scenes.mix == 0).nonzero().flatten()
    picked = [0.0] * len(workers.replicas)
    named = [3.0] * len(workers.replicas)

    def loss(replica: Lesson, worker: int) -> Tensor:
        rows = whole[torch.randint(len(whole), (batch,))]
        choice = torch.randint(scenes.caption_of.shape[1], (batch,))
        captions = scenes.caption_of[rows, choice]
        # The text model looks backwards only, so padding may be cut without changing a thing;
        # some stays, for the network attends to padding too.
        length = min(MAX_TOKENS, int(lengths[captions].max()) + int(torch.randint(6, ())))
        clip = replica.clip
        images = clip.get_image_features(pixel_values=scenes.latents[rows].float()).pooler_output
        read = clip.get_text_features(input_ids=ids[captions, :length])
        texts = read.pooler_output
        picked[worker] += 0.03 * (_picked(images, texts, captions) - picked[worker])
        matching = contrastive_loss(images, texts, captions, clip.logit_scale.exp().clamp(max=50))
        if tower_only:
            return matching
        said = replica.naming.loss(
            read.last_hidden_state, concepts[captions, :length], colours[captions, :length]
        )
        named[worker] += 0.03 * (said.item() - named[worker])
        return matching + said

    while budget.progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * rate * schedule(budget.progress, budget.step, 100)
        value = workers.gradients(loss)
        nn.utils.clip_grad_norm_(lesson.parameters(), 1.0)
        optimizer.step()
        right = sum(picked) / len(picked)
        budget.tick(loss=value, right=right, naming=sum(named) / len(named))
        if budget.step % 200 == 0:
            budget.say(f"step {budget.step}: loss {value:.3f}, right {right:.2f}")
            checkpoint.save()
    checkpoint.save()
    clip = lesson.clip
    clip.save_pretrained(work / "clip")
    encoder = CLIPTextModel(clip.config.text_config)
    encoder.load_state_dict(clip.text_model.state_dict())
    encoder.save_pretrained(work / "text_encoder")


@torch.no_grad()
def _picked(images: Tensor, texts: Tensor, captions: Tensor) -> float:
    """Share of the scenes to which their own caption (or an equal one) fits best."""
    best = (normalize(images, dim=1) @ normalize(texts, dim=1).T).argmax(1)
    return float((captions[best] == captions).float().mean())


def embed(encoder: CLIPTextModel, tokenizer: CLIPTokenizer, captions: list[str]) -> Tensor:
    """What the network attends to, as the pipeline computes it: (N, MAX_TOKENS, width) float16."""
    tokens = tokenizer(
        captions,
        padding="max_length",
        max_length=MAX_TOKENS,
        truncation=True,
        return_tensors="pt",
    )
    parts = tokens.input_ids.split(256)

    @torch.no_grad()
    def encode(part: Tensor) -> Tensor:
        return encoder(part).last_hidden_state.half()

    with one_thread_each() as pool:
        encoded = pool.map(encode, parts)
        return torch.cat(list(tqdm(encoded, "embedding captions", len(parts), mininterval=5)))
