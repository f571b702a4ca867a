"""Everything that belongs to one editor: its options, its documents, and what is computed for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lsp.backend import Backend
from lsp.budget import TokenEstimate
from lsp.completion import Completions
from lsp.connection import Connection, Located
from lsp.context import Ring
from lsp.documents import Document, Documents
from lsp.marks import Marks
from lsp.options import Options, load_options
from lsp.progress import Progress
from lsp.protocol import Protocol
from lsp.requests import Requests
from lsp.shown import Shown
from lsp.status import Status
from lsp.tasks import spawn
from lsp.unsure import Unsure
from lsp.works import Works

if TYPE_CHECKING:
    from lsp.rewriting import Accepted

logger = logging.getLogger(__name__)


class Session:
    """One client. All of it lives on the event loop's thread."""

    def __init__(self, server: LanguageServer, flags: Mapping[str, Any], backend: Backend) -> None:
        self.server = server
        self.client_features: frozenset[str] = frozenset()
        self.client_name = ""
        self._flags = flags
        self._initialization: Any = None
        self._backend = backend
        loaded = load_options(flags)
        self.options: Options = loaded.options
        self._shown_problems: set[str] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.status = Status(lambda state: self.notify("status", state))
        self.connection = Connection(self._locate, self.status, self.show)
        self.ring = Ring()
        self.requests = Requests(TokenEstimate(), self.ring)
        self.completions = Completions(self.connection, self.requests, self.status, self.options)
        self.shown = Shown()
        self.marks = Marks()
        self.unsure = Unsure(self)
        self.works = Works()
        self.accepted: dict[str, Accepted] = {}  # the last completion taken over, by document
        self.progress = Progress(server)

    @property
    def documents(self) -> Documents:
        protocol = self.server.protocol
        assert isinstance(protocol, Protocol)
        return protocol.documents()

    def initialize(self, params: types.InitializeParams) -> None:
        given = params.initialization_options
        given = given if isinstance(given, dict) else {}
        features = given.get("clientFeatures")
        self.client_features = frozenset(map(str, features)) if isinstance(features, list) else frozenset()
        self.client_name = params.client_info.name if params.client_info else ""
        self._initialization = given.get("settings")
        self.documents.on_change = self.changed
        self.configure(None)

    def configure(self, configuration: Any) -> None:
        """Take the options that are in force from now on; problems are shown once."""
        loaded = load_options(self._flags, configuration, self._initialization)
        for problem in loaded.problems:
            if problem not in self._shown_problems:
                self._shown_problems.add(problem)
                self.show(problem, is_error=True)
        for warning in loaded.unknown:
            logger.warning("%s", warning)
        before, self.options = self.options, loaded.options
        self.completions.configure(loaded.options)
        where = ("server_url", "api_key", "start_server")
        if any(getattr(before, name) != getattr(loaded.options, name) for name in where):
            spawn(self.tasks, self.connection.restart())

    def num_candidates(self, is_invoked: bool) -> int:
        """Neovim cannot ask for more: what an automatic request brings is all that there is to choose from."""
        if is_invoked:
            return self.options.invoked_candidates
        return self.options.automatic_candidates or (2 if self.client_name.startswith("Neovim") else 1)

    def is_automatic_in(self, language_id: str | None) -> bool:
        return self.options.automatic and language_id not in self.options.disabled_languages

    def changed(self, document: Document, start: int, end: int, text: str) -> None:
        """A document is about to change."""
        self.completions.pace.key()
        self.unsure.changed(document, start, end, text)
        self.marks.changed(document.uri, start, end, text)
        self.ring.edited(document.uri, document.source, document.server_position_at_offset(start).line)

    def notify(self, feature: str, params: dict[str, Any]) -> None:
        """One of our own notifications, to a client that has asked for it."""
        if feature in self.client_features:
            self.server.protocol.notify(f"elbarto/{feature}", params)

    def show(self, message: str, is_error: bool) -> None:
        logger.info("%s", message)
        kind = types.MessageType.Warning if is_error else types.MessageType.Info
        self.server.window_show_message(types.ShowMessageParams(kind, message))

    async def close(self) -> None:
        self.completions.jobs.cancel()
        self.works.cancel()
        await self.connection.close()
        self._backend.leave()

    async def _locate(self) -> Located:
        return await self._backend.locate(self.options.server_url, self.options.api_key, self.options.start_server)
