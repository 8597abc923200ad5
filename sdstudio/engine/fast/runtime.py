"""Networks that OpenVINO runs, called as their torch originals are."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np
import openvino
import torch

from sdstudio.engine.cancel import Cancelled
from sdstudio.engine.fast.decoder import decoder_graph
from sdstudio.engine.fast.network import Shape, network_graph, text_graph
from sdstudio.engine.fast.parts import check_supported

KEPT_BYTES = 512 * 2**20
"""Compiled graphs hold a copy of the weights each: as many are kept as fit into this."""

PRECISIONS = {torch.float32: "f32", torch.bfloat16: "bf16"}
"""OpenVINO's names for the precisions that a network runs in."""

WORTH_ASKING = 0.15
"""Seconds of a call from which on it is asked whether it is still wanted: to be asked, a call
has to run in another thread, which costs a short one 4%."""

ASK_MS = 10
"""Milliseconds between two such questions."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Watch = Callable[[int, torch.Tensor, torch.Tensor], None]
"""Told of each cross-attention its number in the order of computation, what its query is made
of, (rows, pixels, channels), and its key of the text, (rows, heads, width, tokens); float32."""


class Compiler:
    """Compiles graphs for the CPU.

    Args:
        threads: Threads of one call.
        precision: "f32" or "bf16", of the matrix products.
    """

    def __init__(self, threads: int, precision: str) -> None:
        self._options = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": precision,
            # Threads nailed to cores would wait for whatever else runs there.
            "ENABLE_CPU_PINNING": False,
        }

    def __call__(self, graph: openvino.Model) -> Any:
        """The graph, ready for calls."""
        return _core().compile_model(graph, "CPU", self._options).create_infer_request()


@cache
def _core() -> openvino.Core:
    """The process's only one, never let go.

    On Linux each sets up a stack for its thread's signal handlers and unmaps it at its end,
    even where another has taken its place since: the next signal, a Ctrl+C, would be fatal.
    """
    return openvino.Core()


class Kept(Generic[K, V]):
    """The values made last, by key; the one used longest ago is dropped first."""

    def __init__(self, make: Callable[[K], V], most: int) -> None:
        self._make = make
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def __getitem__(self, key: K) -> V:
        if key in self._values:
            self._values.move_to_end(key)
        else:
            self._values[key] = self._make(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        return self._values[key]


class FastNetwork:
    """A UNet that OpenVINO runs; a graph is compiled at the first call of each shape.

    Args:
        network: The torch network; its weights are read at the first call of each shape.
        threads: Threads of one call.

    Attributes:
        watch: Told what the cross-attentions look with at each call, None as a rule.
        cancelled: Asked while a call goes on, None as a rule; True ends it with Cancelled.

    Raises:
        UnsupportedLayerError: The network is of a kind that is not written here.
    """

    def __init__(self, network: Any, threads: int) -> None:
        check_supported(network)
        self.watch: Watch | None = None
        self.cancelled: Callable[[], bool] | None = None
        self._network = network
        self._compile = Compiler(threads, PRECISIONS[network.dtype])
        self._calls = Kept(self._compiled, most=_how_many_fit(network))

    def __call__(
        self,
        sample: torch.Tensor,
        timestep: torch.Tensor | float,
        encoder_hidden_states: torch.Tensor,
        timestep_cond: None = None,
        return_dict: bool = False,
    ) -> tuple[torch.Tensor]:
        """One network call, as UNet2DConditionModel's with ``return_dict=False``.

        Args:
            sample: (B, C, h, w); with guidance, both halves hold the same.
            timestep: The same for the whole batch.
            encoder_hidden_states: (B, tokens, width).
            timestep_cond: Not for networks that take one.
            return_dict: A tuple is returned whatever it says.
        """
        rows, _, height, width = sample.shape
        half = rows // 2
        guided = rows % 2 == 0 and torch.equal(sample[:half], sample[half:])
        batch = half if guided else rows
        tokens = encoder_hidden_states.shape[1]
        shape = Shape(batch, guided, height, width, tokens, watched=self.watch is not None)
        call = self._calls[shape]
        out = call(sample[:batch], float(timestep), encoder_hidden_states, self.cancelled)
        if self.watch is not None:
            for number, (look, key) in enumerate(call.looks()):
                self.watch(number, look, key)
        return (out,)

    def _compiled(self, shape: Shape) -> _Call:
        text = self._compile(text_graph(self._network, shape))
        network = self._compile(network_graph(self._network, shape))
        return _Call(text, network)


class _Call:
    """A network compiled for one shape, and the text it was told last."""

    def __init__(self, text: Any, network: Any) -> None:
        self._text = text
        self._network = network
        self._told: torch.Tensor | None = None
        self._seconds = float("inf")
        # What the one writes the other reads, in place.
        for number in range(len(text.model_outputs)):
            network.set_input_tensor(2 + number, text.get_output_tensor(number))

    def __call__(
        self,
        sample: torch.Tensor,
        timestep: float,
        text: torch.Tensor,
        cancelled: Callable[[], bool] | None = None,
    ) -> torch.Tensor:
        if self._told is None or not torch.equal(self._told, text):
            self._text.infer({0: _array(text)}, share_inputs=True, share_outputs=True)
            self._told = text.clone()
        inputs = {0: _array(sample), 1: np.array([timestep], dtype=np.float32)}
        began = time.perf_counter()
        if cancelled is None or self._seconds < WORTH_ASKING:
            self._network.infer(inputs, share_inputs=True, share_outputs=True)
        else:
            _infer(self._network, inputs, cancelled)
        self._seconds = time.perf_counter() - began
        return torch.from_numpy(self._network.get_output_tensor(0).data.copy())

    def looks(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """What each cross-attention looked with last, and its key; overwritten by the next."""
        for number in range(len(self._network.model_outputs) - 1):
            look = torch.from_numpy(self._network.get_output_tensor(1 + number).data)
            yield look, torch.from_numpy(self._text.get_output_tensor(2 * number).data)


class FastDecoder:
    """The decoder of an AutoencoderTiny that OpenVINO runs in float32.

    Args:
        vae: The torch autoencoder.
        threads: Threads of one call.
    """

    def __init__(self, vae: Any, threads: int) -> None:
        compiler = Compiler(threads, "f32")
        self._calls: Kept[tuple[int, ...], Any] = Kept(
            lambda shape: compiler(decoder_graph(vae, shape)), most=_how_many_fit(vae)
        )

    def __call__(self, latents: torch.Tensor) -> torch.Tensor:
        """Unscaled latents (B, C, h, w) as images (B, 3, H, W) of -1 to 1."""
        request = self._calls[tuple(latents.shape)]
        request.infer({0: _array(latents)}, share_inputs=True, share_outputs=True)
        return torch.from_numpy(request.get_output_tensor(0).data.copy())


def _infer(request: Any, inputs: dict[int, np.ndarray], cancelled: Callable[[], bool]) -> None:
    """Run a request; OpenVINO leaves it at its next layer when it is cancelled."""
    request.start_async(inputs, share_inputs=True)
    while not request.wait_for(ASK_MS):
        if cancelled():
            request.cancel()
            with suppress(RuntimeError):
                request.wait()
            raise Cancelled


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().float().contiguous().numpy()


def _how_many_fit(module: Any) -> int:
    size = 4 * sum(weight.numel() for weight in module.parameters())
    return min(16, max(1, KEPT_BYTES // max(1, size)))
