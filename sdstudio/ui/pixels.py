"""Between numpy pictures, Qt images and PNG bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np


def to_qimage(picture: np.ndarray) -> QImage:
    """A Qt image with its own copy of a (height, width, 3) uint8 picture's pixels."""
    pixels = picture if picture.flags.c_contiguous else picture.copy()
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def to_png(image: QImage) -> bytes:
    """A Qt image as PNG bytes."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes
    return bytes(data.data())
