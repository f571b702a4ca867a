"""An HTTP server with the two routes of OpenAI's API that a chat needs, and scripted answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """OpenAI's two routes. `server.answers` has the raw stream of each chat request in turn."""

    server: ScriptedServer

    def do_GET(self) -> None:
        self._respond(200, json.dumps({"data": [{"id": "scripted"}]}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({**body, "authorization": self.headers["Authorization"]})
        status, content = self.server.answers.pop(0)
        self._respond(status, content if isinstance(content, bytes) else b"")
        if not isinstance(content, bytes):
            content(self)

    def _respond(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None: ...


class ScriptedServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, bytes | Callable[[Handler], None]]] = []
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def chunk(**delta: str) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def answer(*pieces: str, end: bytes = b"data: [DONE]\n\n") -> tuple[int, bytes]:
    return 200, b":\n\n" + chunk(role="assistant") + b"".join(chunk(content=piece) for piece in pieces) + end
