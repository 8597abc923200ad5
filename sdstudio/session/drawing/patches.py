"""What undo keeps of a layer: the tiles that a step changed, as they were."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sdstudio.session.drawing.layers import Sheet
from sdstudio.session.drawing.rect import EMPTY, Rect

TILE = 64
"""Pixels of a tile's side."""

_ENTRY_BYTES = 256
"""About what a tile costs beside its pixels."""


def tiles_in(rect: Rect) -> Iterator[tuple[int, int]]:
    """Column and row of each tile that a rectangle meets."""
    if rect.is_empty:
        return
    for row in range(rect.y // TILE, (rect.bottom - 1) // TILE + 1):
        for column in range(rect.x // TILE, (rect.right - 1) // TILE + 1):
            yield column, row


def tile_rect(tile: tuple[int, int], bounds: Rect) -> Rect:
    """The pixels of a tile; at the edges it is smaller."""
    return Rect(tile[0] * TILE, tile[1] * TILE, TILE, TILE).within(bounds)


@dataclass(frozen=True)
class PackedTile:
    """The pixels of a tile, compressed; an empty ``data`` is a tile of zeros."""

    shape: tuple[int, ...]
    data: bytes

    def unpack(self) -> np.ndarray:
        """The pixels."""
        if not self.data:
            return np.zeros(self.shape, np.uint8)
        return np.frombuffer(zlib.decompress(self.data), np.uint8).reshape(self.shape)


class Patch:
    """Tiles of one layer; exchanging them with the sheet's undoes a step, and redoes it.

    Attributes:
        nbytes: What it keeps in memory.
    """

    def __init__(self, layer: str, tiles: dict[tuple[int, int], np.ndarray]) -> None:
        self._layer = layer
        self._tiles: dict[tuple[int, int], np.ndarray | PackedTile] = {
            tile: _kept(pixels) for tile, pixels in tiles.items()
        }
        self._is_packed = False
        self.nbytes = self._size()

    def _size(self) -> int:
        sizes = (
            len(kept.data) if isinstance(kept, PackedTile) else kept.nbytes
            for kept in self._tiles.values()
        )
        return sum(sizes) + _ENTRY_BYTES * len(self._tiles)

    def pack(self) -> None:
        """Compress what it keeps, once."""
        if self._is_packed:
            return
        self._is_packed = True
        for tile, kept in self._tiles.items():
            if not isinstance(kept, PackedTile):
                self._tiles[tile] = PackedTile(kept.shape, zlib.compress(kept.tobytes(), 1))
        self.nbytes = self._size()

    def swap(self, sheet: Sheet) -> Rect:
        """Exchange with the sheet; the answer is what changed."""
        changed = EMPTY
        self._is_packed = False
        for tile, kept in self._tiles.items():
            rect = tile_rect(tile, sheet.bounds)
            place = sheet.pixels[self._layer][rect.slices]
            self._tiles[tile] = _kept(place.copy())
            place[...] = kept.unpack() if isinstance(kept, PackedTile) else kept
            changed = changed.joined(rect)
        self.nbytes = self._size()
        return changed


class Before:
    """A layer's pixels from before a step, copied tile by tile as the step comes to them.

    Args:
        sheet: The drawing's.
        layer: The one that the step changes.

    Attributes:
        pixels: Of the whole layer's shape; only touched tiles hold anything.
    """

    def __init__(self, sheet: Sheet, layer: str) -> None:
        self._sheet = sheet
        self._layer = layer
        # Memory that is never touched is never given by the system either.
        self.pixels = np.empty_like(sheet.pixels[layer])
        self._touched: set[tuple[int, int]] = set()

    def touch(self, rect: Rect) -> None:
        """Keep what is there, before it is changed."""
        for tile in tiles_in(rect):
            if tile not in self._touched:
                self._touched.add(tile)
                slices = tile_rect(tile, self._sheet.bounds).slices
                self.pixels[slices] = self._sheet.pixels[self._layer][slices]

    def restore(self, rect: Rect) -> None:
        """Put the old pixels back; the rectangle must have been touched."""
        self._sheet.pixels[self._layer][rect.slices] = self.pixels[rect.slices]

    def restore_all(self) -> Rect:
        """Put all of them back; the answer is what may have changed."""
        changed = EMPTY
        for tile in self._touched:
            rect = tile_rect(tile, self._sheet.bounds)
            self.restore(rect)
            changed = changed.joined(rect)
        return changed

    def patch(self) -> Patch | None:
        """The tiles that differ now; None when none does."""
        now = self._sheet.pixels[self._layer]
        tiles = {}
        for tile in self._touched:
            slices = tile_rect(tile, self._sheet.bounds).slices
            if not np.array_equal(self.pixels[slices], now[slices]):
                tiles[tile] = self.pixels[slices].copy()
        return Patch(self._layer, tiles) if tiles else None


def _kept(pixels: np.ndarray) -> np.ndarray | PackedTile:
    return pixels if pixels.any() else PackedTile(pixels.shape, b"")
