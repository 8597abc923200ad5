"""The filmstrip under the canvas: every step of a run and of what branched from it."""

from sdstudio.ui.timeline.timeline import Timeline

__all__ = ["Timeline"]
