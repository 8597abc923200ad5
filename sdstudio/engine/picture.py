"""A picture as a value: immutable, comparable, hashable, free of torch."""

from __future__ import annotations

import base64
import hashlib
import io
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Union

from sdstudio.engine.eight_bit import eight_bit
from sdstudio.engine.problems import PictureError, Problem

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

MAX_PIXELS = 64_000_000
"""Pictures beyond this many pixels are refused before they are decoded."""

_HEIF = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1")
"""Brands of the format that telephones save photographs in."""

PictureLike = Union["Picture", "Image", "np.ndarray", str, Path, bytes]


@dataclass(frozen=True, repr=False)
class Picture:
    """Pixels that a request starts from, kept as PNG bytes.

    Two pictures are equal when their bytes are. Use :meth:`of` to make one.

    Attributes:
        png: The encoded picture, 8-bit RGB, RGBA or L.
    """

    png: bytes

    @classmethod
    def of(cls, source: PictureLike) -> Picture:
        """Take a PIL image, an array (H, W), (H, W, 3 or 4) uint8, a file or its bytes.

        Files are turned upright by their EXIF orientation; 16-bit, palette and CMYK
        pictures become 8-bit RGB or RGBA, in sRGB where they have a colour profile; of an
        animation the first frame is taken.

        Raises:
            PictureError: ``picture_missing``, ``picture_unreadable``, ``picture_kind`` or
                ``picture_too_large``.
        """
        from PIL import Image

        if isinstance(source, Picture):
            return source
        if isinstance(source, Image.Image):
            return cls(_encode(source))
        if isinstance(source, (str, Path, bytes, bytearray)):
            return cls(_read(source))
        return cls(_encode(Image.fromarray(source)))

    @classmethod
    def from_base64(cls, text: str) -> Picture:
        """Read what :meth:`to_base64` wrote; the bytes are decoded and checked.

        Raises:
            PictureError: ``picture_unreadable`` or ``picture_too_large``.
        """
        try:
            data = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise PictureError(Problem.of("picture_unreadable", name="")) from error
        return cls.of(data)

    def to_base64(self) -> str:
        """The PNG bytes as ASCII text, for JSON."""
        return base64.b64encode(self.png).decode("ascii")

    @cached_property
    def image(self) -> Image:
        """The decoded picture; treat it as read-only."""
        from PIL import Image

        image = Image.open(io.BytesIO(self.png))
        image.load()
        return image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of the PNG bytes."""
        return hashlib.sha256(self.png).hexdigest()

    def __repr__(self) -> str:
        width, height = self.size
        return f"Picture({width}x{height}, {self.sha256[:8]})"


def _read(source: str | Path | bytes | bytearray) -> bytes:
    from PIL import Image, UnidentifiedImageError

    name = Path(source).name if isinstance(source, (str, Path)) else ""
    # MAX_PIXELS is the limit here, and more than a warning.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    file = io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
    try:
        with Image.open(file) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise PictureError(
                    Problem.of("picture_too_large", name=name, width=width, height=height)
                )
            image.load()
            return _encode(image)
    except FileNotFoundError as error:
        raise PictureError(Problem.of("picture_missing", name=name)) from error
    except Image.DecompressionBombError as error:
        raise PictureError(Problem.of("picture_too_large", name=name)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        kind = _foreign_kind(file)
        if kind:
            raise PictureError(Problem.of("picture_kind", name=name, kind=kind)) from error
        raise PictureError(Problem.of("picture_unreadable", name=name)) from error


def _encode(image: Image) -> bytes:
    buffer = io.BytesIO()
    eight_bit(image).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def _foreign_kind(file: Path | str | io.BytesIO) -> str:
    """What a file is that people take for a picture and that cannot be read as one, or ""."""
    if isinstance(file, io.BytesIO):
        head = file.getvalue()[:512]
    else:
        try:
            with Path(file).open("rb") as opened:
                head = opened.read(512)
        except OSError:
            return ""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return "HEIC"
    if head.startswith(b"%PDF"):
        return "PDF"
    return "SVG" if b"<svg" in head else ""
