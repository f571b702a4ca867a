"""The connection to the model server: found, retried while it is down, and reported to the user only once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lsp.errors import LspError, ServerDown, ServerLoading
from lsp.model_server.client import ModelClient, ServedModel
from lsp.model_server.status import Status

logger = logging.getLogger(__name__)

# A server that is still loading after this long is reported to the user.
SILENT_S = 6.0
FIRST_RETRY_S = 0.3
LONGEST_RETRY_S = 5.0


@dataclass(frozen=True)
class ServerAddress:
    """The server's URL, and the key to send."""

    url: str
    api_key: str | None = None


@dataclass(frozen=True)
class ReadyServer:
    """A server that accepts requests."""

    client: ModelClient
    model: ServedModel


class ServerConnection:
    """The server, ready or not. While it is not, retries in the background with growing delays."""

    def __init__(
        self,
        locate: Callable[[], Awaitable[ServerAddress]],
        status: Status,
        show: Callable[[str, bool], None],
        make_client: Callable[[str, str | None], ModelClient] = ModelClient,
    ) -> None:
        self._locate = locate
        self._status = status
        self._show = show  # (message, whether it is an error)
        self._make_client = make_client
        self._ready: ReadyServer | None = None
        self._last_error = "Still looking for the server."
        self._search: asyncio.Task[None] | None = None
        self._has_notified = False
        self._complaints: set[str] = set()
        self._became_ready = asyncio.Event()

    @property
    def has_notified(self) -> bool:
        """Whether the user has been notified that there is no server."""
        return self._has_notified

    def ready(self) -> ReadyServer:
        """The server; raises ServerDown at once if there is none."""
        if self._ready is None:
            self.search()
            raise ServerDown(self._last_error)
        return self._ready

    async def wait(self, seconds: float) -> ReadyServer:
        """The server, waiting at most `seconds` for it: for commands, which the user waits for. Raises ServerDown."""
        if self._ready is None:
            self.search()
            try:
                await asyncio.wait_for(self._became_ready.wait(), seconds)
            except TimeoutError:
                raise ServerDown(self._last_error) from None
        return self.ready()

    def search(self) -> None:
        """Start looking for the server, unless a search is running."""
        if self._search is None or self._search.done():
            self._search = asyncio.ensure_future(self._find())

    def failed(self, error: ServerDown) -> None:
        """Called when a request got no answer: search for the server again."""
        logger.info("%s", error)
        if self._ready is not None:
            self._lose()
            self._waiting("loading" if isinstance(error, ServerLoading) else "error", error, is_silent=False)
        self.search()

    def complain(self, error: LspError) -> None:
        """Called when the server refused a request. Each reason is shown once per connection."""
        logger.warning("%s", error)
        if str(error) not in self._complaints:
            self._complaints.add(str(error))
            self._show(str(error), True)

    async def restart(self) -> None:
        """Drop the server and search again, after options changed or at the user's request."""
        await self.close()
        self._has_notified = False
        self._complaints.clear()
        self._status.connection("starting", "")
        self.search()

    async def close(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
        client = self._ready.client if self._ready else None
        self._lose()
        if client is not None:
            await client.close()

    async def _find(self) -> None:
        delay = FIRST_RETRY_S
        started = asyncio.get_running_loop().time()
        while True:
            try:
                await self._try()
                return
            except ServerLoading as error:
                delay = FIRST_RETRY_S
                self._waiting("loading", error, is_silent=asyncio.get_running_loop().time() - started < SILENT_S)
            except LspError as error:
                self._waiting("error", error, is_silent=False)
            except Exception as error:  # task boundary: the search must continue
                logger.exception("the search for the server failed")
                self._waiting("error", LspError(f"Cannot look for a server: {error}"), is_silent=False)
            await asyncio.sleep(delay)
            delay = min(delay * 1.6, LONGEST_RETRY_S)

    async def _try(self) -> None:
        """Become ready, or raise the reason why not."""
        located = await self._locate()
        client = self._make_client(located.url, located.api_key)
        try:
            health = await client.health()
            if health["status"] != "ok":
                raise ServerLoading(f"The server on {located.url} is loading its model.")
            model = await client.model()
        except BaseException:
            await client.close()
            raise
        self._ready = ReadyServer(client, model)
        self._became_ready.set()
        if not model.infill_modes:
            self._show(f"The model {model.id} on {located.url} cannot infill: there will be no completions.", True)
        elif self._has_notified:
            self._show(f"El Barto Serve is ready: {model.id} on {located.url}.", False)
        self._has_notified = False
        self._status.connection("ready", "", located.url, model.id)

    def _waiting(self, state: str, error: LspError, is_silent: bool) -> None:
        """Report the state, and unless `is_silent` show the user the error, once."""
        self._last_error = str(error)
        self._status.connection(state, str(error))
        if not is_silent and not self._has_notified:
            self._has_notified = True
            self._show(f"{error} Completions start automatically once it is ready.", True)

    def _lose(self) -> None:
        self._ready = None
        self._became_ready.clear()
