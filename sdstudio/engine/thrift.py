"""Settings that spare memory, a ladder of them: one rung after the other, the dearest last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sdstudio.engine.device import has_own_memory
from sdstudio.engine.heap import keep_no_large_blocks
from sdstudio.engine.problems import ModelError, Problem
from sdstudio.engine.tiles import has_tiles

if TYPE_CHECKING:
    from sdstudio.engine.model import Model

Rung = Literal["engine", "autoencoder", "rows", "attention", "offload"]

RUNGS: tuple[Rung, ...] = ("engine", "autoencoder", "rows", "attention", "offload")
"""From the one that costs least: the faster engine is let go, which holds the weights once more;
pictures are decoded and encoded in tiles; the network is asked about one row of a batch after
the other; attention is computed in slices; only the part at work is on the accelerator."""

_SLICES_HELP = ("mps",)
"""Where torch's own attention holds all scores at once. On the CPU it does not: a call of
SD 1.5's network peaked at 525 MB over its weights, and in slices at 501 MB in twice the time."""


class Ladder:
    """Takes a model down from rung to rung; a model that is loaded again stands on top.

    Every rung leaves the picture what it is, within what rounding makes of another order of
    the same sums; tiles of the autoencoder differ where its layers would have seen further.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def next(self) -> Rung | None:
        """The rung to come; None at the foot."""
        return next((rung for rung in RUNGS if self._helps(rung)), None)

    def descend(self) -> Rung:
        """Take the next rung, between runs only; the answer says which, and the model's remarks.

        Raises:
            ModelError: ``memory_spared_all``: there is none.
        """
        rung = self.next
        if rung is None:
            raise ModelError(Problem.of("memory_spared_all"))
        self.take(rung)
        return rung

    def take(self, rung: Rung) -> None:
        """Take one rung, whether or not it would come next."""
        model = self._model
        if model.torch_device.type == "cpu":
            keep_no_large_blocks()
        match rung:
            case "engine":
                model.let_engine_go()
            case "autoencoder":
                model.autoencoder.tile = min(model.native_size) // 2
            case "rows":
                model.denoiser.row_by_row = True
            case "attention":
                model.denoiser.slice_attention()
            case "offload":
                model.offload()
        model.forget_prices()
        model.remark(Problem.of("memory_spared", reason=rung))

    def _helps(self, rung: Rung) -> bool:
        """Whether a rung is still to be taken, and would spare something."""
        model = self._model
        where = model.torch_device.type
        match rung:
            case "engine":
                return model.denoiser.fast is not None
            case "autoencoder":
                coder = model.autoencoder
                return not coder.tile and has_tiles(coder.vae, model.family.scale_factor)
            case "rows":
                # A network that is told the guidance is asked once.
                return not model.denoiser.row_by_row and not model.family.takes_guidance
            case "attention":
                return where in _SLICES_HELP and not model.denoiser.is_sliced
            case "offload":
                return has_own_memory(model.torch_device) and not model.is_offloaded
