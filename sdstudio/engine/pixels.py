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
    from PIL import Image, ImageOps

    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("RGB")
    if image.size == (width, height):
        return image
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
