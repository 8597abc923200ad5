"""One training step on several single-threaded workers.

Two threads that each compute half a batch meet once a step. Two threads within every operation
meet thousands of times, and on a machine that others use too each meeting waits for the slower.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

Net = TypeVar("Net", bound=nn.Module)


def default_count() -> int:
    """How many workers there are unless told: SDSTUDIO_WORKERS, or one for each core."""
    return int(os.environ.get("SDSTUDIO_WORKERS", 0)) or os.cpu_count() or 1


def one_thread_each(count: int | None = None) -> ThreadPoolExecutor:
    """A pool of workers, as many as there are cores, within which torch does not fork again."""
    # The number of threads within an operation is a setting of each thread.
    torch.set_num_threads(1)
    return ThreadPoolExecutor(
        count or default_count(), initializer=lambda: torch.set_num_threads(1)
    )


class Workers(Generic[Net]):
    """Replicas of a model that share its weights and have gradients of their own."""

    def __init__(self, model: Net, count: int | None = None) -> None:
        count = count or default_count()
        self.replicas: list[Net] = [model]
        for _ in range(count - 1):
            replica = copy.deepcopy(model)
            for mine, shared in zip(replica.parameters(), model.parameters(), strict=True):
                mine.data = shared.data
            self.replicas.append(replica)
        self._pool = one_thread_each(count)

    def gradients(self, loss: Callable[[Net, int], Tensor]) -> float:
        """Leave in the model the gradient of the mean loss over the workers; returns that mean."""

        def work(worker: int) -> float:
            replica = self.replicas[worker]
            replica.zero_grad()
            value = loss(replica, worker) / len(self.replicas)
            value.backward()
            return value.item()

        total = sum(self._pool.map(work, range(len(self.replicas))))
        model, others = self.replicas[0], self.replicas[1:]
        for parameters in zip(*(m.parameters() for m in (model, *others)), strict=True):
            for parameter in parameters[1:]:
                if parameter.grad is not None:
                    assert parameters[0].grad is not None
                    parameters[0].grad.add_(parameter.grad)
        return total

    def step(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """The optimizers' steps, side by side: they hold different parameters."""
        list(self._pool.map(lambda optimizer: optimizer.step(), optimizers))
