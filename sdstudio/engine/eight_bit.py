"""Pictures of every kind as a person sees them: upright, 8 bits a channel, in sRGB."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_GREYS = (1.0, 255.0, 65_535.0)
"""What white is in files of numbers that do not say so: the least of these that is enough."""


def eight_bit(image: Image) -> Image:
    """A picture as RGB, RGBA or L, turned as its EXIF says, without anything but its pixels.

    Transparency, as a colour or as a channel, becomes alpha; a colour profile is applied.
    """
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    is_transparent = "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa")
    image = _in_srgb(image)
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = _shades(image)
    elif is_transparent and image.mode != "RGBA":
        image = image.convert("RGBA")
    elif image.mode not in ("RGB", "RGBA", "L"):
        image = image.convert("RGB")
    # What a file says beside its pixels would be saved with them, and make equal ones differ.
    # Turned upright, it is a copy already.
    image.info = {}
    return image


def _shades(image: Image) -> Image:
    """Greys of more than 8 bits: 16 bits by their range, others by what they seem to hold."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(image, np.float64), posinf=0.0, neginf=0.0)
    largest = float(values.max(initial=0.0))
    greys = _GREYS if image.mode == "F" else _GREYS[2:]
    white = next((grey for grey in greys if largest <= grey), largest)
    shades = np.rint((values / white).clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(shades).convert("RGB")


def _in_srgb(image: Image) -> Image:
    """A picture with its colour profile applied; one that cannot be is taken as it is."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        # By far the most: nothing to do, and no rounding.
        if "srgb" in (own.profile.profile_description or "").lower().replace(" ", ""):
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        result = ImageCms.profileToProfile(
            image, own, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image
    return image if result is None else result
