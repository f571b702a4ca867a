"""Which server to use: the one that is named, one on the default port, or one of our own."""

from __future__ import annotations

from pathlib import Path

from lsp.client import ModelClient
from lsp.connection import Located
from lsp.errors import LspError, ServerDown
from lsp.lease import Lease

DEFAULT_URL = "http://127.0.0.1:8000"


class Backend:
    """Finds the server. One that it starts is shared by all editors of this user (lsp/lease.py)."""

    def __init__(
        self, server_python: str | None = None, runtime_dir: Path | None = None, default_url: str = DEFAULT_URL
    ) -> None:
        self._default_url = default_url
        self._lease = Lease(server_python, runtime_dir)

    async def locate(self, url: str | None, api_key: str | None, may_start: bool) -> Located:
        """Raises LspError, with what to do about it."""
        if url is not None:
            self._lease.leave()
            return Located(url, api_key)
        if not self._lease.is_held and await _answers(self._default_url):
            return Located(self._default_url, api_key)
        if not may_start:
            raise ServerDown(
                f"No server answers on {self._default_url}. Start one (make serve), or name one in elbarto.serverUrl."
            )
        return await self._lease.server()

    def leave(self) -> None:
        """This editor needs the shared server no longer."""
        self._lease.leave()


async def _answers(url: str) -> bool:
    client = ModelClient(url)
    try:
        await client.health()
    except LspError:
        return False
    finally:
        await client.close()
    return True
