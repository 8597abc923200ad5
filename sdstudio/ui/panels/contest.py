"""What is known of one run's likeness with its prompts: two of them contend for it."""

from __future__ import annotations

import numpy as np

from sdstudio.engine.anatomy.decision import decided_at
from sdstudio.session.answers import Answers
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.run_node import RunNode

TEXTS = 3


class Contest:
    """A run, the texts it is compared with, and the answers so far.

    Args:
        node: The run as it stands.
        texts: Prompt A, prompt B, negative prompt; empty ones are not compared.
        folder: Of the CLIP model that judges; "" for the model's own towers.

    Attributes:
        node: The run as it stands.
        texts: What it is compared with.
        spread: What to ask of its steps, from coarse to fine.
        cosines: (steps, texts); NaN where it is not known or the text is empty.
        decided: Place in the steps from which on the same text leads; None while not all
            is known of a run that is over.
    """

    def __init__(self, node: RunNode, texts: tuple[str, str, str], folder: str) -> None:
        self.node = node
        self.texts = texts
        self._folder = folder
        self._length = len(node.steps)
        kind = "likeness by clip" if folder else "likeness"
        options = {"folder": folder} if folder else {}
        self._inquiries = [
            Inquiry.of(kind, node.number, note.index, texts=texts, **options) for note in node.steps
        ]
        count = len(self._inquiries)
        # 0 and the last, then the middle, the quarters, …: the curve is there at once, roughly.
        order = sorted(range(count), key=lambda i: -(i & -i) if 0 < i < count - 1 else -count)
        self.spread = [self._inquiries[place] for place in order]
        self.cosines = np.full((count, TEXTS), np.nan, dtype=np.float32)
        self.decided: int | None = None

    def is_about(self, node: RunNode, texts: tuple[str, str, str], folder: str) -> bool:
        """Whether this is still true of a run."""
        return (len(node.steps), texts, folder) == (self._length, self.texts, self._folder)

    def take(self, answers: Answers) -> None:
        """Take over what has been answered."""
        is_whole = not self.node.running
        for place, inquiry in enumerate(self._inquiries):
            value = answers.value(inquiry)
            if value is None:
                is_whole = False
                continue
            self.cosines[place] = value.cosines
        first, second = self.cosines[:, 0], self.cosines[:, 1]
        self.decided = decided_at(first.tolist(), second.tolist()) if is_whole else None

    def at(self, index: int | None) -> Inquiry | None:
        """What to ask of a step; None for one it has not."""
        place = self._place(index)
        return None if place is None else self._inquiries[place]

    def row(self, index: int | None) -> tuple[float, ...]:
        """A step's cosines, NaN where they are not known."""
        place = self._place(index)
        return (float("nan"),) * TEXTS if place is None else tuple(self.cosines[place].tolist())

    @property
    def last(self) -> int | None:
        """Index of its newest step."""
        return self.node.last

    @property
    def main(self) -> int:
        """Which text the run was asked for more: 0 for A, 1 for B."""
        return int(self.node.request_now.mix > 0.5)

    @property
    def places(self) -> list[float]:
        """Numbers of its steps from 1, as the axis has them."""
        return [note.index + 1.0 for note in self.node.steps]

    def known(self, values: np.ndarray) -> tuple[list[float], list[float]]:
        """A curve of numbers by step, without the steps that are not known yet."""
        points = zip(self.places, values.tolist(), strict=True)
        found = [(place, value) for place, value in points if value == value]
        return [place for place, _ in found], [value for _, value in found]

    @property
    def span(self) -> tuple[float, float]:
        """The whole run on that axis."""
        return 1.0, max(2.0, float(self.node.count))

    @property
    def noise_levels(self) -> list[float]:
        """Of its steps, 0 to 1."""
        return [note.noise_level for note in self.node.steps]

    @property
    def lead(self) -> np.ndarray:
        """Likeness with A less that with B, by step."""
        difference: np.ndarray = self.cosines[:, 0] - self.cosines[:, 1]
        return difference

    @property
    def widest(self) -> float:
        """The largest distance between the two, 0.0 where nothing is known."""
        known = self.lead[np.isfinite(self.lead)]
        return float(np.abs(known).max()) if known.size else 0.0

    @property
    def decided_place(self) -> float | None:
        """Where it decided on the axis."""
        return None if self.decided is None else self.places[self.decided]

    @property
    def winner(self) -> str:
        """The text that leads at the end, "" while that is not decided."""
        return "" if self.decided is None else self.texts[int(self.lead[-1] < 0)]

    @property
    def letter(self) -> str:
        """Which one that is: "A", "B" or, while it is not decided, ""."""
        return "" if self.decided is None else "AB"[int(self.lead[-1] < 0)]

    @property
    def loser(self) -> str:
        """The other one."""
        return "" if self.decided is None else self.texts[int(self.lead[-1] > 0)]

    def _place(self, index: int | None) -> int | None:
        if index is None or not self.node.steps:
            return None
        place = index - self.node.steps[0].index
        return place if 0 <= place < len(self._inquiries) else None


def texts_of(node: RunNode) -> tuple[str, str, str]:
    """Prompt A, prompt B and the negative prompt of a run, as they stood at its end.

    One set for all steps: curves whose texts change on the way could not be compared.
    """
    request = node.request_now
    return request.prompt, request.prompt_b, request.negative_prompt
