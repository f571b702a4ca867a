"""Cancellable progress reports for work that takes longer than a second."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lsp.editor.tasks import spawn

T = TypeVar("T")
DELAY_S = 1.0


class Progress:
    """The running work by progress token. pygls only records a cancellation; here it cancels the work."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._running: dict[str | int, asyncio.Task[Any]] = {}
        self._reporters: set[asyncio.Task[Any]] = set()
        self._tokens = itertools.count(1)

    async def around(self, work: Coroutine[Any, Any, T], title: str, token: str | int | None = None) -> T:
        """Run the work. Progress starts at once if the client sent a token, otherwise after a second."""
        task = asyncio.ensure_future(work)
        spawn(self._reporters, self._report(task, title, token))
        try:
            await asyncio.wait((task,))
        finally:
            task.cancel()
        return task.result()

    def cancel(self, token: str | int) -> None:
        """Called when the user cancels the progress."""
        task = self._running.get(token)
        if task is not None:
            task.cancel()

    async def _report(self, task: asyncio.Task[Any], title: str, token: str | int | None) -> None:
        if token is None:
            await asyncio.wait((task,), timeout=DELAY_S)
            token = None if task.done() else await self._create()
        if token is None or task.done():
            return
        shown = self._server.work_done_progress
        self._running[token] = task
        shown.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True))
        await asyncio.wait((task,))
        del self._running[token]
        shown.end(token, types.WorkDoneProgressEnd())
        shown.tokens.pop(token, None)

    async def _create(self) -> str | None:
        """A token that the client has accepted; None for clients that show no progress."""
        window = self._server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return None
        token = f"elbarto-{next(self._tokens)}"
        try:
            await self._server.work_done_progress.create_async(token)
        except Exception:  # a client that answers with an error gets no progress
            return None
        return token
