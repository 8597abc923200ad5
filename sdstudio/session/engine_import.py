"""The import of the engine on the sampler's thread, while the window goes on answering."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sdstudio.engine.model import Model
    from sdstudio.session.going_run import Denoise


def import_engine() -> tuple[Callable[..., Model], Denoise]:
    """``load_model`` and ``denoise``; the libraries behind them no longer print to the terminal."""
    open_torch()
    with uncollected():
        from sdstudio.engine import denoise, load_model
        from sdstudio.engine.library_logs import off_the_terminal
    off_the_terminal()
    return load_model, denoise


@contextmanager
def uncollected() -> Iterator[None]:
    """Have no garbage collected meanwhile, nor what is made meanwhile looked through ever.

    An import makes a million objects that stay, and while the collector goes through them every
    thread stands still: up to a third of a second, again and again.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_collecting:
            gc.enable()


def open_torch() -> None:
    """Have the linker bring in torch's libraries before Python imports them.

    An import holds Python's lock while the linker works, up to half a second for these, and
    finds them done if they are open already. Foreign functions are called without the lock,
    and ``dlopen`` itself is one of them. What fails here is left for the import to tell.
    """
    torch = find_spec("torch")
    if sys.platform == "win32" or torch is None or torch.origin is None:
        return
    dlopen: Any = ctypes.CDLL(None).dlopen
    dlopen.restype = ctypes.c_void_p
    dlopen.argtypes = (ctypes.c_char_p, ctypes.c_int)
    ending = ".dylib" if sys.platform == "darwin" else ".so"
    # In torch's own order, and with its flags.
    for name, flags in (("libtorch_global_deps", os.RTLD_GLOBAL), ("libtorch_python", 0)):
        library = Path(torch.origin).parent / "lib" / f"{name}{ending}"
        dlopen(os.fsencode(library), os.RTLD_NOW | flags)
