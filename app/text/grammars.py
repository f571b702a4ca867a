"""Grammars for replies, compiled by llguidance: JSON schemas, regular expressions, Lark."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Literal

import llguidance.hf
import llguidance.numpy
import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from llguidance.gbnf_to_lark import any_to_lark
from numpy.typing import NDArray

from app.errors import RequestError

GrammarKind = Literal["json_schema", "regex", "choice", "grammar"]
MAX_COMPILED = 64  # grammars that are kept
MAX_BYTES = 64 * 1024
# As json.dumps writes it, so that everything but the values is forced.
JSON_STYLE = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


@dataclass(frozen=True)
class RequestedGrammar:
    """What a request asks for, and its field: a JSON schema, a regular expression, texts to choose from, or a grammar
    in llguidance's Lark or llama.cpp's GBNF."""

    kind: GrammarKind
    value: Any
    param: str


class Grammars:
    """Compiles grammars for one tokenizer, and keeps the last ones. Any thread may call it."""

    def __init__(self, tokenizer: Any, vocab_size: int, eos_token_ids: tuple[int, ...]) -> None:
        self._tokenizer: LLTokenizer = llguidance.hf.from_tokenizer(
            tokenizer, n_vocab=vocab_size, eos_token=list(eos_token_ids)
        )
        self._vocab_size, self._end_token_id = vocab_size, eos_token_ids[0]
        self._compiled: OrderedDict[str, LLMatcher] = OrderedDict()
        self._lock = threading.Lock()

    def compile(self, requested: RequestedGrammar) -> str:
        """What `matcher` takes. Raises RequestError, which names the field."""
        param, value = requested.param, requested.value
        size = len(json.dumps(value).encode())
        if size > MAX_BYTES:
            raise RequestError(f"{param} must be at most {MAX_BYTES} bytes, got {size}.", param)
        try:
            source = _source(requested.kind, value)
        except (ValueError, RecursionError) as error:
            raise RequestError(f"{param} cannot be compiled: {_reason(str(error))}.", param) from error
        self._check(source, param)
        return source

    def _check(self, grammar: str, param: str) -> None:
        """Compile it, unless that was done before."""
        with self._lock:
            if grammar in self._compiled:
                return
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0, limits=LLParserLimits())
        if matcher.is_error():
            raise RequestError(f"{param} cannot be compiled: {_reason(matcher.get_error())}.", param)
        with self._lock:
            self._compiled[grammar] = matcher
            while len(self._compiled) > MAX_COMPILED:
                self._compiled.popitem(last=False)

    def matcher(self, grammar: str) -> GrammarMatcher:
        """At the beginning of a reply."""
        self._check(grammar, "grammar")
        with self._lock:
            self._compiled.move_to_end(grammar)
            return GrammarMatcher(self._compiled[grammar].deep_copy(), self._vocab_size, self._end_token_id)


class GrammarMatcher:
    """`engine.grammar.Matcher` by llguidance."""

    def __init__(self, matcher: LLMatcher, vocab_size: int, end_token_id: int) -> None:
        self._matcher, self._vocab_size, self._end_token_id = matcher, vocab_size, end_token_id

    def copy(self) -> GrammarMatcher:
        return GrammarMatcher(self._matcher.deep_copy(), self._vocab_size, self._end_token_id)

    def consume(self, token_id: int) -> bool:
        return bool(self._matcher.try_consume_tokens([token_id]) == 1)

    def allowed(self) -> NDArray[np.bool_]:
        bitmask = llguidance.numpy.allocate_token_bitmask(1, self._vocab_size)
        llguidance.numpy.fill_next_token_bitmask(self._matcher, bitmask, 0)
        bits = np.unpackbits(bitmask[0].view(np.uint8), bitorder="little")
        return bits[: self._vocab_size].astype(bool)

    @property
    def is_accepting(self) -> bool:
        return bool(self._matcher.is_accepting())

    def forced(self) -> list[int]:
        forced = list(self._matcher.compute_ff_tokens())
        if not forced and self._matcher.is_stopped() and self._matcher.is_accepting():
            return [self._end_token_id]
        return forced


def _source(kind: GrammarKind, value: Any) -> str:
    """As llguidance takes it."""
    if kind == "json_schema":
        return LLMatcher.grammar_from_json_schema(json.dumps(value), defaults=JSON_STYLE)  # type: ignore[arg-type]
    if kind == "choice":
        return LLMatcher.grammar_from_lark("start: " + " | ".join(json.dumps(text) for text in value))
    if kind == "regex":
        return LLMatcher.grammar_from_regex(value)
    return LLMatcher.grammar_from_lark(any_to_lark(value))


def _reason(message: str) -> str:
    """The first line of a library's message, without its end punctuation."""
    return message.strip().partition("\n")[0][:300].rstrip(".")
