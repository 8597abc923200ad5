"""The network asked at each step: on torch or a faster runtime, at once or row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from sdstudio.engine.text import Conditioning

if TYPE_CHECKING:
    from sdstudio.engine.attention import CrossAttention
    from sdstudio.engine.fast import Fast


class Denoiser:
    """Asks a model's network. Takes and gives float32, whatever it runs in.

    Args:
        network: The UNet.

    Attributes:
        torch_network: The UNet itself.
        fast: The faster runtime that stands ready for it, None without.
        row_by_row: Whether it is asked about one row of a batch after the other, and so about
            a picture with and without its text: that takes half the memory or less. It answers
            the same within what rounding makes of another batch size.
        is_sliced: Whether attention is computed in slices, to spare memory.
        watching: What records the network's attention, None while nothing does.
    """

    def __init__(self, network: Any) -> None:
        self.torch_network = network
        self.fast: Fast | None = None
        self.row_by_row = False
        self.is_sliced = False
        self.watching: CrossAttention | None = None
        self._dtype: torch.dtype = network.dtype
        self._is_fast = False

    @property
    def network(self) -> Any:
        """What is called: the UNet, or the faster runtime's."""
        return self.fast.network if self._is_fast and self.fast else self.torch_network

    @property
    def engine(self) -> str:
        """What runs it: "torch" or "openvino"."""
        return "torch" if self.network is self.torch_network else "openvino"

    def run_on(self, fast: Fast | None, *, at_once: bool = True) -> None:
        """Have a faster runtime stand ready; None for none.

        Args:
            at_once: Whether it is called from now on.
        """
        self.fast = fast
        self._is_fast = at_once

    def slice_attention(self) -> None:
        """Have the UNet compute attention one slice after the other."""
        self.torch_network.set_attention_slice("max")
        self.is_sliced = True

    def predict(
        self, network_input: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> dict[str, torch.Tensor]:
        """Its prediction, (B, C, h, w) in and out: "cond", and "uncond" if guided."""
        sample = torch.cat([network_input] * 2) if conditioning.guided else network_input
        if self.row_by_row and len(sample) > 1:
            out = self._row_by_row(sample, timestep, conditioning)
        else:
            out = self._call(sample, timestep, conditioning)
        if not conditioning.guided:
            return {"cond": out}
        uncond, cond = out.chunk(2)
        return {"cond": cond, "uncond": uncond}

    def _call(
        self, sample: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> torch.Tensor:
        inputs = {
            "sample": sample.to(self._dtype),
            "timestep": timestep,
            **conditioning.inputs(self._dtype),
            "return_dict": False,
        }
        out: torch.Tensor = self.network(**inputs)[0].float()
        return out

    def _row_by_row(
        self, sample: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> torch.Tensor:
        rows, maps = [], []
        for row in range(len(sample)):
            rows.append(self._call(sample[row : row + 1], timestep, conditioning.row(row)))
            if self.watching is not None:
                maps.append(dict(self.watching.maps))
        if self.watching is not None:
            for layer in maps[0]:
                self.watching.maps[layer] = torch.cat([each[layer] for each in maps])
        return torch.cat(rows)
