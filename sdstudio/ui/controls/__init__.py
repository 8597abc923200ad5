"""The controls: the request as it stands, and every way to change it."""

from sdstudio.ui.controls.panel import ControlsPanel

__all__ = ["ControlsPanel"]
