from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize

from sdstudio.ui.timeline.thumbnails import Thumbnails


def test_a_picture_is_drawn_once_until_there_is_a_better_one(qapp) -> None:
    pictures = {(1, 0): np.zeros((64, 64, 3), np.uint8)}
    thumbnails = Thumbnails(lambda run, index: pictures.get((run, index)))
    thumbnails.set_size(QSize(48, 48), 1.0)
    first = thumbnails.get(1, 0)
    assert first is not None
    assert first.size() == QSize(48, 48)
    assert thumbnails.get(1, 0) is first
    pictures[1, 0] = np.full((64, 64, 3), 255, np.uint8)
    better = thumbnails.get(1, 0)
    assert better is not None
    assert better.toImage().pixelColor(5, 5).red() == 255
    assert thumbnails.get(1, 1) is None


def test_a_picture_fills_its_frame_and_keeps_its_proportions(qapp) -> None:
    wide = np.zeros((32, 64, 3), np.uint8)
    wide[:, 16:48] = 255
    thumbnails = Thumbnails(lambda run, index: wide)
    thumbnails.set_size(QSize(40, 40), 2.0)
    pixmap = thumbnails.get(1, 0)
    assert pixmap is not None
    assert pixmap.size() == QSize(80, 80)
    image = pixmap.toImage()
    assert image.pixelColor(3, 40).red() > 200
    assert image.pixelColor(76, 40).red() > 200


def test_only_so_many_are_kept(qapp) -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    thumbnails = Thumbnails(lambda run, index: picture, kept=10)
    thumbnails.set_size(QSize(8, 8), 1.0)
    for index in range(50):
        thumbnails.get(1, index)
    assert len(thumbnails) == 10
