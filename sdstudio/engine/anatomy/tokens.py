"""What the text encoder reads of a prompt: its tokens, the padding, and what does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdstudio.engine.model import Model


@dataclass(frozen=True)
class Token:
    """One place of the text encoder's input that is no padding.

    Attributes:
        place: 0-based; the start mark has 0.
        id: Its row in the table of embeddings.
        piece: What the vocabulary calls it; ``</w>`` ends a word (Sennrich et al. 2016).
        text: The letters of the prompt it stands for, "" for the marks.
        start: Where they begin in the prompt.
        is_mark: Whether it is the start or the end mark.
    """

    place: int
    id: int
    piece: str
    text: str
    start: int
    is_mark: bool


@dataclass(frozen=True)
class Tokens:
    """A prompt as tokens.

    Attributes:
        prompt: The text.
        tokens: From the start mark to the end mark.
        capacity: Places there are, the marks included.
        padding_id: What fills the places that are left.
        rest: The end of the prompt that does not fit, "" as a rule.
    """

    prompt: str
    tokens: tuple[Token, ...]
    capacity: int
    padding_id: int
    rest: str

    @property
    def padding(self) -> int:
        """How many places are filled up."""
        return self.capacity - len(self.tokens)

    @property
    def readable(self) -> tuple[Token, ...]:
        """The tokens that stand for letters of the prompt."""
        return tuple(token for token in self.tokens if not token.is_mark)


def tokens_of(model: Model, prompt: str) -> Tokens:
    """A prompt as the model's tokenizer cuts it up."""
    reader = model.reader
    tokenizer: Any = reader.tokenizer
    encoding = tokenizer(
        prompt,
        max_length=reader.max_tokens,
        truncation=True,
        return_offsets_mapping=True,
    )
    ids = encoding.input_ids
    pieces = tokenizer.convert_ids_to_tokens(ids)
    last = len(ids) - 1
    tokens = tuple(
        Token(
            place=place,
            id=int(number),
            piece=piece,
            text="" if place in (0, last) else prompt[start:end],
            start=0 if place == 0 else start,
            is_mark=place in (0, last),
        )
        for place, (number, piece, (start, end)) in enumerate(
            zip(ids, pieces, encoding.offset_mapping, strict=True)
        )
    )
    return Tokens(
        prompt=prompt,
        tokens=tokens,
        capacity=reader.max_tokens,
        padding_id=int(tokenizer.pad_token_id),
        rest=reader.not_read(prompt),
    )
