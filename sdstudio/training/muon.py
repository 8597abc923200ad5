"""Muon for convolutions: momentum, orthogonalised before it is applied.

Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks". torch.optim.Muon
takes matrices only; a convolution's weight is treated as one here (outputs x everything else).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


class Muon(torch.optim.Optimizer):
    """For weights of two or more dimensions; biases and scales belong to another optimizer."""

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One update from the gradients at hand; there is no use for a closure."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["average"] = torch.zeros_like(parameter)
                average = state["average"].lerp_(parameter.grad, 1 - group["momentum"])
                # Nesterov: look one step ahead of the average.
                ahead = parameter.grad.lerp(average, group["momentum"]).flatten(1)
                update = orthogonal(ahead)
                rows, columns = update.shape
                # A tall matrix's update spreads over more outputs: as in the reference code.
                scale = max(1.0, rows / columns) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update.view_as(parameter), alpha=-group["lr"] * scale)


def orthogonal(matrix: Tensor, iterations: int = 5) -> Tensor:
    """Bring all singular values near 1 by a quintic Newton-Schulz iteration.

    Each iterate is a polynomial of the first Gram matrix times the matrix, so only small squares
    are multiplied on the way: for a 3x3 convolution less than half the work of the usual form.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    gram = x @ x.T
    one = torch.eye(len(gram))
    factor = one
    for _ in range(iterations):
        step = 3.4445 * one - 4.7750 * gram + 2.0315 * (gram @ gram)
        factor = step @ factor
        gram = step @ gram @ step
    x = factor @ x
    return x.T if tall else x
