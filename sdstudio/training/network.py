"""The network: v-prediction on stored latents, under cached caption embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from diffusers.training_utils import EMAModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from .budget import schedule
from .checkpoint import Checkpoint
from .concepts import CONCEPTS, DEMONSTRATED
from .export import export, noise_schedule
from .latents import StoredScenes, load_scenes
from .muon import Muon
from .text import TEXT_WIDTH, embed
from .workers import Workers

MIDDLE = "UNetMidBlock2DCrossAttn"
"""At 4x4 it sees the whole picture: a quarter more weights for 4% more of a step's time."""
CAPTION_DROPOUT = 0.12
MUON_RATE, ADAM_RATE = 0.015, 1e-3
EXPORT_EVERY_MINUTES = 6
VALIDATION_SCENES = 256
DEMONSTRATED_WEIGHT, STYLED_WEIGHT = 8.0, 2.5
"""How much more often a scene that begins with a demonstrated concept, or is in a style, is drawn;
one that is both by both. The first are seen first, and should be sharp."""
PAIR_WEIGHT, HYBRID_WEIGHT = 2.5, 2.5
"""How much more often a pair and a hybrid are drawn, whoever they show: 53 and 4% of all. Of a pair
the network must learn each thing anew in its place."""


def new_network(sample_size: int = 16) -> UNet2DConditionModel:
    """11 M parameters; words enter at 8x8 and 4x4, where attention is cheap."""
    unet = UNet2DConditionModel(
        sample_size=sample_size,
        in_channels=4,
        out_channels=4,
        block_out_channels=(64, 128, 192),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        mid_block_type=MIDDLE,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=(2, 4, 4),  # by its meaning in this class: the number of heads
    )
    # The backward pass of the fused attention is the slower one on a CPU.
    unet.set_attn_processor(AttnProcessor())
    return unet


def first_network(work: Path, sample_size: int) -> UNet2DConditionModel:
    """What training begins with: the network in the work folder, or a new one."""
    if not (work / "unet").exists():
        return new_network(sample_size)
    return open_network(work / "unet")


def open_network(folder: Path) -> UNet2DConditionModel:
    """A saved network, to be trained further; one without a middle block gets it."""
    unet = UNet2DConditionModel.from_pretrained(folder)
    if unet.mid_block is None:
        unet = with_middle(unet)
    unet.set_attn_processor(AttnProcessor())
    return unet


@torch.no_grad()
def with_middle(
    unet: UNet2DConditionModel, middle: nn.Module | None = None
) -> UNet2DConditionModel:
    """The network with a middle block, which adds nothing before it is trained.

    Args:
        unet: Without one.
        middle: Whose weights the block takes within; None for random ones.
    """
    grown = UNet2DConditionModel.from_config({**unet.config, "mid_block_type": MIDDLE})
    grown.load_state_dict(unet.state_dict(), strict=False)
    if middle is not None:
        grown.mid_block.load_state_dict(middle.state_dict())
    branches = [resnet.conv2 for resnet in grown.mid_block.resnets]
    for last in (*branches, *(each.proj_out for each in grown.mid_block.attentions)):
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    return grown


def loss_weight(snr: Tensor) -> Tensor:
    """Weight on the v-MSE: min(SNR + 1, 5) / (SNR + 1).

    In terms of x0 that is min(SNR + 1, 5), a min-SNR weight (Hang et al. 2023) that does not
    vanish at high noise, where the layout is made.
    """
    return (snr + 1).clamp(max=5) / (snr + 1)


def draw_timesteps(count: int, log_snr: Tensor) -> Tensor:
    """Two thirds near a log-SNR of -1.5, where words become shapes, the rest uniform.

    `log_snr` (T,) falls with the timestep.
    """
    uniform = torch.randint(len(log_snr), (count,))
    wanted = torch.randn(count) * 2 - 1.5
    near = torch.searchsorted(-log_snr, -wanted).clamp(max=len(log_snr) - 1)
    return torch.where(torch.rand(count) < 0.65, near, uniform)


def draw_weights(scenes: StoredScenes, pair_weight: float = PAIR_WEIGHT) -> Tensor:
    """How often each scene is drawn in training, (N,), in terms of a plain one's."""
    favoured = [i for i, concept in enumerate(CONCEPTS) if concept.name in DEMONSTRATED]
    shown = torch.isin(scenes.concepts, torch.tensor(favoured))
    weights = DEMONSTRATED_WEIGHT ** shown.float() * STYLED_WEIGHT ** scenes.styled.float()
    weights = torch.where(scenes.mix > 0, HYBRID_WEIGHT, weights)
    return torch.where(scenes.pair, pair_weight, weights)


