"""The C library's heap, where it can be told to keep less of what torch frees."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` of glibc's malloc.h."""
_LARGE = 4 * 2**20
"""Bytes. A layer's output on one row of SD 1.5 has 5 MB; the built-in model's are far smaller,
and keep the speed of a heap."""


def keep_no_large_blocks() -> bool:
    """Have blocks of 4 MB and more go back to the system when torch frees them.

    glibc raises its limit for this to 32 MB by itself, after which the buffers of a call of the
    network stay in the heap: on a true SD 1.5 asked row by row 330 MB after the first row, so
    that smaller buffers spared nothing. Getting each anew costs about a tenth of a step's time.

    Holds for the whole process from now on.

    Returns:
        Whether the C library took it: glibc does, others return large blocks or cannot be told.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None)
    try:
        mallopt, trim = libc.mallopt, libc.malloc_trim
    except AttributeError:  # another C library than glibc
        return False
    taken = bool(mallopt(_MMAP_THRESHOLD, _LARGE))
    trim(0)
    return taken
