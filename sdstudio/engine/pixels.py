"""Between pictures and the tensors an autoencoder takes and gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from PIL.Image import Image

    from sdstudio.engine.picture import Picture


def as_pixels(images: torch.Tensor) -> np.ndarray:
    """Images of -1 to 1, (B, 3, H, W), as (B, H, W, 3) uint8, rounded as diffusers does."""
    scaled = (images.float() * 0.5 + 0.5).clamp(0, 1).cpu().permute(0, 2, 3, 1).numpy()
    return (scaled * 255).round().astype(np.uint8)


def as_input(picture: Picture, width: int, height: int) -> torch.Tensor:
    """A picture as (1, 3, height, width) float32 of -1 to 1.

    Transparent parts become white; another shape is covered and cropped about the middle,
    and the very size is taken as it is.
    """
    from diffusers.image_processor import VaeImageProcessor

    # Its memory layout decides which convolution runs, and so the last bits.
    processor = VaeImageProcessor(vae_scale_factor=1)
    return processor.preprocess(fitted(picture.image, width, height))


def fitted(image: Image, width: int, height: int) -> Image:
    """The picture as RGB on white, scaled to cover the size and cropped about its middle."""
    from PIL import Image

    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    crop = crop_of(image.size, width, height)
    return image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, crop)


def crop_of(size: tuple[int, int], width: int, height: int) -> tuple[float, float, float, float]:
    """The middle part of a picture of that size that has the shape wanted: its edges in pixels."""
    own_width, own_height = wide, high = float(size[0]), float(size[1])
    shape = width / height
    if own_width / own_height > shape:
        wide = shape * own_height
    elif own_width / own_height < shape:
        high = own_width / shape
    left, top = (own_width - wide) / 2, (own_height - high) / 2
    return left, top, left + wide, top + high
