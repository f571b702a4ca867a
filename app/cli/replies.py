"""A model as commands see it: in this process, or on a server. Plain data, and the interface of both."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Message = dict[str, str]
Mode = Literal["redenoise", "polish"]


@dataclass(frozen=True)
class Piece:
    """New text of a reply; it is final."""

    text: str


@dataclass(frozen=True)
class WatchedStep:
    """A denoising step. Positions count from the reply's first token."""

    start: int  # of the block
    end: int  # exclusive
    tokens: Sequence[tuple[int, str, float]]  # that became final: position, text, confidence


@dataclass(frozen=True)
class End:
    """The reply is complete. `stats` are counters by name."""

    finish_reason: str | None
    stats: Mapping[str, object] = field(default_factory=dict)
    warnings: Sequence[str] = ()


Item = Piece | WatchedStep | End


@dataclass(frozen=True)
class Hole:
    single_line: bool = False
    hint: str | None = None
    max_tokens: int | None = None


@dataclass(frozen=True)
class FillRequest:
    """Holes between texts, which are one more than the holes."""

    texts: Sequence[str]
    holes: Sequence[Hole]
    language: str
    filename: str | None = None
    n: int = 1


@dataclass(frozen=True)
class SpanRequest:
    """Spans of a text to denoise again: offsets in characters."""

    text: str
    spans: Sequence[tuple[int, int]]
    mode: Mode
    language: str


@dataclass(frozen=True)
class Filled:
    """The texts of the holes or spans, for each candidate; the best comes first."""

    candidates: Sequence[Sequence[str]]
    warnings: Sequence[str] = ()


class Model(Protocol):
    """Every method raises ElBartoError. Closing a generator stops the generation."""

    def follow(self, messages: Sequence[Message], is_watched: bool = False) -> Generator[Item]:
        """A reply as it is generated; the last item is an End."""
        ...

    def fill(self, request: FillRequest) -> Filled: ...

    def denoise_again(self, request: SpanRequest) -> Filled: ...

    def close(self) -> None: ...


def elbarto_stats(body: Mapping[str, Any]) -> dict[str, object]:
    """The counters of the object `elbarto` of an answer."""
    return {name: value for name, value in body.items() if name not in ("params", "warnings")}
