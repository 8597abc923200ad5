"""The drawing pad: what a person draws with, and the page it lies on."""
