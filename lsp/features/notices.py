"""The client's own notifications: what was shown and accepted. Counted only with `elbarto.statistics`."""

from __future__ import annotations

from typing import Any

from pygls.lsp.server import LanguageServer

from lsp.editor.session import EditorSession

DID_SHOW = "elbarto/didShow"
DID_PARTIALLY_ACCEPT = "elbarto/didPartiallyAccept"


def register(server: LanguageServer, session: EditorSession) -> None:
    @server.feature(DID_SHOW)
    def did_show(params: Any) -> None:
        _count(session, params, "shown")

    @server.feature(DID_PARTIALLY_ACCEPT)
    def did_partially_accept(params: Any) -> None:
        _count(session, params, "partially_accepted")


def _count(session: EditorSession, params: Any, name: str) -> None:
    id = params.get("id") if isinstance(params, dict) else getattr(params, "id", None)
    if session.options.statistics and session.suggestions.get(id) is not None:
        session.suggestions.counts[name] += 1
