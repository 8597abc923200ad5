"""A model of the shapes of Stable Diffusion 1.5 whose network costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch

from sdstudio.engine.model import Model
from sdstudio.engine.request import Request

CONFIG = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
    "set_alpha_to_one": False,
    "prediction_type": "epsilon",
}


class Sd15Shaped:
    """What :func:`sdstudio.engine.denoise` asks of a model, for 512 x 512 pixels."""

    scheduler_config = CONFIG
    prediction_type = "epsilon"
    torch_device = torch.device("cpu")
    network = None
    step_options = Model.step_options

    def check(self, request: Request) -> None:
        """Take anything."""

    def use_loras(self, loras: object) -> None:
        """Have none."""

    def size_of(self, request: Request) -> tuple[int, int]:
        """Width and height in pixels."""
        return 512, 512

    def latent_shape_at(self, width: int, height: int) -> tuple[int, int, int]:
        """Channels, height and width of the latents."""
        return 4, height // 8, width // 8

    def condition(self, requests: Sequence[Request]) -> Any:
        """Say nothing."""
        return SimpleNamespace()

    def predict(
        self, network_input: torch.Tensor, timestep: torch.Tensor, conditioning: Any
    ) -> dict[str, torch.Tensor]:
        """Two predictions, halves of one tensor as the real network's are."""
        both = torch.cat([0.9 * network_input, 0.8 * network_input])
        uncond, cond = both.chunk(2)
        return {"cond": cond, "uncond": uncond}
