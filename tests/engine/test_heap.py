"""The C library's heap: a process of its own, for the setting cannot be taken back."""

from __future__ import annotations

import subprocess
import sys

import pytest

KEPT = """
import psutil, torch
from sdstudio.engine.heap import keep_no_large_blocks
taken = {told} and keep_no_large_blocks()
process = psutil.Process()
before = process.memory_info().rss
torch.ones(6 * 2**20)  # 24 MB, freed at once: glibc takes larger blocks into the heap from now on
blocks = [torch.ones(2 * 2**20) for _ in range(20)]
last = blocks[1::2]
held = sum(block.nbytes for block in last)
del blocks  # every other one: holes, which a heap keeps
print(int(taken), (process.memory_info().rss - before - held) / 2**20)
"""


def kept(told: bool) -> tuple[bool, float]:
    """Whether the setting was taken, and MB that stay when 80 MB in blocks of 8 are freed."""
    code = KEPT.format(told=told)
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    taken, megabytes = out.stdout.split()
    return bool(int(taken)), float(megabytes)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a setting of glibc")
def test_large_blocks_go_back_to_the_system_once_told() -> None:
    _, before = kept(told=False)
    taken, after = kept(told=True)
    if not taken:
        pytest.skip("another C library than glibc")
    assert before > 60
    assert after < 40
