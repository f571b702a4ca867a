"""What goes over HTTP to `/v1/infill` and `/v1/edits`, and what comes back (docs/infill.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lsp.errors import ServerRefused

Pinned = tuple[str | Mapping[str, str], ...]


@dataclass(frozen=True)
class Hole:
    """A span to fill."""

    max_tokens: int
    single_line: bool = False
    pinned: Pinned = ()
    hint: str | None = None

    def to_json(self) -> dict[str, Any]:
        hole: dict[str, Any] = {"max_tokens": self.max_tokens, "single_line": self.single_line}
        if self.pinned:
            hole["pinned"] = list(self.pinned)
        if self.hint:
            hole["hint"] = self.hint
        return {"hole": hole}


@dataclass(frozen=True)
class Extras:
    """The fields that all requests may have."""

    language: str = "python"
    n: int = 1
    seed: int | None = None
    time_budget_ms: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        given = {"language": self.language, "n": self.n, "seed": self.seed, "time_budget_ms": self.time_budget_ms}
        return {name: value for name, value in given.items() if value is not None} | dict(self.parameters)


@dataclass(frozen=True)
class Infill:
    """A request to `/v1/infill`. Context is (file name, text), the least important first."""

    segments: tuple[str | Hole, ...]
    context: tuple[tuple[str, str], ...] = ()
    extras: Extras = Extras()

    @property
    def num_characters(self) -> int:
        texts = [part for part in self.segments if isinstance(part, str)]
        return sum(map(len, texts)) + sum(len(text) for _, text in self.context)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "segments": [part if isinstance(part, str) else part.to_json() for part in self.segments]
        }
        if self.context:
            body["context"] = [{"filename": name, "text": text} for name, text in self.context]
        return body | self.extras.to_json()


@dataclass(frozen=True)
class Edits:
    """A request to `/v1/edits`; spans are code points of the text."""

    text: str
    spans: tuple[tuple[int, int], ...]
    mode: str
    max_tokens: int | None = None
    threshold: float | None = None
    extras: Extras = Extras()

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"text": self.text, "spans": [list(span) for span in self.spans], "mode": self.mode}
        if self.max_tokens is not None:
            body["max_tokens"] = self.max_tokens
        body |= self.extras.to_json()
        if self.threshold is not None:
            body["threshold"] = self.threshold
        return body


@dataclass(frozen=True)
class Token:
    """A committed token and the probability with which it was accepted."""

    text: str
    confidence: float


@dataclass(frozen=True)
class Filled:
    """What stands in one hole now."""

    text: str
    finish_reason: str = "stop"
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One answer: for each candidate, best first, its holes in order."""

    choices: tuple[tuple[Filled, ...], ...]
    prompt_tokens: int | None = None
    tpf: float | None = None

    def is_draft(self, max_tokens: int) -> bool:
        """Whether a time budget cut it short: that ends a hole as its length does, only sooner."""
        holes = [hole for choice in self.choices for hole in choice]
        return any(hole.finish_reason in ("length", "deadline") and len(hole.tokens) < max_tokens for hole in holes)


def infill_answer(body: Any, num_holes: int) -> Answer:
    """Raises ServerRefused for anything that is not an answer to a request with so many holes."""
    try:
        choices = tuple(tuple(map(_filled, choice["holes"])) for choice in body["choices"])
        if not choices or any(len(choice) != num_holes for choice in choices):
            raise ValueError
        return Answer(choices, *_figures(body))
    except (KeyError, TypeError, ValueError) as error:
        raise ServerRefused("The server's answer to /v1/infill is not one that this language server knows.") from error


def edits_answer(body: Any, num_spans: int) -> Answer:
    """One choice, with the edits of all spans; raises ServerRefused."""
    try:
        edits = tuple(map(_filled, body["edits"]))
        if len(edits) != num_spans:
            raise ValueError
        return Answer((edits,), *_figures(body))
    except (KeyError, TypeError, ValueError) as error:
        raise ServerRefused("The server's answer to /v1/edits is not one that this language server knows.") from error


def _filled(hole: Mapping[str, Any]) -> Filled:
    tokens: Sequence[Mapping[str, Any]] = hole.get("tokens") or ()
    found = tuple(Token(str(token["text"]), float(token["confidence"])) for token in tokens)
    return Filled(str(hole["text"]), str(hole.get("finish_reason") or "stop"), found)


def _figures(body: Mapping[str, Any]) -> tuple[int | None, float | None]:
    usage, counters = body.get("usage") or {}, body.get("elbarto") or {}
    prompt_tokens, tpf = usage.get("prompt_tokens"), counters.get("tpf")
    return (int(prompt_tokens) if prompt_tokens else None), (float(tpf) if tpf is not None else None)
