"""What can go wrong between the language server and the model server, in words for people."""

from __future__ import annotations


class LspError(Exception):
    """Anything with a message that the user may read as it is."""


class ServerDown(LspError):
    """Nothing answers, or a server that cannot take requests now; it may later, so nobody is told twice."""


class ServerLoading(ServerDown):
    """The server is there, its model not yet."""


class ServerFull(LspError):
    """The server has as much to do as it takes; the next request may find it free."""


class ServerRefused(LspError):
    """The server took the request and said no."""


class Outdated(LspError):
    """The text is no longer the one that was asked about, so nothing is applied."""


class NothingToDo(LspError):
    """A command that found no hole, comment or selection where it was run."""
