"""The session of one editor: wires together its options, its documents, and what computes for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lsp.editor.confidence import UnsureSpans
from lsp.editor.port import EditorPort
from lsp.editor.progress import Progress
from lsp.editor.protocol import ElBartoProtocol
from lsp.editor.running_commands import RunningCommands
from lsp.editor.tasks import spawn
from lsp.model_server.budget import TokenEstimate
from lsp.model_server.connection import ServerAddress, ServerConnection
from lsp.model_server.locator import ServerLocator
from lsp.model_server.recent_chunks import RecentChunks
from lsp.model_server.requests import RequestBuilder
from lsp.model_server.status import Status
from lsp.options import Options, load_options
from lsp.suggest.completion import Completions
from lsp.suggest.suggestions import Suggestions
from lsp.text.documents import Document, Documents
from lsp.text.marks import AcceptedCompletion, Marks

logger = logging.getLogger(__name__)


class EditorSession:
    """One editor. Only for the event loop's thread."""

    def __init__(self, server: LanguageServer, flags: Mapping[str, Any], locator: ServerLocator) -> None:
        self.server = server
        self.editor = EditorPort(server)
        self._flags = flags
        self._initialization: Any = None
        self._locator = locator
        self.options: Options = load_options(flags).options
        self._shown_problems: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.status = Status(lambda state: self.editor.notify("status", state))
        self.connection = ServerConnection(self._locate, self.status, self.editor.show)
        self.recent_chunks = RecentChunks()
        self.requests = RequestBuilder(TokenEstimate(), self.recent_chunks)
        self.completions = Completions(self.connection, self.requests, self.status, self.options)
        self.suggestions = Suggestions()
        self.marks = Marks()
        self.unsure_spans = UnsureSpans(self.editor, self.options)
        self.running_commands = RunningCommands()
        self.accepted: dict[str, AcceptedCompletion] = {}  # the last accepted completion of each document
        self.progress = Progress(server)

    @property
    def documents(self) -> Documents:
        protocol = self.server.protocol
        assert isinstance(protocol, ElBartoProtocol)
        return protocol.documents()

    def initialize(self, params: types.InitializeParams) -> None:
        options = params.initialization_options
        options = options if isinstance(options, dict) else {}
        self.editor.initialize(params, options.get("clientFeatures"))
        self._initialization = options.get("settings")
        self.documents.on_change = self._changed
        self.configure(None)

    def configure(self, configuration: Any) -> None:
        """Load the options again, with a new client configuration. Each problem is shown once."""
        loaded = load_options(self._flags, configuration, self._initialization)
        for problem in loaded.problems:
            if problem not in self._shown_problems:
                self._shown_problems.add(problem)
                self.editor.show(problem, is_error=True)
        for warning in loaded.unknown:
            logger.warning("%s", warning)
        before, self.options = self.options, loaded.options
        self.completions.configure(loaded.options)
        self.unsure_spans.configure(loaded.options)
        where = ("server_url", "api_key", "start_server")
        if any(getattr(before, name) != getattr(loaded.options, name) for name in where):
            spawn(self._tasks, self.connection.restart())

    def num_candidates(self, is_invoked: bool) -> int:
        """Candidates to request. Neovim cannot invoke: what an automatic request returns is all there is to cycle."""
        if is_invoked:
            return self.options.invoked_candidates
        return self.options.automatic_candidates or (2 if self.editor.name.startswith("Neovim") else 1)

    def is_automatic_in(self, language_id: str | None) -> bool:
        return self.options.automatic and language_id not in self.options.disabled_languages

    def closed(self, uri: str) -> None:
        """Called when a document was closed."""
        self.completions.jobs.cancel(uri)
        self.recent_chunks.closed(uri)
        self.unsure_spans.closed(uri)
        self.marks.closed(uri)
        self.running_commands.cancel(uri)

    async def close(self) -> None:
        self.completions.jobs.cancel()
        self.running_commands.cancel()
        await self.connection.close()
        self._locator.leave()

    def _changed(self, document: Document, start: int, end: int, text: str) -> None:
        """Called just before a change of a document is applied."""
        self.completions.debounce.key()
        self.unsure_spans.changed(document, start, end, text)
        self.marks.changed(document.uri, document.source, start, end, text)
        self.recent_chunks.edited(document.uri, document.source, document.server_position_at_offset(start).line)

    async def _locate(self) -> ServerAddress:
        return await self._locator.locate(self.options.server_url, self.options.api_key, self.options.start_server)
