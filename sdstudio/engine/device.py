"""Where a model runs, and what is fast there."""

from __future__ import annotations

import torch


def default_device() -> torch.device:
    """CUDA where there is one, Apple's MPS next, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def has_own_memory(device: torch.device) -> bool:
    """Whether it has memory beside the machine's, which Apple's accelerator shares."""
    return device.type not in ("cpu", "mps")


def fast_dtype(device: torch.device) -> torch.dtype:
    """The precision that is fastest there, before any check of its accuracy."""
    if device.type in ("cuda", "mps"):
        return torch.float16
    return torch.bfloat16 if cpu_has_fast_bf16() else torch.float32


def cpu_has_fast_bf16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware (AMX or AVX512-BF16)."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("amx_bf16", "avx512_bf16"))
