"""A desktop instrument for seeing and steering how diffusion models make pictures."""

__version__ = "0.1.0"
