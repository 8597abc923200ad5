"""The drawing: a document of layers, changed by strokes and steps that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import numpy as np

from sdstudio.engine.picture import Picture
from sdstudio.session.drawing.blending import painted
from sdstudio.session.drawing.fit import Fit, fitted
from sdstudio.session.drawing.flood import flooded
from sdstudio.session.drawing.layers import COLOURED, LAYERS, WHITE, Colour, Sheet, blank
from sdstudio.session.drawing.masking import feathered
from sdstudio.session.drawing.patches import Before, Patch
from sdstudio.session.drawing.rect import Rect
from sdstudio.session.drawing.stroke import Stroke
from sdstudio.session.drawing.tools import Point, Tool
from sdstudio.session.drawing.undo import BUDGET, Settings, Step, Together, UndoHistory, WholeLayers


class Drawing:
    """What a person draws: background, paint and mask over paper. Used on one thread.

    Args:
        width: In pixels.
        height: In pixels.
        paper: The colour below all layers.
        undo_budget: Bytes that undo may keep.

    Raises:
        ValueError: A size of 0, or beyond the limits in ``layers``.
    """

    def __init__(
        self, width: int, height: int, paper: Colour = WHITE, *, undo_budget: int = BUDGET
    ) -> None:
        self._sheet = Sheet(width, height, paper)
        self._history = UndoHistory(undo_budget)
        self._observers: list[Callable[[Rect], None]] = []
        self._stroke: Stroke | None = None
        self._group: list[Step] | None = None
        self.version = 0

    @property
    def width(self) -> int:
        """In pixels."""
        return self._sheet.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self._sheet.height

    @property
    def bounds(self) -> Rect:
        """The whole of it."""
        return self._sheet.bounds

    @property
    def paper(self) -> Colour:
        """The colour below all layers."""
        return self._sheet.paper

    @property
    def visible(self) -> Mapping[str, bool]:
        """Whether each layer is shown; for the mask, whether the pad tints it."""
        return MappingProxyType(self._sheet.visible)

    @property
    def opacity(self) -> Mapping[str, float]:
        """Of each layer, 0 to 1."""
        return MappingProxyType(self._sheet.opacity)

    def pixels(self, layer: str) -> np.ndarray:
        """A view, not to be written to, of a layer's pixels as they are and will be.

        Returns:
            (H, W, 4) uint8 with straight alpha; of the mask (H, W) uint8, 255 where the
            picture may change.
        """
        view = self._sheet.pixels[layer].view()
        view.flags.writeable = False
        return view

    def observe(self, callback: Callable[[Rect], None]) -> Callable[[], None]:
        """Have ``callback`` told each rectangle that changes; the answer stops that.

        After a change of the size the rectangle is the whole drawing.
        """
        self._observers.append(callback)

        def stop() -> None:
            if callback in self._observers:
                self._observers.remove(callback)

        return stop

    def composite(
        self, rect: Rect | None = None, *, layers: tuple[str, ...] | None = None
    ) -> np.ndarray:
        """What is seen: the visible layers over the paper, never the mask.

        Args:
            rect: Which part, None for all; what lies outside the drawing is left out.
            layers: Which layers, of those that are visible; None for all.

        Returns:
            (h, w, 3) uint8.
        """
        rect = self.bounds if rect is None else Rect(*rect).within(self.bounds)
        return self._sheet.composite(rect, COLOURED if layers is None else layers)

    def picture(self) -> Picture:
        """What is seen, for a request's ``image``."""
        return Picture.of(self.composite())

    def mask_picture(self, *, feather: float = 0, invert: bool = False) -> Picture | None:
        """The mask, for a request's ``mask``: white changes, black stays.

        Args:
            feather: Radius of its soft edge in pixels.
            invert: Whether what is painted stays, and the rest changes.

        Returns:
            A grey picture, None when nothing is painted on the mask.
        """
        mask = self._sheet.pixels["mask"]
        if not mask.any():
            return None
        return Picture.of(feathered(255 - mask if invert else mask, feather))

    def begin(self, tool: Tool, layer: str, point: Point) -> Stroke:
        """Put the pen down; a stroke still going ends."""
        self._check(layer)
        self.finish_stroke()
        self._stroke = Stroke(self._sheet, tool, layer, point, self._changed, self._end_stroke)
        return self._stroke

    @property
    def is_being_drawn(self) -> bool:
        """Whether a stroke is going."""
        return self._stroke is not None

    def finish_stroke(self) -> None:
        """End the stroke that is going, if one is."""
        if self._stroke is not None:
            self._stroke.end()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._stroke is not None or self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._stroke is None and self._history.can_redo

    def undo(self) -> bool:
        """Take the last step back, or the stroke that is going; False without one."""
        if self._stroke is not None:
            self._stroke.cancel()
            return True
        changed = self._history.undo(self._sheet)
        if changed is not None:
            self._changed(changed)
        return changed is not None

    def redo(self) -> bool:
        """Do the step again that was last undone; False without one."""
        if self._stroke is not None:
            return False
        changed = self._history.redo(self._sheet)
        if changed is not None:
            self._changed(changed)
        return changed is not None

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """All that is done within is undone as one step."""
        self.finish_stroke()
        if self._group is not None:
            yield
            return
        self._group = []
        try:
            yield
        finally:
            steps, self._group = self._group, None
            if steps:
                self._history.add(steps[0] if len(steps) == 1 else Together(steps))

    def set_visible(self, layer: str, visible: bool) -> None:
        """Show or hide a layer."""
        self._check(layer)
        if self._sheet.visible[layer] != visible:
            with self._settings():
                self._sheet.visible[layer] = visible

    def set_opacity(self, layer: str, opacity: float) -> None:
        """Of a layer, 0 to 1."""
        self._check(layer)
        opacity = min(1.0, max(0.0, float(opacity)))
        if self._sheet.opacity[layer] != opacity:
            with self._settings():
                self._sheet.opacity[layer] = opacity

    def set_paper(self, colour: Colour) -> None:
        """The colour below all layers."""
        if self._sheet.paper != tuple(colour):
            with self._settings():
                self._sheet.paper = (int(colour[0]), int(colour[1]), int(colour[2]))

    def fill(
        self,
        layer: str,
        x: float,
        y: float,
        colour: Colour,
        tolerance: float = 32,
        *,
        of_layer: bool = False,
        opacity: float = 1.0,
    ) -> None:
        """Fill what hangs together with a pixel and looks like it; outside, do nothing.

        Args:
            layer: What is painted on.
            x: In pixels from the left edge.
            y: In pixels from the upper edge.
            colour: Red, green, blue; ignored on the mask.
            tolerance: By how much each channel may differ, 0 to 255.
            of_layer: Look at the layer alone, not at what is seen.
            opacity: Of the colour, 0 to 1.
        """
        self._check(layer)
        column, row = int(np.floor(x)), int(np.floor(y))
        if not (0 <= column < self.width and 0 <= row < self.height):
            return
        seen = self._sheet.pixels[layer] if of_layer else self.composite()
        seen = seen[..., None] if seen.ndim == 2 else seen
        covered = flooded(seen, column, row, tolerance) * np.uint8(round(255 * opacity))
        rows, columns = np.nonzero(covered.any(1))[0], np.nonzero(covered.any(0))[0]
        if len(rows) == 0:
            return
        rect = Rect.around(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        below = self._sheet.pixels[layer][rect.slices]
        self.write(layer, rect.x, rect.y, painted(below, covered[rect.slices], colour))

    def pick(self, x: float, y: float) -> Colour:
        """The colour that is seen at a place; outside, that of the nearest pixel."""
        column = min(self.width - 1, max(0, int(np.floor(x))))
        row = min(self.height - 1, max(0, int(np.floor(y))))
        red, green, blue = self.composite(Rect(column, row, 1, 1))[0, 0].tolist()
        return red, green, blue

    def clear(self, layer: str) -> None:
        """Make a layer transparent, or let nothing be masked."""
        self._check(layer)
        self.write(layer, 0, 0, blank(layer, self.width, self.height))

    def put(self, picture: Picture, fit: Fit = Fit.CROPPED, ground: Colour | None = None) -> None:
        """Make a picture the background.

        Args:
            picture: In any shape.
            fit: What gives way where its shape is another.
            ground: The colour under its transparent parts, None to leave them transparent.
        """
        self.write("background", 0, 0, fitted(picture, self.width, self.height, fit, ground))

    def write(self, layer: str, x: int, y: int, pixels: np.ndarray) -> None:
        """Put pixels in a layer's place, alpha and all; what sticks out is cut off.

        Args:
            layer: Which.
            x: Column of the pixels' left edge.
            y: Row of their upper edge.
            pixels: (h, w, 4) uint8, or (h, w) for the mask.
        """
        self._check(layer)
        self.finish_stroke()
        rect = Rect(x, y, pixels.shape[1], pixels.shape[0]).within(self.bounds)
        if rect.is_empty:
            return
        before = Before(self._sheet, layer)
        before.touch(rect)
        source = rect.moved(-x, -y)
        self._sheet.pixels[layer][rect.slices] = pixels[source.slices]
        patch = before.patch()
        if patch is not None:
            self._add(patch)
            self._changed(rect)

    def move(self, layer: str, rect: Rect, dx: int, dy: int) -> None:
        """Move what a rectangle of a layer holds; what it leaves is blank."""
        self._check(layer)
        rect = Rect(*rect).within(self.bounds)
        taken = self._sheet.pixels[layer][rect.slices].copy()
        with self.one_step():
            self.write(layer, rect.x, rect.y, np.zeros_like(taken))
            self.lay(layer, rect.x + dx, rect.y + dy, taken)

    def lay(self, layer: str, x: int, y: int, pixels: np.ndarray) -> None:
        """Lay pixels over a layer, rather than in its place; masks join."""
        self._check(layer)
        place = Rect(x, y, pixels.shape[1], pixels.shape[0])
        rect = place.within(self.bounds)
        if rect.is_empty:
            return
        pixels = pixels[rect.moved(-x, -y).slices]
        below = self._sheet.pixels[layer][rect.slices]
        self.write(layer, rect.x, rect.y, _laid(below, pixels))

    def resize_canvas(self, left: int, top: int, right: int, bottom: int) -> None:
        """Move the edges outward by so many pixels, inward where negative.

        What is new is transparent.

        Raises:
            ValueError: Nothing would be left, or it would be larger than can be.
        """
        width, height = self.width + left + right, self.height + top + bottom
        new = Sheet(width, height)
        self.finish_stroke()
        for layer, pixels in self._sheet.pixels.items():
            kept = Rect(left, top, self.width, self.height).within(new.bounds)
            new.pixels[layer][kept.slices] = pixels[kept.moved(-left, -top).slices]
        step = WholeLayers(self._sheet)
        self._sheet.width, self._sheet.height = width, height
        self._sheet.pixels = new.pixels
        self._add(step)
        self._changed(self.bounds)

    def snapshot(self) -> Sheet:
        """A copy of all that is shown, for another thread."""
        sheet = self._sheet
        pixels = {layer: pixels.copy() for layer, pixels in sheet.pixels.items()}
        visible, opacity = dict(sheet.visible), dict(sheet.opacity)
        return Sheet(sheet.width, sheet.height, sheet.paper, pixels, visible, opacity)

    @classmethod
    def of_sheet(cls, sheet: Sheet) -> Drawing:
        """A drawing that shows a sheet, which is its own from then on."""
        drawing = cls(1, 1)
        drawing._sheet = sheet
        return drawing

    def copy(self) -> Drawing:
        """A drawing that shows the same, without its undo steps."""
        return self.of_sheet(self.snapshot())

    def forget_steps(self) -> None:
        """There is nothing to undo or redo any more."""
        self._history.clear()

    @contextmanager
    def _settings(self) -> Iterator[None]:
        self.finish_stroke()
        step = Settings(self._sheet)
        yield
        self._add(step)
        self._changed(self.bounds)

    def _check(self, layer: str) -> None:
        if layer not in LAYERS:
            raise ValueError(f"no layer {layer!r}")

    def _add(self, step: Step) -> None:
        if self._group is not None:
            self._group.append(step)
        else:
            self._history.add(step)

    def _end_stroke(self, patch: Patch | None) -> None:
        self._stroke = None
        if patch is not None:
            self._add(patch)

    def _changed(self, rect: Rect) -> None:
        if rect.is_empty:
            return
        self.version += 1
        for callback in tuple(self._observers):
            callback(rect)


def _laid(below: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    from PIL import Image

    if below.ndim == 2:
        return np.maximum(below, pixels)
    page = Image.fromarray(np.ascontiguousarray(below))
    return np.asarray(Image.alpha_composite(page, Image.fromarray(np.ascontiguousarray(pixels))))
