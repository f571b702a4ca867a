"""The form of a reply, as a request asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

GrammarKind = Literal["json_schema", "regex", "choice", "grammar", "lark"]


@dataclass(frozen=True)
class RequestedGrammar:
    """A JSON schema, a regular expression, texts to choose from, a grammar in llguidance's Lark or llama.cpp's GBNF
    ("grammar"), or one in Lark that this program wrote ("lark").

    `param` is the request's field. `parts` come from fields of their own, which an error names.
    """

    kind: GrammarKind
    value: Any
    param: str
    parts: tuple[RequestedGrammar, ...] = ()
