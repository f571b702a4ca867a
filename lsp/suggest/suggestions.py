"""The suggestions that were sent to an editor, by id: needed when one is accepted or others are requested."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass

from lsp.suggest.candidates import Candidate

MAX_SUGGESTIONS = 200


@dataclass(frozen=True)
class Suggestion:
    """Candidates that were offered at an offset of a document's version."""

    id: str
    uri: str
    version: int | None
    offset: int
    candidates: tuple[Candidate, ...]


class Suggestions:
    """The most recent suggestions, and counts of what was offered, shown and accepted."""

    def __init__(self) -> None:
        self._suggestions: OrderedDict[str, Suggestion] = OrderedDict()
        self._ids = itertools.count(1)
        self.counts = {"offered": 0, "shown": 0, "accepted": 0, "partially_accepted": 0}

    def add(self, uri: str, version: int | None, offset: int, candidates: tuple[Candidate, ...]) -> Suggestion:
        suggestion = Suggestion(f"s{next(self._ids)}", uri, version, offset, candidates)
        self._suggestions[suggestion.id] = suggestion
        if len(self._suggestions) > MAX_SUGGESTIONS:
            self._suggestions.popitem(last=False)
        return suggestion

    def get(self, id: object) -> Suggestion | None:
        return self._suggestions.get(str(id))

    def last(self, uri: str) -> Suggestion | None:
        """The newest suggestion in a document."""
        return next((one for one in reversed(self._suggestions.values()) if one.uri == uri), None)
