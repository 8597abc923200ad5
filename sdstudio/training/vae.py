"""The autoencoder: 128-pixel pictures <-> 16x16 latents of 4 channels."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from diffusers.models.unets.unet_2d_blocks import AutoencoderTinyBlock
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from .budget import schedule
from .checkpoint import Checkpoint
from .muon import Muon
from .scenes import PICTURE_SIZE, Studio
from .styles import STYLES
from .workers import Workers

ENCODER_WIDTH = 32
DECODER_WIDTH = 16
"""Narrow: most of a decode is the last convolutions, at full size, and every step decodes."""
LATENT_NOISE = 0.05
"""Deviation of the noise on the latents (theirs is 1): the decoder then forgives small errors."""
SQUARES = 2.0
"""Weight of the squared error in the loss."""
NORMALISE_AT = 0.5
"""Share of the training after which the latents are brought to mean 0 and deviation 1."""
KEEP_LATENTS = 2.0
"""Weight, in the loss of an autoencoder that had learnt already, of its latents' squared distance
from those it made before: networks and towers that know the old ones should know the new."""
CROP = 64
CUTS = 2
"""Crops of one picture: to compose it takes as long as to learn from one."""
STYLED_LESSONS = 0.35
"""Pictures to learn from that are given a style: its edges and grain are what is lost first."""
LESSON_STYLES = (*STYLES, "pixel", "pixel")
"""Which: pixel art three times as often as any other, for the small steps between its blocks."""
HELD_OUT_EVERY = 29
"""Every 29th emoji is kept from the autoencoder, to measure it on artwork it has not seen."""


def new_vae() -> AutoencoderTiny:
    """Few blocks where the picture is large: one decode must stay far below a guided step."""
    vae = AutoencoderTiny(
        encoder_block_out_channels=(ENCODER_WIDTH,) * 4,
        decoder_block_out_channels=(DECODER_WIDTH,) * 4,
        num_encoder_blocks=(0, 2, 3, 4),
        num_decoder_blocks=(4, 4, 2, 0),
        latent_channels=4,
    )
    _start_as_thumbnail(vae.encoder.layers, encoder=True)
    _start_as_thumbnail(vae.decoder.layers, encoder=False)
    return vae


@torch.no_grad()
def _start_as_thumbnail(layers: nn.Sequential, encoder: bool) -> None:
    """Begin as "shrink the picture eightfold" and "enlarge it again".

    Three channels carry red, green and blue straight through; the others begin at random. From
    a wholly random start the same network sits for minutes on a plateau of grey.
    """
    convolutions = [module for module in layers.modules() if isinstance(module, nn.Conv2d)]
    for convolution in convolutions:
        nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
        if convolution.bias is not None:
            nn.init.zeros_(convolution.bias)
    for block in layers:
        if isinstance(block, AutoencoderTinyBlock):
            ending = list(block.conv)[-1]
            assert isinstance(ending, nn.Conv2d)
            ending.weight.mul_(0.1)
            ending.weight[:3] = 0
    straight = [m for m in layers if isinstance(m, nn.Conv2d)]
    for convolution in straight:
        convolution.weight[:3] = 0
        for channel in range(3):
            if convolution.stride[0] == 2:
                convolution.weight[channel, channel] = 1 / 9
            else:
                convolution.weight[channel, channel, 1, 1] = 1
    first, last = straight[0], straight[-1]
    assert last.bias is not None
    if encoder:  # 0..1 -> about -2..2
        last.weight[:3] *= 4
        last.weight[3] *= 0.1
        last.bias[:3] = -2
    else:
        assert first.bias is not None
        first.weight[:3] *= 0.25
        first.bias[:3] = 0.5
        last.weight[:, 3:] *= 0.1


@torch.no_grad()
def normalise(vae: AutoencoderTiny, pictures: Tensor) -> None:
    """Fold the latents' mean and deviation into the convolutions, so that scaling_factor is 1.

    DecoderTiny squashes what it is given by tanh(x / 3) * 3, so the fold is exact only for small
    latents: it is done in mid-training, and the decoder then settles.
    """
    latents = vae.encoder(pictures)
    mean, deviation = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    last, first = list(vae.encoder.layers)[-1], next(iter(vae.decoder.layers))
    assert isinstance(last, nn.Conv2d)
    assert isinstance(first, nn.Conv2d)
    assert last.bias is not None
    assert first.bias is not None
    last.weight.div_(deviation[:, None, None, None])
    last.bias.sub_(mean).div_(deviation)
    first.bias.add_((first.weight.sum((2, 3)) * mean).sum(1))
    first.weight.mul_(deviation[None, :, None, None])


def picture_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """L1 and squares of the pictures' difference, L1 of their gradients' at three scales.

    Both in -1..1. The squares are for the few pixels that are far off; alone they would blur.
    """
    error = made - wanted
    loss = error.abs().mean() + SQUARES * error.square().mean()
    for _ in range(3):
        for axis in (2, 3):
            loss = loss + 0.5 * (made.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
        made, wanted = avg_pool2d(made, 2), avg_pool2d(wanted, 2)
    return loss


def vae_loss(vae: AutoencoderTiny, wanted: Tensor, before: nn.Module | None = None) -> Tensor:
    """Of the pictures after the way through slightly noisy latents, and of where these lie.

    Args:
        vae: What learns.
        wanted: (N, 3, H, W) in -1..1.
        before: An encoder whose latents are to be kept by and large.
    """
    latents = vae.encoder(wanted)
    loss = picture_loss(vae.decoder(latents + LATENT_NOISE * torch.randn_like(latents)), wanted)
    if before is not None:
        loss = loss + KEEP_LATENTS * (latents - before(wanted)).square().mean()
    return loss


def psnr(made: Tensor, wanted: Tensor) -> float:
    """Mean over the pictures of their peak signal-to-noise ratio in dB; both in -1..1."""
    error = ((made.clamp(-1, 1) - wanted) / 2).square().mean((1, 2, 3))
    return float((-10 * error.log10()).mean())


class Pictures:
    """Endless random pictures for the autoencoder: half scenes, half any artwork at any size.

    Those held out are in a style as often as scenes are; those to learn from, more often.
    """

    def __init__(self, studio: Studio, seed: int, held_out: bool = False) -> None:
        self._studio = studio
        self._rng = np.random.default_rng(seed)
        emoji = sorted({drawing.codepoints for drawing in studio.drawings})
        apart = set(emoji[::HELD_OUT_EVERY]) if len(emoji) > HELD_OUT_EVERY else set()
        scenes = {row for rows in studio.of_concept for row in rows.tolist()}
        rows = [
            row
            for row, drawing in enumerate(studio.drawings)
            # A concept of the model is never held out: its drawings are in every scene.
            if (drawing.codepoints in apart and row not in scenes) == held_out
        ]
        self._rows = np.array(rows or range(len(studio.drawings)))
        self._held_out = held_out

    def batch(self, count: int, crop: int = PICTURE_SIZE) -> Tensor:
        """(count, 3, crop, crop) in -1..1, cut at random from whole pictures."""
        cuts = 1 if crop == PICTURE_SIZE else CUTS
        pictures = [self._picture() for _ in range(math.ceil(count / cuts))]
        return to_tensor(np.stack([self._cut(pictures[i // cuts], crop) for i in range(count)]))

    def _picture(self) -> np.ndarray:
        rng = self._rng
        scene = self._studio.random_scene(rng)
        if self._held_out or rng.random() < 0.5:
            row = int(rng.choice(self._rows))
            subject = replace(
                scene.subjects[0],
                drawing=row,
                scale=float(rng.uniform(0.5, 1.0)),
                centre=(0.5, 0.5),
            )
            scene = replace(scene, arrangement="single", subjects=(subject,), mix=0.0)
        if not self._held_out and rng.random() < STYLED_LESSONS:
            scene = replace(scene, style=str(rng.choice(LESSON_STYLES)))
        return self._studio.compose(scene)

    def _cut(self, picture: np.ndarray, crop: int) -> np.ndarray:
        if crop == PICTURE_SIZE:
            return picture
        # Not from the outermost pixels, which are mostly plain background.
        top, left = self._rng.integers(12, PICTURE_SIZE - crop - 11, 2)
        return picture[top : top + crop, left : left + crop]


def to_tensor(pictures: np.ndarray) -> Tensor:
    """(N, H, W, 3) uint8 -> (N, 3, H, W) float32 in -1..1."""
    return torch.tensor(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def train_vae(
    studio: Studio,
    work: Path,
    minutes: float,
    batch: int = 16,
    rate: float = 1.0,
    decoder_only: bool = False,
    seed: int = 2,
) -> None:
    """Train for that many minutes in all, from the checkpoint on; leaves work/vae.

    Args:
        studio: Artwork.
        work: An older work/vae is begun with.
        minutes: Earlier sittings of the same checkpoint included.
        batch: Crops in a step.
        rate: Factor on the learning rates; below 1 for an autoencoder that has learnt already.
        decoder_only: Leave the encoder, and with it every stored latent, as it is.
        seed: Of the pictures and the noise.
    """
    torch.manual_seed(seed)
    begun = (work / "vae").exists()
    vae = AutoencoderTiny.from_pretrained(work / "vae") if begun else new_vae()
    vae.encoder.requires_grad_(not decoder_only)
    before = None
    if begun and not decoder_only:
        before = copy.deepcopy(vae.encoder).requires_grad_(False)
    widths = (ENCODER_WIDTH, DECODER_WIDTH)
    inner = [p for p in vae.parameters() if p.ndim == 4 and p.shape[0] == p.shape[1] in widths]
    chosen = {id(p) for p in inner}
    outer = [p for p in vae.parameters() if id(p) not in chosen]
    optimizers = {
        "muon": Muon(inner, lr=0.01 * rate),
        "adam": torch.optim.Adam(outer, lr=1e-3 * rate),
    }
    top = {name: optimizer.param_groups[0]["lr"] for name, optimizer in optimizers.items()}
    checkpoint = Checkpoint(work / "vae.pt", minutes, vae=vae, **optimizers)
    budget, normalised = checkpoint.budget, checkpoint.noted.get("normalised", begun)
    workers = Workers(vae)
    # Each sitting and each worker draws its own pictures.
    pictures = [
        Pictures(studio, seed + 1000 * budget.step + worker)
        for worker in range(len(workers.replicas))
    ]
    held_out = Pictures(studio, seed=99, held_out=True).batch(64)

    def loss(replica: AutoencoderTiny, worker: int) -> Tensor:
        wanted = pictures[worker].batch(batch // len(workers.replicas), CROP)
        return vae_loss(replica, wanted, before)

    while budget.progress < 1:
        if not normalised and budget.progress >= NORMALISE_AT:
            normalise(vae, pictures[0].batch(256))
            normalised = True
        for name, optimizer in optimizers.items():
            factor = schedule(budget.progress, budget.step, warm_up=50, decay_from=0.3)
            optimizer.param_groups[0]["lr"] = top[name] * factor
        value = workers.gradients(loss)
        nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        workers.step(list(optimizers.values()))
        budget.tick(loss=value)
        if budget.step % 400 == 0:
            checkpoint.save(normalised=normalised)
            with torch.no_grad():
                latents = vae.encoder(held_out)
                found = f"{psnr(vae.decoder(latents), held_out):.2f} dB on held-out artwork"
                if before is not None:
                    moved = float((latents - before(held_out)).square().mean().sqrt())
                    found += f", latents moved by {moved:.3f}"
            budget.say(f"step {budget.step}: {found}")
    if not normalised:
        normalise(vae, pictures[0].batch(256))
    checkpoint.save(normalised=normalised)
    vae.save_pretrained(work / "vae")
