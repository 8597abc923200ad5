"""What a change at a step of a recorded run asks the sampler for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sdstudio.engine.request import STEERABLE, Edit, Request
from sdstudio.session.events import Parent
from sdstudio.session.run_node import RunNode


@dataclass(frozen=True)
class FreshNoise:
    """Noise to put in place of a part of what is there.

    Attributes:
        share: How much of it, 0 to 1.
        seed: What it is drawn from.
    """

    share: float
    seed: int


@dataclass(frozen=True)
class Branch:
    """A branch to ask for.

    Attributes:
        request: What its parent began with.
        parent: The run that made the step it grows from, and the step.
        edits: Those of the steps it shares, then what is changed at its first own one.
        controls: The present request, with what it shares with the branch brought into line.
    """

    request: Request
    parent: Parent
    edits: tuple[Edit, ...]
    controls: Request


@dataclass(frozen=True)
class BranchPoint:
    """A step of a recorded run that changes branch from; the step itself is made anew.

    Attributes:
        node: The run that is looked at, as it was when the first change came.
        step: Its step.
        owner: The run that made the step: ``node`` or one it shares the step with.
    """

    node: RunNode
    step: int
    owner: int

    def branch(
        self,
        before: Request,
        controls: Request,
        changed: frozenset[str],
        noise: FreshNoise | None = None,
    ) -> Branch:
        """The branch that a change leads to.

        Going back to a step goes back to what held there. A field that the person has not
        touched, so that the controls still show what the run ended with, takes the value it
        had at the step; one that was set to something else for the next run keeps that.

        Args:
            before: The request before the change.
            controls: The request with the change.
            changed: The fields it concerns.
            noise: Noise to inject; None keeps what the run itself had injected there.
        """
        node, step = self.node, self.step
        there, ended = node.request_at(step), node.request_now
        values: dict[str, Any] = {}
        for name in STEERABLE:
            is_theirs = name in changed or getattr(before, name) != getattr(ended, name)
            values[name] = getattr(controls if is_theirs else there, name)
        shared = node.request_before(step)
        changes = {n: value for n, value in values.items() if value != getattr(shared, n)}
        here = node.edit_at(step)
        if noise is not None:
            changes |= {"fresh_noise": noise.share, "noise_seed": noise.seed}
        elif here is not None and here.fresh_noise is not None:
            changes |= {"fresh_noise": here.fresh_noise, "noise_seed": here.noise_seed}
        edits = tuple(edit for edit in node.edits if (edit.step or 0) < step)
        if changes:
            edits += (Edit(step=step, **changes),)
        return Branch(
            request=node.request,
            parent=Parent(self.owner, step),
            edits=edits,
            controls=replace(controls, **values),
        )
