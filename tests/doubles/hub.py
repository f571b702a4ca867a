"""A Hugging Face hub on this machine: serves the files of folders to the real hub client, and notes what it asked."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TREE = re.compile(r"/api/models/([^/]+/[^/]+)(?:/(?:revision|tree)/([^/?]+))?(?:\?.*)?")
FILE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/([^?]+)")


@dataclass
class FakeHub:
    """`repositories` are folders by id. `sent` are the bytes of file contents that were sent, by file name."""

    url: str
    repositories: Mapping[str, Path]
    sent: dict[str, int] = field(default_factory=dict)

    def environ(self, home: Path) -> dict[str, str]:
        """The variables that make the hub client use it, with a cache of its own."""
        return {"HF_ENDPOINT": self.url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}


@contextmanager
def running_hub(repositories: Mapping[str, Path]) -> Iterator[FakeHub]:
    hub = FakeHub("", repositories)

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def log_message(self, *args: object) -> None:
            """Quiet."""

        def _answer(self) -> None:
            tree, file = TREE.fullmatch(self.path), FILE.fullmatch(self.path)
            if tree and tree[1] in hub.repositories:
                folder = hub.repositories[tree[1]]
                names = [{"rfilename": path.name} for path in sorted(folder.iterdir())]
                paths = [
                    {"type": "file", "path": path.name, "size": path.stat().st_size, "oid": "0" * 40}
                    for path in sorted(folder.iterdir())
                ]
                body = paths if "/tree/" in self.path else {"id": tree[1], "sha": COMMIT, "siblings": names}
                self._send(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
            elif file and (path := hub.repositories.get(file[1], Path("/nowhere")) / file[3]).is_file():
                self._send_file(path)
            else:
                code = "EntryNotFound" if file and file[1] in hub.repositories else "RepoNotFound"
                self._send(404, b"{}", {"X-Error-Code": code, "X-Error-Message": "not here"})

        def _send_file(self, path: Path) -> None:
            content = path.read_bytes()
            headers = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
            part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if part:
                start, stop = int(part[1]), min(int(part[2] or len(content)), len(content) - 1) + 1
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
                content = content[start:stop]
            if self.command == "GET":
                hub.sent[path.name] = hub.sent.get(path.name, 0) + len(content)
            self._send(206 if part else 200, content, headers)

        def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
