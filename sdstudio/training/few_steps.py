"""A LoRA with which the network makes a picture in four steps.

Latent consistency distillation (Luo et al. 2023, "LCM-LoRA"): the student, which is the network
with the LoRA, learns to say of a noisy latent what it says of the one that its teacher, the same
network without the LoRA but with guidance, makes of it in one DDIM step.
"""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from diffusers.training_utils import EMAModel
from peft import LoraConfig, get_peft_model_state_dict
from torch import Tensor, nn

from .budget import schedule
from .checkpoint import Checkpoint
from .export import FEW_STEP_LORA, noise_schedule
from .latents import StoredScenes, load_scenes
from .text import embed
from .workers import Workers

RANK = 32
TARGETS = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "conv1", "conv2"]
DDIM_STEPS = 50
"""The teacher's step is one of so many."""
GUIDANCE = (2.0, 6.0)
"""The teacher's guidance scale is drawn from this range."""
DATA_DEVIATION, TIMESTEP_SCALE = 0.5, 10.0
"""Of the boundary condition, as LCMScheduler has them."""
HUBER = 1e-3


class Distillation:
    """The consistency loss.

    Args:
        teacher: The network, not trained.
        scenes: What it was trained on.
        embeddings: (captions, tokens, width) float16; row 0 is the empty caption.
    """

    def __init__(
        self, teacher: UNet2DConditionModel, scenes: StoredScenes, embeddings: Tensor
    ) -> None:
        self._teacher = teacher
        self._scenes = scenes
        self._embeddings = embeddings
        self._scheduler = noise_schedule()
        alphas = self._scheduler.alphas_cumprod
        self._alpha, self._sigma = alphas.sqrt(), (1 - alphas).sqrt()

    def loss(self, student: UNet2DConditionModel, target: nn.Module, batch: int) -> Tensor:
        """Pseudo-Huber distance of the student's x0 to the target's, one teacher step earlier."""
        stride = len(self._alpha) // DDIM_STEPS
        rows = torch.randint(len(self._scenes.latents), (batch,))
        text = self._scenes.draw_text(self._embeddings, rows)
        late = torch.randint(1, DDIM_STEPS, (batch,)) * stride + stride - 1
        early = late - stride
        latents = self._scenes.latents[rows].float()
        noisy = self._scheduler.add_noise(latents, torch.randn_like(latents), late)
        with torch.no_grad():
            earlier = self._teacher_step(noisy, late, early, text)
            wanted = self._consistent(target, earlier, early, text)
        made = self._consistent(student, noisy, late, text)
        return (((made - wanted).square() + HUBER**2).sqrt() - HUBER).mean()

    def _teacher_step(self, noisy: Tensor, late: Tensor, early: Tensor, text: Tensor) -> Tensor:
        batch = len(noisy)
        low, high = GUIDANCE
        scale = torch.rand(batch)[:, None, None, None] * (high - low) + low
        empty = self._embeddings[:1].float().expand_as(text)
        both = self._teacher(
            torch.cat([noisy, noisy]), torch.cat([late, late]), torch.cat([empty, text])
        ).sample
        uncond, cond = both.chunk(2)
        x0, noise = self._parts(noisy, uncond + scale * (cond - uncond), late)
        return _at(self._alpha, early) * x0 + _at(self._sigma, early) * noise

    def _consistent(
        self, network: nn.Module, noisy: Tensor, timesteps: Tensor, text: Tensor
    ) -> Tensor:
        """c_skip * x + c_out * x0: at t = 0 the latents themselves."""
        x0, _ = self._parts(noisy, network(noisy, timesteps, text).sample, timesteps)
        scaled = timesteps.float()[:, None, None, None] * TIMESTEP_SCALE
        skip = DATA_DEVIATION**2 / (scaled**2 + DATA_DEVIATION**2)
        out = scaled / (scaled**2 + DATA_DEVIATION**2).sqrt()
        return skip * noisy + out * x0

    def _parts(self, noisy: Tensor, velocity: Tensor, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = _at(self._alpha, timesteps), _at(self._sigma, timesteps)
        return alpha * noisy - sigma * velocity, alpha * velocity + sigma * noisy


def _at(table: Tensor, timesteps: Tensor) -> Tensor:
    return table[timesteps][:, None, None, None]


def train_few_steps(
    work: Path, minutes: float, batch: int = 16, lr: float = 2e-4, seed: int = 6
) -> None:
    """Train for that many minutes in all; leaves work/few-step.safetensors."""
    from transformers import CLIPTextModel, CLIPTokenizer

    torch.manual_seed(seed)
    scenes = load_scenes(work)
    embeddings = embed(
        CLIPTextModel.from_pretrained(work / "text_encoder").eval(),
        CLIPTokenizer.from_pretrained(work / "tokenizer"),
        scenes.captions,
    )
    teacher = UNet2DConditionModel.from_pretrained(work / "unet").eval().requires_grad_(False)
    student = copy.deepcopy(teacher)
    if (work / FEW_STEP_LORA).exists():
        student.load_lora_adapter(
            work, prefix="unet", weight_name=FEW_STEP_LORA, adapter_name="default"
        )
    else:
        student.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=TARGETS))
    trained = [p for p in student.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.0)
    average = EMAModel(trained, decay=0.95)
    target = copy.deepcopy(student).requires_grad_(False)
    followers = [
        mine
        for mine, original in zip(target.parameters(), student.parameters(), strict=True)
        if original.requires_grad
    ]
    checkpoint = Checkpoint(work / "few-step.pt", minutes, optimizer=optimizer, average=average)
    budget = checkpoint.budget
    # Of the student only what is trained is kept.
    student.load_state_dict(checkpoint.noted.get("lora", {}), strict=False)
    torch.manual_seed(seed + budget.step)
    task = Distillation(teacher, scenes, embeddings)
    workers = Workers(student)
    share = max(1, batch // len(workers.replicas))

    def save() -> None:
        checkpoint.save(lora={n: p for n, p in student.state_dict().items() if "lora_" in n})
        half = {n: p.half() for n, p in get_peft_model_state_dict(target).items()}
        StableDiffusionPipeline.save_lora_weights(
            work,
            unet_lora_layers=half,
            weight_name=FEW_STEP_LORA,
        )

    average.copy_to(followers)
    while budget.progress < 1:
        optimizer.param_groups[0]["lr"] = lr * schedule(budget.progress, budget.step, 50, 0.5)
        value = workers.gradients(lambda replica, _: task.loss(replica, target, share))
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        average.step(trained)
        average.copy_to(followers)
        budget.tick(loss=value)
        if budget.step % 200 == 0:
            save()
            budget.say(f"step {budget.step}: loss {value:.4f}")
    save()
