"""A model that is ready to make pictures."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from sdstudio import paths
from sdstudio.engine import checks
from sdstudio.engine.as_pipeline import pipeline_of
from sdstudio.engine.description import Description
from sdstudio.engine.formats.components import Components
from sdstudio.engine.loras import LoraShelf
from sdstudio.engine.masks import with_kept_pixels
from sdstudio.engine.model_ref import ModelRef
from sdstudio.engine.noise import Entry, entry_of
from sdstudio.engine.offload import Offload
from sdstudio.engine.pixels import as_input
from sdstudio.engine.preview import Kind, Previewer
from sdstudio.engine.problems import Problem
from sdstudio.engine.schedulers import make_scheduler
from sdstudio.engine.text import Conditioning, condition
from sdstudio.engine.thrift import Ladder

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from sdstudio.engine.fast import Fast, Progress
    from sdstudio.engine.picture import Picture
    from sdstudio.engine.request import Request


class Model(Description):
    """The parts of a diffusion model, and the few things a sampling loop asks of them.

    Make one with :func:`sdstudio.engine.load_model`. All tensors that go in and out are
    float32, whatever precision the network runs in.

    Attributes:
        ladder: Takes it down to settings that spare memory.
    """

    def __init__(self, components: Components, ref: ModelRef) -> None:
        super().__init__(components, ref)
        self._prepared: Fast | None = None
        self._shelf: LoraShelf | None = None
        self._preview = Previewer(self)
        self._offload: Offload | None = None
        self.ladder = Ladder(self)

    # Requests.

    def check(self, request: Request) -> None:
        """Raise RequestError, with every problem, when it cannot honour a request."""
        checks.check(self, request)

    def notes(self, request: Request) -> tuple[Problem, ...]:
        """What is worth saying: ``prompt_truncated``, ``unknown_words``, ``mask_full``."""
        return checks.notes(self, request)

    def entry(self, request: Request) -> Entry:
        """Which steps a request runs: with a picture, ``strength`` leaves some out."""
        return entry_of(make_scheduler(self.scheduler_config, request, [request.seed]), request)

    # A faster runtime.

    def optimise(self, progress: Progress | None = None) -> bool:
        """Prepare a faster runtime for the network; may go on beside :func:`denoise`.

        Args:
            progress: Told "optimising" and the share done.

        Returns:
            Whether :meth:`swap` has something to put in place.
        """
        from sdstudio.engine.fast import prepare

        if self._prepared is None:
            side = self.latent_shape[1]
            vae = self.autoencoder.vae
            self._prepared = prepare(self.torch_network, vae, side, progress)
        return self._prepared is not None

    def swap(self) -> None:
        """Put what :meth:`optimise` prepared in place; between runs only."""
        if self._prepared is not self.denoiser.fast:
            self._run_on(self._prepared)
            self.autoencoder.fast = self._prepared.decoder if self._prepared else None
            # What a decode costs has changed.
            self._preview = Previewer(self)

    def _run_on(self, fast: Fast | None, *, at_once: bool = True) -> None:
        self.denoiser.run_on(fast, at_once=at_once)
        if self.denoiser.engine != self.ref.engine:
            self.ref = replace(self.ref, engine=self.denoiser.engine)

    # Less memory.

    def let_engine_go(self) -> None:
        """Run on torch again; a faster runtime holds the weights a second time."""
        self._prepared = None
        self.swap()

    @property
    def is_offloaded(self) -> bool:
        """Whether its parts take turns on the accelerator."""
        return self._offload is not None

    def offload(self) -> None:
        """Keep only the part that is at work on the accelerator."""
        if self._offload is None:
            self._offload = Offload(self.parts.modules, self.torch_device)

    def forget_prices(self) -> None:
        """What a decode costs has changed: previews find out anew which they can afford."""
        self._preview.forget_prices()

    def remark(self, problem: Problem) -> None:
        """Have something said of it, once."""
        if problem not in self.remarks:
            self.remarks = (*self.remarks, problem)

    # What the loop asks.

    def use_loras(self, loras: tuple[tuple[str, float], ...]) -> None:
        """Put LoRAs in force for the calls to come; with any, the network runs on torch."""
        if self._shelf is None and loras:
            self._shelf = LoraShelf(pipeline_of(self.parts, self.family), paths.builtin_model())
        if self._shelf is not None and not self._shelf.has(loras):
            # What loads them would leave hooks of its own in place of ours.
            with self._offload.lifted() if self._offload else nullcontext():
                self._shelf.apply(loras)
            for reader in self.readers:
                reader.forget()
        self._run_on(self.denoiser.fast, at_once=not loras)

    def condition(self, requests: Sequence[Request]) -> Conditioning:
        """What the network is told of the requests' prompts."""
        size = self.size_of(requests[0])
        return condition(self.readers, requests, self.torch_network, self.family, size)

    def predict(
        self, network_input: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> dict[str, torch.Tensor]:
        """One network call, (B, C, h, w) float32 in and out: "cond", and "uncond" if guided."""
        return self.denoiser.predict(network_input, timestep, conditioning)

    def step_options(self, scheduler: Any, generator: Any, eta: float) -> dict[str, Any]:
        """The arguments a scheduler's ``step`` takes beyond the usual ones."""
        takes = inspect.signature(scheduler.step).parameters
        options = {"generator": generator, "eta": eta}
        return {name: value for name, value in options.items() if name in takes}

    # Pictures.

    def decode(self, latents: torch.Tensor, *requests: Request) -> Image | list[Image]:
        """Clean latents (B, C, h, w) as a picture, or a list of them for a batch.

        Args:
            requests: As :meth:`decode_array` has them.
        """
        from PIL import Image

        images = [Image.fromarray(pixels) for pixels in self.decode_array(latents, *requests)]
        return images[0] if len(images) == 1 else images

    def decode_array(self, latents: torch.Tensor, *requests: Request) -> np.ndarray:
        """Clean latents (B, C, h, w) as (B, height, width, 3) uint8.

        Args:
            requests: One for each image, or one for all: where their masks keep the picture,
                its own pixels are put back. None shows what was decoded, there as well.

        Raises:
            ModelError: ``decode_not_finite``: not even float32 holds the numbers.
        """
        images = self.autoencoder.decode(latents)
        self._say_upcast()
        return with_kept_pixels(images, requests)

    def preview_with(self, tiny_vae: Any) -> None:
        """Take a tiny autoencoder of the same latents for previews; None for none."""
        if tiny_vae is not None:
            tiny_vae.to(self.torch_device).eval().requires_grad_(False)
        self.autoencoder.tiny = self.parts.tiny_vae = tiny_vae
        self._preview = Previewer(self)

    def preview(
        self, x0: torch.Tensor, step_seconds: float, *requests: Request
    ) -> tuple[np.ndarray, Kind]:
        """The first image of clean latents as (height, width, 3) uint8, and how it was made.

        Through the autoencoder where that costs at most a quarter of ``step_seconds`` or a
        frame of the screen, else through a tiny one on the same terms, else by a linear map.
        A request's mask is kept to.
        """
        picture, kind = self._preview(x0, step_seconds)
        return with_kept_pixels(picture[None], requests)[0], kind

    def encode(
        self,
        picture: Picture,
        width: int,
        height: int,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """A picture as clean latents (1, C, height / scale, width / scale).

        Args:
            generator: Draws the sample of a KL autoencoder; None takes its mean.
        """
        return self.encode_pixels(as_input(picture, width, height), generator)

    def encode_pixels(
        self, pixels: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Images (B, 3, H, W) of -1 to 1 as clean latents, float32."""
        latents = self.autoencoder.encode(pixels, generator)
        self._say_upcast()
        return latents

    def _say_upcast(self) -> None:
        if self.autoencoder.was_upcast:
            self.remark(Problem.of("vae_upcast", name=self.name))
