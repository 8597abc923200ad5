"""Where a model runs, and what is fast there."""

from __future__ import annotations

import time
from functools import cache

import torch

GAIN = 1.2
"""How much faster bfloat16 has to be than float32 where that is not known beforehand."""


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
    """Whether the processor gains by bfloat16: by AMX always, by AVX512-BF16 if measured.

    The latter's dot product goes through one port on some processors and through two on others,
    where float32 always has two: it is anything from half to twice as fast.
    """
    capabilities = torch.cpu.get_capabilities()
    if capabilities.get("amx_bf16", False):
        return True
    return bool(capabilities.get("avx512_bf16", False)) and bf16_gain() >= GAIN


@cache
def bf16_gain() -> float:
    """How many times faster this processor multiplies matrices in bfloat16 than in float32.

    Takes a fraction of a second, once.
    """
    best = {torch.float32: float("inf"), torch.bfloat16: float("inf")}
    matrices = {dtype: torch.ones(1024, 1024, dtype=dtype) for dtype in best}
    # In turns, and the best of each: a busy moment meets both.
    for _ in range(5):
        for dtype, matrix in matrices.items():
            began = time.perf_counter()
            matrix @ matrix
            best[dtype] = min(best[dtype], time.perf_counter() - began)
    return best[torch.float32] / best[torch.bfloat16]
