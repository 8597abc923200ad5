"""A model that is ready to make pictures."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from diffusers import AutoencoderTiny
from torch import nn

from sdstudio import paths
from sdstudio.engine.family import Family, Recommended, family_of, recommended_of
from sdstudio.engine.formats.components import Components
from sdstudio.engine.inpaint import mask_notes, mask_problems
from sdstudio.engine.loras import LoraShelf, locate
from sdstudio.engine.masks import with_kept_pixels
from sdstudio.engine.noise import Entry, entry_of
from sdstudio.engine.pixels import as_input, as_pixels
from sdstudio.engine.precision import decode_finite
from sdstudio.engine.preview import Kind, Previewer
from sdstudio.engine.problems import Problem, RequestError
from sdstudio.engine.schedulers import check_scheduler, make_scheduler
from sdstudio.engine.text import Conditioning, TextReader, condition, unknown_words
from sdstudio.engine.tiles import tile_problems, tiled_if_large
from sdstudio.engine.x0 import PredictionType

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from sdstudio.engine.fast import Fast, Progress
    from sdstudio.engine.fast.runtime import FastNetwork
    from sdstudio.engine.picture import Picture
    from sdstudio.engine.request import Request


@dataclass(frozen=True)
class ModelRef:
    """Which model made a picture, precisely enough to make it again.

    Attributes:
        source: What was asked for: "builtin", a folder, …
        name: What to call it.
        hash: SHA-256 over the weights, hexadecimal.
        dtype: Precision of the network: "float32", "bfloat16", "float16".
        device: "cpu", "cuda:0", …
        engine: What ran the network: "torch" or "openvino".
        versions: Of Python, torch, diffusers, transformers and this project, by name.
    """

    source: str
    name: str
    hash: str
    dtype: str
    device: str
    engine: str
    versions: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


class Model:
    """The parts of a diffusion model, and the few things a sampling loop asks of them.

    Make one with :func:`sdstudio.engine.load_model`. All tensors that go in and out are
    float32, whatever precision the network runs in.

    Attributes:
        ref: What it is.
        family: What kind it is.
        network: The UNet, or the faster runtime that took its place.
        scheduler_config: Configuration of the scheduler it came with.
        words: The words it was trained on, or None where that is not known.
        recommended: What suits it.
        remarks: What is worth saying of how it was loaded, and of what came up since.
        added_words: The words that textual inversions have added.
    """

    def __init__(self, components: Components, ref: ModelRef) -> None:
        self.ref = ref
        self.family: Family = family_of(
            components.network, components.vae, components.pooled_width, components.zero_negative
        )
        self.network: Any = components.network
        self.scheduler_config = components.scheduler_config
        words = components.extras.get("words", {}).get("words")
        self.words: frozenset[str] | None = frozenset(words) if words else None
        self.recommended = _recommended(components, self.family)
        self.remarks: tuple[Problem, ...] = components.remarks
        self.added_words: tuple[str, ...] = components.added_words
        self._torch_network = components.network
        self._network_dtype: torch.dtype = components.network.dtype
        self._prepared: Fast | None = None
        self._fast: Fast | None = None
        self._shelf: LoraShelf | None = None
        self._vae = components.vae
        self._readers = tuple(
            TextReader(tokenizer, encoder, penultimate=self.family.penultimate)
            for tokenizer, encoder in components.encoders
        )
        self._components = components
        self._tiny_vae = components.tiny_vae
        self._preview = Previewer(self)

    # What it is.

    @property
    def name(self) -> str:
        """What to call it."""
        return self.ref.name

    @property
    def engine(self) -> str:
        """What runs the network: "torch" or "openvino"."""
        return self.ref.engine

    @property
    def device(self) -> str:
        """Where it runs."""
        return self.ref.device

    @property
    def torch_device(self) -> torch.device:
        """Where its tensors are."""
        return torch.device(self.ref.device)

    @property
    def dtype(self) -> str:
        """Precision of the network."""
        return self.ref.dtype

    @property
    def prediction_type(self) -> PredictionType:
        """What the network predicts."""
        return self.scheduler_config.get("prediction_type", "epsilon")

    @property
    def torch_network(self) -> Any:
        """The UNet itself, even where a faster runtime has taken its place."""
        return self._torch_network

    @property
    def reader(self) -> TextReader:
        """Its tokenizer and text encoder; the first of SDXL's two."""
        return self._readers[0]

    @property
    def fast_network(self) -> FastNetwork | None:
        """The faster runtime's network, which runs where no LoRA is in force; None without."""
        return None if self._fast is None else self._fast.network

    @property
    def weight_bytes(self) -> int:
        """Memory that the weights of all parts take, in bytes."""
        parts = [part for part in vars(self._components).values() if isinstance(part, nn.Module)]
        weights = (weight for part in parts for weight in part.parameters())
        return sum(weight.numel() * weight.element_size() for weight in weights)

    @property
    def samples_latents(self) -> bool:
        """Whether its autoencoder draws a picture's latents with a generator, as KL ones do."""
        return not isinstance(self._vae, AutoencoderTiny)

    @cached_property
    def parameters(self) -> int:
        """Number of parameters of the network."""
        return sum(weight.numel() for weight in self._components.network.parameters())

    @property
    def max_tokens(self) -> int:
        """Tokens a prompt may have, start and end included."""
        return self.reader.max_tokens

    # Sizes.

    @property
    def native_size(self) -> tuple[int, int]:
        """Width and height in pixels that it was trained on."""
        return self.family.native_size

    @property
    def size_range(self) -> tuple[int, int]:
        """Least and most pixels a side may have."""
        return self.family.size_range

    @property
    def size_multiple(self) -> int:
        """Sides are multiples of this many pixels."""
        return self.family.size_multiple

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the latents at the native size."""
        return self.latent_shape_at(*self.native_size)

    def latent_shape_at(self, width: int, height: int) -> tuple[int, int, int]:
        """Channels, height and width of the latents of a picture of that many pixels."""
        scale = self.family.scale_factor
        return self.family.latent_channels, height // scale, width // scale

    def size_of(self, request: Request) -> tuple[int, int]:
        """Width and height in pixels of what a request makes."""
        width, height = self.native_size
        return request.width or width, request.height or height

    # Requests.

    def check(self, request: Request) -> None:
        """Raise RequestError, with every problem, when it cannot honour a request."""
        problems = [*self._size_problems(request)]
        problems += tile_problems(request, self.family)
        if not problems:
            problems += mask_problems(request, *self.size_of(request), self.family)
        most = min(reader.most_skipped for reader in self._readers)
        if request.clip_skip > most:
            problems.append(
                Problem.of("out_of_range", "clip_skip", value=request.clip_skip, low=0, high=most)
            )
        try:
            check_scheduler(request)
            if request.image is not None:
                self.entry(request)
        except RequestError as error:
            problems += error.problems
        for source, _ in request.loras:
            try:
                locate(source, paths.builtin_model())
            except RequestError as error:
                problems += error.problems
        if problems:
            raise RequestError(problems)

    def _size_problems(self, request: Request) -> Iterator[Problem]:
        low, high = self.size_range
        for name, side in zip(("width", "height"), self.size_of(request), strict=True):
            if not low <= side <= high:
                yield Problem.of("out_of_range", name, value=side, low=low, high=high)
            elif side % self.size_multiple:
                yield Problem.of("not_a_multiple", name, value=side, multiple=self.size_multiple)

    def notes(self, request: Request) -> tuple[Problem, ...]:
        """What is worth saying: ``prompt_truncated``, ``unknown_words``, ``mask_full``."""
        notes = []
        for name in ("prompt", "prompt_b", "negative_prompt"):
            text = getattr(request, name)
            unused = (name == "prompt_b" and request.mix == 0.0) or (
                name == "negative_prompt" and not request.uses_guidance
            )
            if unused or not text:
                continue
            if rest := self.reader.not_read(text):
                notes.append(
                    Problem.of("prompt_truncated", name, tokens=self.max_tokens - 2, rest=rest)
                )
            if self.words and (unknown := unknown_words(self._without_added(text), self.words)):
                notes.append(Problem.of("unknown_words", name, words=unknown))
        notes += mask_notes(request, *self.size_of(request))
        return tuple(notes)

    def _without_added(self, text: str) -> str:
        for word in self.added_words:
            text = text.replace(word, " ")
        return text

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
            self._prepared = prepare(self._torch_network, self._vae, side, progress)
        return self._prepared is not None

    def swap(self) -> None:
        """Put what :meth:`optimise` prepared in place; between runs only."""
        if self._prepared is not self._fast:
            self._fast = self._prepared
            self._run_on(self._fast)
            # What a decode costs has changed.
            self._preview = Previewer(self)

    def _run_on(self, fast: Fast | None) -> None:
        engine = "torch" if fast is None else "openvino"
        self.network = self._torch_network if fast is None else fast.network
        if engine != self.ref.engine:
            self.ref = replace(self.ref, engine=engine)

    # What the loop asks.

    def use_loras(self, loras: tuple[tuple[str, float], ...]) -> None:
        """Put LoRAs in force for the calls to come; with any, the network runs on torch."""
        if self._shelf is None and loras:
            self._shelf = LoraShelf(self._pipeline(), paths.builtin_model())
        if self._shelf is not None and self._shelf.apply(loras):
            for reader in self._readers:
                reader.forget()
        self._run_on(None if loras else self._fast)

    def condition(self, requests: Sequence[Request]) -> Conditioning:
        """What the network is told of the requests' prompts."""
        size = self.size_of(requests[0])
        return condition(self._readers, requests, self._torch_network, self.family, size)

    def predict(
        self, network_input: torch.Tensor, timestep: torch.Tensor, conditioning: Conditioning
    ) -> dict[str, torch.Tensor]:
        """One network call, (B, C, h, w) float32 in and out: "cond", and "uncond" if guided."""
        sample = torch.cat([network_input] * 2) if conditioning.guided else network_input
        inputs = {
            "sample": sample.to(self._network_dtype),
            "timestep": timestep,
            **conditioning.inputs(self._network_dtype),
            "return_dict": False,
        }
        out = self.network(**inputs)[0].float()
        if not conditioning.guided:
            return {"cond": out}
        uncond, cond = out.chunk(2)
        return {"cond": cond, "uncond": uncond}

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

    @torch.no_grad()
    def decode_array(self, latents: torch.Tensor, *requests: Request) -> np.ndarray:
        """Clean latents (B, C, h, w) as (B, height, width, 3) uint8.

        Args:
            requests: One for each image, or one for all: where their masks keep the picture,
                its own pixels are put back. None shows what was decoded, there as well.

        Raises:
            ModelError: ``decode_not_finite``: not even float32 holds the numbers.
        """
        return with_kept_pixels(self._decoded(latents), requests)

    @torch.no_grad()
    def decode_tiny(self, latents: torch.Tensor) -> np.ndarray | None:
        """As :meth:`decode_array` by the tiny autoencoder; None where there is none."""
        if self._tiny_vae is None:
            return None
        vae = self._tiny_vae
        scaled = (latents / vae.config.scaling_factor).to(vae.device, vae.dtype)
        return as_pixels(vae.decode(scaled, return_dict=False)[0])

    def preview_with(self, tiny_vae: Any) -> None:
        """Take a tiny autoencoder of the same latents for previews; None for none."""
        if tiny_vae is not None:
            tiny_vae.to(self.torch_device).eval().requires_grad_(False)
        self._tiny_vae = tiny_vae
        self._preview = Previewer(self)

    def _decoded(self, latents: torch.Tensor) -> np.ndarray:
        scaled = latents / self._vae.config.scaling_factor
        # The faster one is of small decoders only, which take large pictures whole.
        if self._fast is not None and self._fast.decoder is not None:
            images = self._fast.decoder(scaled)
            if torch.isfinite(images).all():
                return as_pixels(images)
        factor = self.family.scale_factor
        with tiled_if_large(self._vae, scaled[0, 0].numel() * factor**2, factor):
            images, upcast = decode_finite(self._vae, scaled)
        if upcast:
            self.remarks = (*self.remarks, Problem.of("vae_upcast", name=self.name))
        return as_pixels(images)

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

    @torch.no_grad()
    def encode_pixels(
        self, pixels: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Images (B, 3, H, W) of -1 to 1 as clean latents, float32."""
        with tiled_if_large(self._vae, pixels[0, 0].numel(), self.family.scale_factor):
            encoded = self._vae.encode(pixels.to(self._vae.device, self._vae.dtype))
        if hasattr(encoded, "latents"):
            latents = encoded.latents
        elif generator is None:
            latents = encoded.latent_dist.mode()
        else:
            latents = encoded.latent_dist.sample(generator)
        return self._vae.config.scaling_factor * latents.float()

    def _pipeline(self) -> Any:
        """A diffusers pipeline over the same parts: its LoRA loader is what people's files fit."""
        from diffusers import DDIMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline

        parts = self._components
        shared = {
            "vae": parts.vae,
            "text_encoder": parts.text_encoder,
            "tokenizer": parts.tokenizer,
            "unet": parts.network,
            "scheduler": DDIMScheduler.from_config(dict(self.scheduler_config)),
        }
        if self.family.micro != "none":
            return StableDiffusionXLPipeline(
                **shared,
                text_encoder_2=parts.text_encoder_2,
                tokenizer_2=parts.tokenizer_2,
                add_watermarker=False,
            )
        return StableDiffusionPipeline(
            **shared,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def _recommended(components: Components, family: Family) -> Recommended:
    usual = recommended_of(family, components.scheduler_class, components.scheduler_config)
    plain = components.extras.get("recommended", {})
    known = {
        name: plain[name] for name in ("steps", "guidance_scale", "scheduler") if name in plain
    }
    return replace(usual, **known, examples=tuple(plain.get("examples", ())))
