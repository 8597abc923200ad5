"""A hub on this machine, with the few answers that a download asks for."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

SHA = "a" * 40
"""The one commit of each repository."""


class FakeHub:
    """Serves folders as repositories.

    Attributes:
        url: Where it is.
        asked: Method and path of each request so far.
        tokens: The Authorization of each request that had one.
        spoil: Changes a file's bytes on their way, by name; its hash stays that of the original.
        refuse: By repository, a status and the hub's own code for it.
    """

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders
        self.asked: list[tuple[str, str]] = []
        self.tokens: list[str] = []
        self.spoil: dict[str, Callable[[bytes], bytes]] = {}
        self.refuse: dict[str, tuple[int, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def downloads(self) -> list[str]:
        """The files that were handed over, without those only asked about."""
        return [
            _file(path) for method, path in self.asked if method == "GET" and "/resolve/" in path
        ]

    @contextmanager
    def running(self) -> Iterator[FakeHub]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub._answer(self, body=True)

            def do_HEAD(self) -> None:
                hub._answer(self, body=False)

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        return Handler

    def _answer(self, to: BaseHTTPRequestHandler, *, body: bool) -> None:
        path = to.path.split("?")[0]
        self.asked.append((to.command, path))
        if token := to.headers.get("Authorization"):
            self.tokens.append(token)
        api = path.removeprefix("/api/models/")
        name = "/".join((api if api != path else path.strip("/")).split("/")[:2])
        if name in self.refuse:
            status, code = self.refuse[name]
            _send(to, status, b"{}", {"X-Error-Code": code}, body)
        elif name not in self.folders:
            _send(to, 404, b"{}", {"X-Error-Code": "RepoNotFound"}, body)
        elif api != path:
            content = json.dumps(self._info(name)).encode()
            _send(to, 200, content, {"Content-Type": "application/json"}, body)
        else:
            file = self.folders[name] / _file(path)
            content = file.read_bytes()
            headers = {"X-Repo-Commit": SHA, "ETag": f'"{_hashes(file)[0]}"'}
            _send(to, 200, self.spoil.get(file.name, bytes)(content), headers, body)

    def _info(self, name: str) -> dict[str, Any]:
        folder = self.folders[name]
        siblings = []
        for file in sorted(folder.rglob("*")):
            if not file.is_file():
                continue
            etag, is_large = _hashes(file)
            size = file.stat().st_size
            entry: dict[str, Any] = {"rfilename": file.relative_to(folder).as_posix()}
            entry |= {"size": size, "blobId": "0" * 40 if is_large else etag}
            if is_large:
                entry["lfs"] = {"sha256": etag, "size": size, "pointerSize": 130}
            siblings.append(entry)
        return {"id": name, "modelId": name, "sha": SHA, "siblings": siblings}


@contextmanager
def hub_in_place(folders: dict[str, Path], cache: Path) -> Iterator[FakeHub]:
    """Serve folders as the only hub there is, with an empty cache."""
    from huggingface_hub import constants

    server = FakeHub(folders)
    with pytest.MonkeyPatch.context() as patch, server.running():
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(constants, "ENDPOINT", server.url)
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        patch.setattr(constants, "HF_HUB_CACHE", str(cache))
        yield server


def _file(path: str) -> str:
    """Of "/owner/name/resolve/revision/folder/file" the last two."""
    return path.split("/resolve/")[1].split("/", 1)[1]


def _hashes(file: Path) -> tuple[str, bool]:
    """What the hub calls a file by, and whether it keeps it outside of git."""
    content = file.read_bytes()
    if file.suffix in (".safetensors", ".bin", ".ckpt"):
        return hashlib.sha256(content).hexdigest(), True
    blob = f"blob {len(content)}\0".encode() + content
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest(), False


def _send(
    to: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str], body: bool
) -> None:
    to.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(content))}.items():
        to.send_header(name, value)
    to.end_headers()
    if body:
        to.wfile.write(content)
