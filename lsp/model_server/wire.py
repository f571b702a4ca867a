"""Request and response bodies of `/v1/infill` and `/v1/edits` (docs/reference/infill.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lsp.errors import ServerRefused

Pinned = tuple[str | Mapping[str, str], ...]


@dataclass(frozen=True)
class WireHole:
    """A span for the model to fill."""

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
class CommonFields:
    """The fields that both request bodies share. `parameters` are more fields, sent as they are."""

    language: str = "python"
    n: int = 1
    seed: int | None = None
    time_budget_ms: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        fields = {"language": self.language, "n": self.n, "seed": self.seed, "time_budget_ms": self.time_budget_ms}
        return {name: value for name, value in fields.items() if value is not None} | dict(self.parameters)


@dataclass(frozen=True)
class WireSyntax:
    """The language that the server parses the file in, and the parts of the file around the segments."""

    language: str
    before: str
    after: str

    def to_json(self) -> dict[str, Any]:
        return {"language": self.language, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class InfillBody:
    """A request to `/v1/infill`. `context` is (file name, text) of other places, the least important first.

    With `syntax`, the server puts candidates first with which the file parses.
    """

    segments: tuple[str | WireHole, ...]
    context: tuple[tuple[str, str], ...] = ()
    common: CommonFields = CommonFields()
    syntax: WireSyntax | None = None

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
        if self.syntax:
            body["syntax"] = self.syntax.to_json()
        return body | self.common.to_json()


@dataclass(frozen=True)
class EditsBody:
    """A request to `/v1/edits`. `spans` are (start, end) in code points of the text."""

    text: str
    spans: tuple[tuple[int, int], ...]
    mode: str
    max_tokens: int | None = None
    threshold: float | None = None
    common: CommonFields = CommonFields()

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"text": self.text, "spans": [list(span) for span in self.spans], "mode": self.mode}
        if self.max_tokens is not None:
            body["max_tokens"] = self.max_tokens
        body |= self.common.to_json()
        if self.threshold is not None:
            body["threshold"] = self.threshold
        return body


@dataclass(frozen=True)
class WireToken:
    """A committed token, and the probability at which it was accepted."""

    text: str
    confidence: float


@dataclass(frozen=True)
class WireFilledHole:
    """The model's text for one hole."""

    text: str
    finish_reason: str = "stop"
    tokens: tuple[WireToken, ...] = ()


@dataclass(frozen=True)
class ServerAnswer:
    """The candidates, best first, each with its holes in order. `tpf` is tokens per forward."""

    choices: tuple[tuple[WireFilledHole, ...], ...]
    prompt_tokens: int | None = None
    tpf: float | None = None

    def is_draft(self, max_tokens: int) -> bool:
        """Whether a time budget cut a hole short: it ends like one that reached its length, but with fewer tokens."""
        holes = [hole for choice in self.choices for hole in choice]
        return any(hole.finish_reason in ("length", "deadline") and len(hole.tokens) < max_tokens for hole in holes)


def infill_answer(body: Any, num_holes: int) -> ServerAnswer:
    """Parse the answer to a request with `num_holes` holes; raises ServerRefused for anything else."""
    try:
        choices = tuple(tuple(map(_filled, choice["holes"])) for choice in body["choices"])
        if not choices or any(len(choice) != num_holes for choice in choices):
            raise ValueError
        return ServerAnswer(choices, *_usage(body))
    except (KeyError, TypeError, ValueError) as error:
        raise ServerRefused("The language server does not understand the server's answer to /v1/infill.") from error


def edits_answer(body: Any, num_spans: int) -> ServerAnswer:
    """Parse an answer: one choice with the edits of all spans. Raises ServerRefused for anything else."""
    try:
        edits = tuple(map(_filled, body["edits"]))
        if len(edits) != num_spans:
            raise ValueError
        return ServerAnswer((edits,), *_usage(body))
    except (KeyError, TypeError, ValueError) as error:
        raise ServerRefused("The language server does not understand the server's answer to /v1/edits.") from error


def _filled(hole: Mapping[str, Any]) -> WireFilledHole:
    tokens: Sequence[Mapping[str, Any]] = hole.get("tokens") or ()
    parsed = tuple(WireToken(str(token["text"]), float(token["confidence"])) for token in tokens)
    return WireFilledHole(str(hole["text"]), str(hole.get("finish_reason") or "stop"), parsed)


def _usage(body: Mapping[str, Any]) -> tuple[int | None, float | None]:
    usage, counters = body.get("usage") or {}, body.get("elbarto") or {}
    prompt_tokens, tpf = usage.get("prompt_tokens"), counters.get("tpf")
    return (int(prompt_tokens) if prompt_tokens else None), (float(tpf) if tpf is not None else None)
