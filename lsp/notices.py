"""Our own notifications from the client: what was shown and taken. Counted only if the user wants it."""

from __future__ import annotations

from typing import Any

from pygls.lsp.server import LanguageServer

from lsp.session import Session

DID_SHOW = "elbarto/didShow"
DID_PARTIALLY_ACCEPT = "elbarto/didPartiallyAccept"


def register(server: LanguageServer, session: Session) -> None:
    @server.feature(DID_SHOW)
    def did_show(params: Any) -> None:
        _count(session, params, "shown")

    @server.feature(DID_PARTIALLY_ACCEPT)
    def did_partially_accept(params: Any) -> None:
        _count(session, params, "partially_accepted")


def _count(session: Session, params: Any, name: str) -> None:
    id = params.get("id") if isinstance(params, dict) else getattr(params, "id", None)
    if session.options.statistics and session.shown.get(id) is not None:
        session.shown.counts[name] += 1
