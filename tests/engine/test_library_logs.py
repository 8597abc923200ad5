"""What diffusers and transformers print of themselves, and where it goes."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
from diffusers.utils import logging as of_diffusers
from transformers.utils import logging as of_transformers

from sdstudio.engine.library_logs import off_the_terminal, quiet

LIBRARIES = (of_diffusers, of_transformers)
NAMES = ("diffusers", "transformers")


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The libraries' logs and bars as they are without us, and afterwards as they were."""
    handlers = {name: list(logging.getLogger(name).handlers) for name in NAMES}
    bars = [library.is_progress_bar_enabled() for library in LIBRARIES]
    for name, library in zip(NAMES, LIBRARIES, strict=True):
        logging.getLogger(name).handlers.clear()
        library.enable_default_handler()
        library.enable_progress_bar()
    yield
    for name in NAMES:
        logging.getLogger(name).handlers[:] = handlers[name]
    for library, shown in zip(LIBRARIES, bars, strict=True):
        (library.enable_progress_bar if shown else library.disable_progress_bar)()


def printed(name: str) -> str:
    """What a warning of a library leaves on the terminal, from its handlers or from Python."""
    terminal = io.StringIO()
    own = [h for h in logging.getLogger(name).handlers if type(h) is logging.StreamHandler]
    streams = [handler.setStream(terminal) for handler in own]
    with redirect_stderr(terminal):
        logging.getLogger(f"{name}.models").warning("beware")
    for handler, stream in zip(own, streams, strict=True):
        handler.setStream(stream)
    return terminal.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_a_warning_goes_to_the_log_alone(name: str) -> None:
    assert "beware" in printed(name)
    heard = Heard()
    logging.getLogger(name).addHandler(heard)
    off_the_terminal()
    assert printed(name) == ""
    logging.getLogger(name).removeHandler(heard)
    # Nobody listens: Python would print it for want of anybody.
    assert printed(name) == ""
    assert heard.messages == ["beware"]
    assert not of_transformers.is_progress_bar_enabled()
    assert not of_diffusers.is_progress_bar_enabled()


@pytest.mark.parametrize("name", NAMES)
def test_quiet_ends(name: str) -> None:
    handlers = list(logging.getLogger(name).handlers)
    with quiet():
        assert printed(name) == ""
        with quiet():
            assert printed(name) == ""
        assert printed(name) == ""
        assert not of_transformers.is_progress_bar_enabled()
    assert "beware" in printed(name)
    assert set(logging.getLogger(name).handlers) == set(handlers)
    assert of_transformers.is_progress_bar_enabled()
    off_the_terminal()
    with quiet():
        pass
    assert printed(name) == ""
