"""Which model server to use: the configured one, one on the default port, or one started here."""

from __future__ import annotations

from pathlib import Path

from lsp.errors import ServerDown
from lsp.model_server.client import ModelClient
from lsp.model_server.connection import ServerAddress
from lsp.model_server.shared_server import SharedServer

DEFAULT_URL = "http://127.0.0.1:8000"


class ServerLocator:
    """Finds the server. A server started here is shared by all editors of this user (shared_server.py)."""

    def __init__(
        self, server_python: str | None = None, runtime_dir: Path | None = None, default_url: str = DEFAULT_URL
    ) -> None:
        self._default_url = default_url
        self._shared_server = SharedServer(server_python, runtime_dir)

    async def locate(self, url: str | None, api_key: str | None, may_start: bool) -> ServerAddress:
        """The server's address; raises LspError with instructions for the user."""
        if url is not None:
            self._shared_server.leave()
            return ServerAddress(url, api_key)
        if not self._shared_server.is_joined and await ModelClient.answers(self._default_url):
            return ServerAddress(self._default_url, api_key)
        if not may_start:
            raise ServerDown(
                f"No server answers on {self._default_url}. Start one (make serve), or set elbarto.serverUrl."
            )
        return await self._shared_server.address()

    def leave(self) -> None:
        """Stop using the shared server."""
        self._shared_server.leave()
