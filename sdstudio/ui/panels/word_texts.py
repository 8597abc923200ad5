"""Which text a step was told, and what its tokens are called."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QCoreApplication

from sdstudio.engine.anatomy.tokens import Token, Tokens
from sdstudio.engine.request import Request
from sdstudio.session.inquiries import Inquiry
from sdstudio.session.run_node import RunNode
from sdstudio.session.sitting import Sitting


@dataclass(frozen=True)
class Told:
    """The prompts that a step's text was made of.

    Attributes:
        prompts: One, or two where they were mixed.
        clip_skip: How many of the encoder's last layers were left out.
    """

    prompts: tuple[str, ...]
    clip_skip: int

    @classmethod
    def at(cls, node: RunNode, step: int) -> Told:
        """What a run's step was told."""
        request: Request = node.request_at(step)
        if request.mix <= 0.0:
            prompts: tuple[str, ...] = (request.prompt,)
        elif request.mix >= 1.0:
            prompts = (request.prompt_b,)
        else:
            prompts = request.prompt, request.prompt_b
        return cls(prompts, request.clip_skip)

    @property
    def inquiries(self) -> list[Inquiry]:
        """Asks for the tokens of each."""
        return [Inquiry.of("tokens", prompt=prompt) for prompt in self.prompts]

    def tokens(self, sitting: Sitting) -> tuple[Tokens, ...]:
        """The tokens of each; none before all are known."""
        found = [sitting.answers.value(inquiry) for inquiry in self.inquiries]
        return () if None in found else tuple(found)


def name_of(token: Token | None) -> str:
    """What to call a token: its letters, or which mark it is."""
    if token is None:
        return _tr("padding")
    if not token.is_mark:
        return token.text or token.piece
    return _tr("start mark") if token.place == 0 else _tr("end mark")


def names_of(tokens: tuple[Tokens, ...]) -> list[str]:
    """What to call each place of the text that is no padding; of mixed prompts both words."""
    names = []
    for each in zip_longest(*(part.tokens for part in tokens)):
        words = [name_of(token) for token in each]
        names.append(" + ".join(dict.fromkeys(words)))
    return names


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)
