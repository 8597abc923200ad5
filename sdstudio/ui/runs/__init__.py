"""The runs of a sitting as a tree, and what can be done with them."""

from sdstudio.ui.runs.panel import RunsPanel

__all__ = ["RunsPanel"]
