"""The language server's errors. Their messages are written for users."""

from __future__ import annotations


class LspError(Exception):
    """Base class. The message can be shown to the user as it is."""


class ServerDown(LspError):
    """No server answers, or it cannot take requests now but may later; shown to the user only once."""


class ServerLoading(ServerDown):
    """The server answers, but is still loading its model."""


class ServerFull(LspError):
    """The server's queue is full; a later request may succeed."""


class ServerRefused(LspError):
    """The server rejected the request."""


class Outdated(LspError):
    """The text has changed since the request, so nothing is applied."""


class NothingToDo(LspError):
    """A command found no hole, comment or selection to work on."""
