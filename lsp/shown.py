"""The suggestions that an editor has been given, by id: what was accepted, and what to make others of."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass

from lsp.candidates import Candidate

KEPT = 200


@dataclass(frozen=True)
class Suggestion:
    """Candidates that were offered at an offset of a document's version."""

    id: str
    uri: str
    version: int | None
    offset: int
    candidates: tuple[Candidate, ...]


class Shown:
    """The last suggestions, and (if the user wants it) how many of them were of use."""

    def __init__(self) -> None:
        self._suggestions: OrderedDict[str, Suggestion] = OrderedDict()
        self._ids = itertools.count(1)
        self.counts = {"offered": 0, "shown": 0, "accepted": 0, "partially_accepted": 0}

    def add(self, uri: str, version: int | None, offset: int, candidates: tuple[Candidate, ...]) -> Suggestion:
        suggestion = Suggestion(f"s{next(self._ids)}", uri, version, offset, candidates)
        self._suggestions[suggestion.id] = suggestion
        if len(self._suggestions) > KEPT:
            self._suggestions.popitem(last=False)
        return suggestion

    def get(self, id: object) -> Suggestion | None:
        return self._suggestions.get(str(id))

    def last(self, uri: str) -> Suggestion | None:
        """The newest one in a document."""
        return next((one for one in reversed(self._suggestions.values()) if one.uri == uri), None)
