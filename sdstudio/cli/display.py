"""Whether a window could open, found out before Qt aborts the process for want of a display."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path


def missing_display() -> str:
    """Why no window can open, in a few words; "" when one can.

    Only X11 and Wayland can be missing: other systems always have a window server, and a
    platform that ``QT_QPA_PLATFORM`` names is left to Qt.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no display"
    return _missing_library() or ("" if _answers() else f"display {display} does not answer")


def _missing_library() -> str:
    """What the loader says of Qt's X11 plugin, such as a library that is not installed."""
    qt = find_spec("PySide6")
    if qt is None or qt.origin is None:
        return "PySide6 is not installed"
    plugin = Path(qt.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not plugin.is_file():
        return ""  # A distribution's own Qt: it depends on what it needs.
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return f"{error} (the README lists the system libraries)"
    return ""


def _answers() -> bool:
    """Whether the X server that ``DISPLAY`` names lets us in."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Not ours to judge then.
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
