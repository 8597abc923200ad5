"""Tells where the network looks while a run goes on, for those who asked for it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from sdstudio.engine.problems import ModelError
from sdstudio.session.inquiries import Answer, Inquiry
from sdstudio.session.outbox import Outbox

if TYPE_CHECKING:
    from sdstudio.engine.anatomy.attention import Attention
    from sdstudio.engine.attention import CrossAttention
    from sdstudio.engine.model import Model
    from sdstudio.engine.request import Request
    from sdstudio.engine.step import Step


class Onlooker:
    """Answers the inquiries about the attention of a run's steps before anybody asks.

    While it is entered, each step costs somewhat more and comes out the same to the bit. What
    it tells equals what those inquiries are answered afterwards, when each step would take
    a network call of its own.

    Args:
        model: What runs.
        outbox: Where the answers go.
        run: Number of the run, or of the first of a batch.
        request: The (first) request.
        rows: Images of the batch.
    """

    def __init__(self, model: Model, outbox: Outbox, run: int, request: Request, rows: int) -> None:
        self._model = model
        self._outbox = outbox
        self._run = run
        self._request = request
        self._rows = rows
        self._stack = ExitStack()
        self._recorder: CrossAttention | None = None
        self._means: dict[int, Attention] = {}
        self._seen = range(0)

    def __enter__(self) -> Onlooker:
        from sdstudio.engine.attention import record_attention
        from sdstudio.engine.tiles import check_whole

        try:
            check_whole(self._model, self._request)
            self._recorder = self._stack.enter_context(record_attention(self._model))
        except ModelError:
            # The run goes on without; who asks about its steps is told why.
            self._recorder = None
        return self

    def see(self, step: Step) -> None:
        """Tell the attention of a step that the network was just called for."""
        if self._recorder is None:
            return
        from sdstudio.engine.anatomy.attention import attention_of, mean_of

        height, width = step.latents.shape[-2:]
        self._seen = range(self._seen.start if self._means else step.index, step.index + 1)
        for row in range(self._rows):
            # With guidance the rows with the text come last; without there are no others.
            found = attention_of(self._recorder.maps, height, width, row=row - self._rows)
            before = self._means.get(row)
            self._means[row] = found if before is None else mean_of([before, found])
            self._outbox.put(Answer(Inquiry.of("attention", self._run + row, step.index), found))

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        if self._seen.start > 0:
            # Of a branch only its own steps were seen.
            return
        for row, mean in self._means.items():
            asked = Inquiry.of("attention run", self._run + row, 0, until=self._seen.stop)
            self._outbox.put(Answer(asked, mean))
