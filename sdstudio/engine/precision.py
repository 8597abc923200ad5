"""Which precision a model's parts run in, and what to do when it does not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from sdstudio.engine.casting import running_in
from sdstudio.engine.device import fast_dtype
from sdstudio.engine.family import added_shapes
from sdstudio.engine.formats.components import FULL, Components, Dtypes, quiet
from sdstudio.engine.problems import Problem
from sdstudio.engine.text import Conditioning

TOLERANCE = 0.03
"""Largest relative error (norm) of a network call in a faster precision against float32."""

CHECK_SIDE = 32
"""Latents a side that the self-check asks about, at most: rounding is the same at any size."""


@dataclass(frozen=True)
class Plan:
    """The precision a model is to run in.

    Attributes:
        dtype: The network's.
        read: What the parts are read in.
        is_checked: Whether the network is to prove first that it holds.
        reason: Why this one: it was "asked" for; nothing faster is known for the "builtin"
            model, or this "processor" has none; or it is the fastest, once "checked".
    """

    dtype: torch.dtype
    read: Dtypes
    is_checked: bool = False
    reason: Literal["asked", "builtin", "processor", "checked"] = field(
        default="asked", compare=False
    )


def plan_of(device: torch.device, dtype: torch.dtype | None, *, stays_full: bool = False) -> Plan:
    """What a model is read in and runs in, before anything of it is known.

    The autoencoder stays in float32: it sets the colours. So do the text encoders on the CPU,
    which are called once a prompt; on an accelerator they are as precise as the network, for
    its memory.

    Args:
        dtype: The network's precision; None takes the fastest that passes the self-check.
        stays_full: On the CPU None means float32: nothing faster was seen.
    """
    on_cpu = device.type == "cpu"
    if dtype is None and on_cpu and stays_full:
        return Plan(torch.float32, FULL, reason="builtin")
    wanted = fast_dtype(device) if dtype is None else dtype
    is_checked = dtype is None and wanted != torch.float32
    if wanted == torch.float32:
        return Plan(wanted, FULL, reason="processor" if dtype is None else "asked")
    reason: Literal["asked", "checked"] = "checked" if is_checked else "asked"
    if on_cpu:
        # What is to be compared with float32 is read in all its digits.
        read = Dtypes(network=None if is_checked else wanted)
        return Plan(wanted, read, is_checked, reason)
    return Plan(wanted, Dtypes(wanted, wanted), is_checked, reason)


@torch.no_grad()
def put(
    components: Components, device: torch.device, plan: Plan, *, in_turns: bool = False
) -> Problem | None:
    """Move the parts to their device, the network in the planned precision if that holds.

    What the choice rests on is noted with the parts.

    Args:
        in_turns: Whether they do not fit there together: they stay in the machine's memory,
            the network after its check.

    Returns:
        ``precision_refused`` where it does not, without an ``error`` where numbers overflow:
        the network is in float32 then. None where it runs as planned.
    """
    network = components.network
    for part in components.modules:
        part.to("cpu" if in_turns else device).eval().requires_grad_(False)
    network.to(device)
    try:
        return _settle(components, plan)
    finally:
        if in_turns:
            network.to("cpu")


def _settle(components: Components, plan: Plan) -> Problem | None:
    """Put the network, which is on its device, into the planned precision, or else float32."""
    network = components.network
    error = error_of(network, plan.dtype) if plan.is_checked else 0.0
    seen = {}
    if plan.is_checked and error < float("inf"):
        seen = {"error": _percent(error), "most": _percent(TOLERANCE)}
    is_refused = error > TOLERANCE
    reason = "refused" if is_refused else plan.reason
    components.precision = Problem.of("precision", reason=reason, **seen)
    # diffusers warns of parts to be kept in float32, of which these networks have none.
    with quiet():
        if is_refused:
            network.to(torch.float32)
            name = str(plan.dtype).removeprefix("torch.")
            return Problem.of("precision_refused", dtype=name, **seen)
        if plan.dtype != torch.float32:
            network.to(dtype=plan.dtype, memory_format=torch.channels_last)
    return None


@torch.no_grad()
def error_of(network: Any, dtype: torch.dtype) -> float:
    """The self-check: relative error of one call at a middle timestep against float32."""
    config = network.config
    side = config.sample_size if isinstance(config.sample_size, int) else config.sample_size[0]
    side = min(side, CHECK_SIDE)
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn((1, config.in_channels, side, side), generator=generator)
    text = torch.randn((1, 8, config.cross_attention_dim), generator=generator)
    scale = None
    if config.get("time_cond_proj_dim") is not None:
        scale = torch.randn((1, config.time_cond_proj_dim), generator=generator)
    added = {
        name: torch.rand((1, *size), generator=generator)
        for name, size in added_shapes(config).items()
    }
    told = Conditioning(text, False, scale, added).to(network.device)

    def answer(precision: torch.dtype) -> torch.Tensor:
        inputs = told.inputs(precision)
        with running_in(network, precision):
            seen = sample.to(network.device, precision)
            out: torch.Tensor = network(seen, 500, **inputs).sample
        return out.float()

    exact = answer(torch.float32)
    error = ((answer(dtype) - exact).norm() / exact.norm()).item()
    return error if error == error else float("inf")


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
