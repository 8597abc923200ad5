"""Whether the network of a single file predicts the noise or v (Salimans and Ho 2022)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from sdstudio.engine.casting import running_in


@dataclass(frozen=True)
class Prediction:
    """What a network was trained to predict, and on which schedule.

    Attributes:
        kind: Of the two.
        zero_terminal: Whether training ended in pure noise (Lin et al. 2023).
    """

    kind: Literal["epsilon", "v_prediction"]
    zero_terminal: bool = False

    @property
    def settings(self) -> dict[str, Any]:
        """What it means for the scheduler's configuration."""
        settings: dict[str, Any] = {"prediction_type": self.kind}
        if self.zero_terminal:
            settings |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        return settings


def declared(
    tensors: Mapping[str, Any], metadata: Mapping[str, str], path: Path
) -> Prediction | None:
    """What the file says of itself, or the configuration beside it; None for nothing.

    Three customs are known: empty tensors named ``v_pred`` and ``ztsnr``, the metadata of
    ModelSpec, and a ``.yaml`` of the same name with ``parameterization: "v"``.
    """
    if "v_pred" in tensors:
        return Prediction("v_prediction", "ztsnr" in tensors)
    said = metadata.get("modelspec.prediction_type", "")
    if said in ("v", "epsilon"):
        return Prediction("v_prediction" if said == "v" else "epsilon")
    beside = path.with_suffix(".yaml")
    if beside.is_file():
        text = beside.read_text(encoding="utf-8", errors="replace")
        is_v = re.search(r"parameterization:\s*[\"']?v\b", text) is not None
        return Prediction("v_prediction" if is_v else "epsilon")
    return None


@torch.no_grad()
def probed(network: Any) -> Literal["epsilon", "v_prediction"]:
    """What an SD 2 network predicts, found by asking it.

    At the last timestep the input is as good as all noise. One that predicts noise hands it
    back; one that predicts v answers with the clean latents' opposite. For a constant input
    the second lies far below the first (the test that the AUTOMATIC1111 web interface uses).
    """
    flat = torch.full((1, network.config.in_channels, 8, 8), 0.5)
    text = torch.full((1, 2, network.config.cross_attention_dim), 0.5)
    with running_in(network, torch.float32):
        out = network(flat, 999, text, return_dict=False)[0]
    return "v_prediction" if (out - flat[:, : out.shape[1]]).mean().item() < -1 else "epsilon"
