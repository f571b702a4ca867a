"""A cache of answers, found again for the same text and after the user has continued typing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace

from lsp.suggest.candidates import Candidate
from lsp.text.changes import remainder

# Maximum characters typed since an answer: enough to accept a long suggestion word by word.
LOOK_BACK = 400
MAX_CHARACTERS = 20_000_000


@dataclass(frozen=True)
class CandidateList:
    """Candidates for a text. A draft was cut short by a deadline, and computing it again may improve it."""

    candidates: tuple[Candidate, ...]
    is_draft: bool = False


@dataclass(frozen=True)
class _Entry:
    settings: Hashable
    prefix: str
    suffix: str
    wanted: int
    answer: CandidateList

    @property
    def size(self) -> int:
        return len(self.prefix) + len(self.suffix)


class CandidateCache:
    """The most recent answers, by prefix, suffix and settings."""

    def __init__(self, max_entries: int) -> None:
        self.max_entries = max_entries
        self.hits = self.misses = 0
        self._entries: OrderedDict[tuple[Hashable, str, str], _Entry] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, settings: Hashable, prefix: str, suffix: str, wanted: int) -> CandidateList | None:
        """The newest answer for this text that was computed for at least `wanted` candidates."""
        for entry in reversed(self._entries.values()):
            typed = len(prefix) - len(entry.prefix)
            if not 0 <= typed <= LOOK_BACK or entry.wanted < wanted or entry.settings != settings:
                continue
            if entry.suffix == suffix and prefix.startswith(entry.prefix):
                answer = _after_typing(entry.answer, prefix[len(entry.prefix) :])
                if answer is not None:
                    self.hits += 1
                    return answer
        self.misses += 1
        return None

    def put(self, settings: Hashable, prefix: str, suffix: str, wanted: int, answer: CandidateList) -> None:
        if self.max_entries == 0:
            return
        self.forget(settings, prefix, suffix)
        entry = _Entry(settings, prefix, suffix, wanted, answer)
        self._entries[settings, prefix, suffix] = entry
        self._size += entry.size
        while len(self._entries) > self.max_entries or (self._size > MAX_CHARACTERS and len(self._entries) > 1):
            _, oldest = self._entries.popitem(last=False)
            self._size -= oldest.size

    def forget(self, settings: Hashable, prefix: str, suffix: str) -> None:
        entry = self._entries.pop((settings, prefix, suffix), None)
        self._size -= entry.size if entry else 0


def _after_typing(answer: CandidateList, typed: str) -> CandidateList | None:
    """The candidates that begin with what was typed, without it. An empty answer holds only for its own text."""
    if not typed:
        return answer
    rests = [(candidate, remainder(candidate.text, typed)) for candidate in answer.candidates]
    remaining = tuple(replace(candidate, text=rest) for candidate, rest in rests if rest is not None)
    return replace(answer, candidates=remaining) if remaining else None