@dataclass
class Task:
    """What the network is asked to do: the scenes, their captions, and the noise."""

    scheduler: DDIMScheduler
    scenes: StoredScenes
    embeddings: Tensor
    """(captions, tokens, width) float16; row 0 is the empty caption."""
    pair_weight: float = PAIR_WEIGHT

    def __post_init__(self) -> None:
        alphas = self.scheduler.alphas_cumprod
        self.snr = alphas / (1 - alphas)
        drawn = len(self.scenes.latents) - self.held_out
        self._weights = draw_weights(self.scenes, self.pair_weight)[:drawn]

    def loss(
        self,
        unet: UNet2DConditionModel,
        rows: Tensor,
        timesteps: Tensor,
        text: Tensor,
        noise: Tensor,
    ) -> Tensor:
        """Weighted v-MSE of the scenes `rows` (N,) at `timesteps` (N,) under `text`."""
        latents = self.scenes.latents[rows].float()
        noisy = self.scheduler.add_noise(latents, noise, timesteps)
        wanted = self.scheduler.get_velocity(latents, noise, timesteps)
        made = unet(noisy, timesteps, text).sample
        error = (made - wanted).square().mean((1, 2, 3))
        return (error * loss_weight(self.snr[timesteps])).mean()

    def training_loss(self, unet: UNet2DConditionModel, batch: int) -> Tensor:
        """The loss on random scenes; the last `VALIDATION_SCENES` are never drawn."""
        rows = torch.multinomial(self._weights, batch, replacement=True)
        text = self.scenes.draw_text(self.embeddings, rows, CAPTION_DROPOUT)
        timesteps = draw_timesteps(batch, self.snr.log())
        noise = torch.randn(batch, 4, *self._shape)
        return self.loss(unet, rows, timesteps, text, noise)

    @property
    def held_out(self) -> int:
        """How many scenes at the end are kept for validation."""
        return min(VALIDATION_SCENES, len(self.scenes.latents) // 4)

    @property
    def _shape(self) -> torch.Size:
        return self.scenes.latents.shape[2:]

    @torch.no_grad()
    def validation_loss(self, unet: UNet2DConditionModel) -> float:
        """The loss on scenes never drawn, with the same noise and timesteps every time."""
        generator = torch.Generator().manual_seed(0)
        count = self.held_out
        rows = torch.arange(len(self.scenes.latents) - count, len(self.scenes.latents))
        timesteps = torch.linspace(20, 980, count).long()
        noise = torch.randn((count, 4, *self._shape), generator=generator)
        first, kept = torch.zeros_like(rows), torch.ones_like(rows)
        text = self.scenes.text(self.embeddings, rows, first, kept)
        parts = zip(*(t.split(64) for t in (rows, timesteps, text, noise)), strict=True)
        losses = [self.loss(unet, *part) * len(part[0]) for part in parts]
        return float(sum(losses)) / count


def new_optimizers(
    unet: UNet2DConditionModel, muon_lr: float, adam_lr: float, shares: int = 2
) -> dict[str, torch.optim.Optimizer]:
    """Muon for the matrices within, in `shares` for as many threads; AdamW for the rest.

    The rest: both ends, the time embedding, biases and norms.
    """
    inner: list[nn.Parameter] = []
    outer: list[nn.Parameter] = []
    for name, parameter in unet.named_parameters():
        at_an_end = name.startswith(("conv_in", "conv_out", "time_embedding"))
        (outer if parameter.ndim < 2 or at_an_end else inner).append(parameter)
    inner.sort(key=lambda parameter: -parameter.numel())
    optimizers: dict[str, torch.optim.Optimizer] = {
        f"muon{share}": Muon(inner[share::shares], lr=muon_lr, weight_decay=0.01)
        for share in range(shares)
    }
    optimizers["adam"] = torch.optim.AdamW(
        outer, lr=adam_lr, betas=(0.9, 0.95), weight_decay=0.0, fused=True
    )
    return optimizers


def train_network(
    work: Path,
    minutes: float,
    batch: int = 32,
    rate: float = 1.0,
    seed: int = 5,
    pair_weight: float = PAIR_WEIGHT,
) -> None:
    """Train for that many minutes in all; leaves work/unet (the average) and work/export.

    Args:
        work: What the stages before this one left; an older work/unet is begun with.
        minutes: Earlier sittings of the same checkpoint included.
        batch: Scenes in a step.
        rate: Factor on the learning rates; below 1 for a network that has learnt already.
        seed: Of the noise and the choice of scenes.
        pair_weight: How often a pair is drawn, in terms of a plain scene.
    """
    torch.manual_seed(seed)
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(work / "text_encoder").eval()
    vae = AutoencoderTiny.from_pretrained(work / "vae").eval()
    scenes = load_scenes(work)
    embeddings = embed(encoder, tokenizer, scenes.captions)
    unet = first_network(work, scenes.latents.shape[-1])
    task = Task(noise_schedule(), scenes, embeddings, pair_weight)
    workers = Workers(unet)
    optimizers = new_optimizers(unet, MUON_RATE * rate, ADAM_RATE * rate)
    top = {name: optimizer.param_groups[0]["lr"] for name, optimizer in optimizers.items()}
    average = EMAModel(unet.parameters(), decay=0.998, use_ema_warmup=True, power=0.75)
    checkpoint = Checkpoint(work / "network.pt", minutes, unet=unet, average=average, **optimizers)
    budget = checkpoint.budget
    torch.manual_seed(seed + budget.step)
    concepts = sorted(set(scenes.concepts.tolist()))

    def save() -> None:
        checkpoint.save()
        average.store(unet.parameters())
        average.copy_to(unet.parameters())
        validation = task.validation_loss(unet)
        budget.say(
            f"step {budget.step}, {budget.seconds / 60:.1f} min: "
            f"training {mean:.4f}, validation of the average {validation:.4f}"
        )
        unet.save_pretrained(work / "unet")
        export(vae, encoder, tokenizer, unet, concepts, work / "export")
        average.restore(unet.parameters())

    share = batch // len(workers.replicas)
    mean, next_save = 1.0, budget.seconds + 60 * EXPORT_EVERY_MINUTES
    while budget.progress < 1:
        for name, optimizer in optimizers.items():
            factor = schedule(budget.progress, budget.step, 150, decay_from=0.6)
            optimizer.param_groups[0]["lr"] = top[name] * factor
        loss = workers.gradients(lambda replica, _: task.training_loss(replica, share))
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        workers.step(list(optimizers.values()))
        average.step(unet.parameters())
        mean += 0.02 * (loss - mean)
        budget.tick(loss=mean)
        if budget.seconds > next_save:
            save()
            next_save = budget.seconds + 60 * EXPORT_EVERY_MINUTES
    save()
