"""The commands of `workspace/executeCommand` (docs/lsp.md, "Commands")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from pygls.lsp.server import LanguageServer

from lsp import accepting, editing
from lsp.arguments import Arguments
from lsp.errors import LspError, NothingToDo, Outdated, ServerDown
from lsp.session import Session

PREFIX = "elbarto.ls."
Token = str | int | None
Editing = Callable[[Session, Arguments, str], Coroutine[Any, Any, int]]

# Command, what its progress says, and the function that edits the document and says how many edits that took.
EDITING: dict[str, tuple[str, Editing]] = {
    "fillHole": ("El Barto: filling the hole", editing.fill_hole),
    "fillAllHoles": ("El Barto: filling all holes", editing.fill_all_holes),
    "rewriteSelection": ("El Barto: rewriting", editing.rewrite_selection),
    "redenoise": ("El Barto: denoising again", editing.redenoise),
    "generateFromComment": ("El Barto: generating", editing.generate_from_comment),
}
OTHERS: dict[str, Callable[[Session, Arguments, Token], Awaitable[Any]]] = {
    "suggest": accepting.suggest,
    "regenerate": accepting.regenerate,
    "accepted": accepting.accepted,
    "listHoles": editing.list_holes,
}


def register(server: LanguageServer, session: Session) -> None:
    """All commands; lsp/protocol.py calls them with (argument, progress token)."""
    for name, (title, function) in EDITING.items():
        server.command(PREFIX + name)(_editing(session, PREFIX + name, title, function))
    for name, other in OTHERS.items():
        server.command(PREFIX + name)(_other(session, PREFIX + name, other))

    @server.command(PREFIX + "cancel")
    async def cancel(given: dict[str, Any], token: Token) -> dict[str, int]:
        uri = given.get("uri")
        session.completions.jobs.cancel(uri)
        return {"cancelled": session.works.cancel(uri)}

    @server.command(PREFIX + "reconnect")
    async def reconnect(given: dict[str, Any], token: Token) -> None:
        await session.connection.restart()

    @server.command(PREFIX + "status")
    async def status(given: dict[str, Any], token: Token) -> dict[str, Any]:
        cache, jobs = session.completions.cache, session.completions.jobs
        return {
            **session.status.to_json(),
            "statistics": dict(session.shown.counts) if session.options.statistics else None,
            "cache": {"entries": len(cache), "hits": cache.hits, "misses": cache.misses},
            "superseded": jobs.cancelled,
            "requests": {"sent": session.completions.sent, "cancelled": session.completions.hung_up},
            "latencyMs": session.completions.pace.latency_ms,
        }


def _editing(session: Session, command: str, title: str, function: Editing) -> Callable[..., Any]:
    """A command that edits: cancellable in every way, and its failures are for the user to read."""

    async def run(given: dict[str, Any], token: Token) -> dict[str, Any]:
        arguments = Arguments(command, given)
        uri = str(given.get("uri"))

        async def work() -> int:
            with session.works.running(uri) as id:
                return await function(session, arguments, id)

        had_told = session.connection.has_told
        try:
            return {"applied": True, "edits": await session.progress.around(work(), title, token)}
        except LspError as error:
            is_told = isinstance(error, ServerDown) and session.connection.has_told and not had_told
            if not is_told:  # the same, a moment ago
                session.show(str(error), is_error=not isinstance(error, NothingToDo | Outdated))
            return {"applied": False, "reason": str(error)}

    return run


def _other(
    session: Session, command: str, function: Callable[[Session, Arguments, Token], Awaitable[Any]]
) -> Callable[..., Any]:
    async def run(given: dict[str, Any], token: Token) -> Any:
        return await function(session, Arguments(command, given), token)

    return run
