"""The connection to the model server: found, watched while it is away, and never a reason to bother the user twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lsp.client import Model, ModelClient
from lsp.errors import LspError, ServerDown, ServerLoading
from lsp.status import Status

logger = logging.getLogger(__name__)

# Patience before the one message: a server that is about to be ready needs none.
QUIET_S = 6.0
FIRST_RETRY_S = 0.3
LONGEST_RETRY_S = 5.0


@dataclass(frozen=True)
class Located:
    """Where the server is, and the key it wants."""

    url: str
    api_key: str | None = None


@dataclass(frozen=True)
class Ready:
    """A server that takes requests."""

    client: ModelClient
    model: Model


class Connection:
    """Ready or not. While it is not, it looks for the server by itself, ever less often."""

    def __init__(
        self,
        locate: Callable[[], Awaitable[Located]],
        status: Status,
        show: Callable[[str, bool], None],
        make_client: Callable[[str, str | None], ModelClient] = ModelClient,
    ) -> None:
        self._locate = locate
        self._status = status
        self._show = show  # (message, whether it is an error)
        self._make_client = make_client
        self._ready: Ready | None = None
        self._last_error = "The server is being looked for."
        self._search: asyncio.Task[None] | None = None
        self._has_told = False
        self._complaints: set[str] = set()
        self._became_ready = asyncio.Event()

    @property
    def has_told(self) -> bool:
        """Whether the user has been told that there is no server."""
        return self._has_told

    def ready(self) -> Ready:
        """The server, or at once ServerDown."""
        if self._ready is None:
            self.search()
            raise ServerDown(self._last_error)
        return self._ready

    async def wait(self, seconds: float) -> Ready:
        """The server, within some time; for commands, which a user waits for."""
        if self._ready is None:
            self.search()
            try:
                await asyncio.wait_for(self._became_ready.wait(), seconds)
            except TimeoutError:
                raise ServerDown(self._last_error) from None
        return self.ready()

    def search(self) -> None:
        """Begin to look for the server, unless that is under way."""
        if self._search is None or self._search.done():
            self._search = asyncio.ensure_future(self._find())

    def failed(self, error: ServerDown) -> None:
        """A request came back without an answer."""
        logger.info("%s", error)
        if self._ready is not None:
            self._lose()
            self._waiting("loading" if isinstance(error, ServerLoading) else "error", error, is_patient=False)
        self.search()

    def complain(self, error: LspError) -> None:
        """The server is there, and refuses. Each reason is shown once until the connection is made anew."""
        logger.warning("%s", error)
        if str(error) not in self._complaints:
            self._complaints.add(str(error))
            self._show(str(error), True)

    async def restart(self) -> None:
        """Forget the server, and look again: options have changed, or the user asks for it."""
        await self.close()
        self._has_told = False
        self._complaints.clear()
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
                self._waiting("loading", error, is_patient=asyncio.get_running_loop().time() - started < QUIET_S)
            except LspError as error:
                self._waiting("error", error, is_patient=False)
            except Exception as error:  # a boundary: the search must go on
                logger.exception("looking for the server")
                self._waiting("error", LspError(f"Cannot look for a server: {error}"), is_patient=False)
            await asyncio.sleep(delay)
            delay = min(delay * 1.6, LONGEST_RETRY_S)

    async def _try(self) -> None:
        """Become ready, or raise what is in the way."""
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
        self._ready = Ready(client, model)
        self._became_ready.set()
        if not model.infill_modes:
            self._show(f"The model {model.id} on {located.url} cannot infill: there will be no completions.", True)
        elif self._has_told:
            self._show(f"El Barto Serve is ready: {model.id} on {located.url}.", False)
        self._has_told = False
        self._status.connection("ready", "", located.url, model.id)

    def _waiting(self, state: str, error: LspError, is_patient: bool) -> None:
        self._last_error = str(error)
        self._status.connection(state, str(error))
        if not is_patient:
            self._tell(str(error))

    def _tell(self, message: str) -> None:
        if not self._has_told:
            self._has_told = True
            self._show(f"{message} Completions come by themselves once it is ready.", True)

    def _lose(self) -> None:
        self._ready = None
        self._became_ready.clear()
