"""The commands of `workspace/executeCommand` (docs/reference/lsp.md, "Commands")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from lsp.editor.session import EditorSession
from lsp.errors import LspError, NothingToDo, Outdated, ServerDown
from lsp.features import accepting, editing
from lsp.features.arguments import Arguments, ProgressToken

PREFIX = "elbarto.ls."
Editing = Callable[[EditorSession, Arguments, str], Coroutine[Any, Any, int]]

# Command -> (progress title, function that edits the document and returns the number of edits).
EDITING: dict[str, tuple[str, Editing]] = {
    "fillHole": ("El Barto: filling the hole", editing.fill_hole),
    "fillAllHoles": ("El Barto: filling all holes", editing.fill_all_holes),
    "rewriteSelection": ("El Barto: rewriting", editing.rewrite_selection),
    "redenoise": ("El Barto: denoising again", editing.redenoise),
    "generateFromComment": ("El Barto: generating", editing.generate_from_comment),
}
OTHERS: dict[str, Callable[[EditorSession, Arguments, ProgressToken], Awaitable[Any]]] = {
    "suggest": accepting.suggest,
    "regenerate": accepting.regenerate,
    "accepted": accepting.accepted,
    "listHoles": editing.list_holes,
}


def register(server: LanguageServer, session: EditorSession) -> None:
    """Register all commands. The protocol calls them with (argument object, progress token)."""
    for name, (title, function) in EDITING.items():
        server.command(PREFIX + name)(_editing(session, PREFIX + name, title, function))
    for name, other in OTHERS.items():
        server.command(PREFIX + name)(_other(session, PREFIX + name, other))

    @server.command(PREFIX + "cancel")
    async def cancel(argument: dict[str, Any], token: ProgressToken) -> dict[str, int]:
        uri = argument.get("uri")
        session.completions.jobs.cancel(uri)
        return {"cancelled": session.running_commands.cancel(uri)}

    @server.command(PREFIX + "reconnect")
    async def reconnect(argument: dict[str, Any], token: ProgressToken) -> None:
        await session.connection.restart()

    @server.command(PREFIX + "status")
    async def status(argument: dict[str, Any], token: ProgressToken) -> dict[str, Any]:
        cache, jobs = session.completions.cache, session.completions.jobs
        return {
            **session.status.to_json(),
            "statistics": dict(session.suggestions.counts) if session.options.statistics else None,
            "cache": {"entries": len(cache), "hits": cache.hits, "misses": cache.misses},
            "superseded": jobs.cancelled,
            "requests": {"sent": session.completions.num_sent, "cancelled": session.completions.num_cancelled},
            "latencyMs": session.completions.debounce.latency_ms,
        }


def _editing(session: EditorSession, command: str, title: str, function: Editing) -> Callable[..., Any]:
    """A command that edits: it can be cancelled, and its failures are shown to the user."""

    async def run(argument: dict[str, Any], token: ProgressToken) -> dict[str, Any]:
        arguments = Arguments(command, argument)
        had_notified = session.connection.has_notified
        try:
            with session.running_commands.running(str(argument.get("uri"))) as id:
                edits = await session.progress.around(function(session, arguments, id), title, token)
            return {"applied": True, "edits": edits}
        except LspError as error:
            is_shown = isinstance(error, ServerDown) and session.connection.has_notified and not had_notified
            if not is_shown:  # otherwise the connection has just shown the same message
                session.editor.show(str(error), is_error=not isinstance(error, NothingToDo | Outdated))
            return {"applied": False, "reason": str(error)}

    return run


def _other(
    session: EditorSession, command: str, function: Callable[[EditorSession, Arguments, ProgressToken], Awaitable[Any]]
) -> Callable[..., Any]:
    async def run(argument: dict[str, Any], token: ProgressToken) -> Any:
        try:
            return await function(session, Arguments(command, argument), token)
        except LspError as error:
            raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed) from error

    return run
