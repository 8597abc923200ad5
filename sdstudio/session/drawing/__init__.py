"""The drawing: layers, tools, undo, frames, and what it hands the sampler. No Qt, no torch."""
