"""The form of a reply, as a request asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

GrammarKind = Literal["json_schema", "regex", "choice", "grammar"]


@dataclass(frozen=True)
class RequestedGrammar:
    """A JSON schema, a regular expression, texts to choose from, or a grammar in llguidance's Lark or llama.cpp's GBNF.

    `param` is the request's field.
    """

    kind: GrammarKind
    value: Any
    param: str
