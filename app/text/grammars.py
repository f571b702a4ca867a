"""Grammars for replies, compiled by llguidance: JSON schemas, regular expressions, Lark."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from llguidance.gbnf_to_lark import any_to_lark
from numpy.typing import NDArray

from app.errors import RequestError, Unsupported
from app.messages.grammar import GrammarKind, RequestedGrammar
from app.text.closing import Closers
from app.text.schema_place import place_of_error

logger = logging.getLogger(__name__)

MAX_COMPILED = 64  # grammars that are kept
FUEL_PER_MS = 50_000  # of llguidance, by its documentation
# As json.dumps writes it, so that everything but the values is forced.
JSON_STYLE = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    "coerce_one_of": True,  # as anyOf: pydantic writes oneOf for unions that a field tells apart
}


@dataclass(frozen=True)
class GrammarLimits:
    """What a request's grammar may cost. `compile_ms` is a measure of work, about a millisecond each."""

    max_bytes: int = 64 * 1024
    compile_ms: int = 50


@dataclass(frozen=True)
class Vocabulary:
    """What all matchers of a tokenizer share."""

    tokenizer: LLTokenizer
    size: int
    end_token_id: int
    closers: Closers


class Grammars:
    """Compiles grammars for one tokenizer, and keeps the last ones. Any thread may call it."""

    def __init__(
        self,
        tokenizer: Any,
        vocab_size: int,
        eos_token_ids: tuple[int, ...],
        limits: GrammarLimits = GrammarLimits(),
    ) -> None:
        # Some seconds for a large vocabulary: begun now, and waited for when the first grammar comes.
        self._vocabulary: Future[Vocabulary] = Future()
        build = partial(_build, self._vocabulary, tokenizer, vocab_size, list(eos_token_ids))
        threading.Thread(target=build, name="grammar tokenizer", daemon=True).start()
        self._limits = limits
        self._compiled: OrderedDict[str, LLMatcher] = OrderedDict()
        self._lock = threading.Lock()

    def compile(self, requested: RequestedGrammar) -> str:
        """What `matcher` takes. Raises RequestError, which names the field and, for a schema, the place in it."""
        try:
            return self._checked(requested)
        except RequestError:
            for part in requested.parts:
                self._checked(part)
            raise

    def _checked(self, requested: RequestedGrammar) -> str:
        param, value = requested.param, requested.value
        if self._vocabulary.exception() is not None:
            raise Unsupported(f"{param} is not supported: this model's tokenizer cannot be used for it.", param)
        try:
            size = len(json.dumps(value).encode())
            if size > self._limits.max_bytes:
                raise RequestError(f"{param} must be at most {self._limits.max_bytes} bytes, got {size}.", param)
            source = _source(requested.kind, value)
        except RecursionError as error:
            raise RequestError(f"{param} is nested too deeply.", param) from error
        except ValueError as error:
            raise RequestError(f"{param} cannot be compiled: {_reason(str(error))}.", param) from error
        reason = self._compile(source)
        if reason and requested.kind == "json_schema":
            param += place_of_error(value, lambda inner: not self._compile(_source("json_schema", inner)))
        if reason:
            raise RequestError(f"{param} cannot be compiled: {reason}.", param)
        return source

    def _compile(self, source: str) -> str:
        """Compile a grammar, unless that was done before. Returns why it is impossible; "" if it is not."""
        with self._lock:
            if source in self._compiled:
                return ""
        limits = LLParserLimits(initial_lexer_fuel=FUEL_PER_MS * self._limits.compile_ms, verbose_errors=False)
        matcher = LLMatcher(self._vocabulary.result().tokenizer, source, log_level=0, limits=limits)
        if matcher.is_error():
            return _reason(matcher.get_error())
        if not _has_begin(matcher.deep_copy()):
            return "it matches no text"
        with self._lock:
            self._compiled[source] = matcher
            while len(self._compiled) > MAX_COMPILED:
                self._compiled.popitem(last=False)
        return ""

    def matcher(self, grammar: str) -> GrammarMatcher:
        """At the beginning of a reply."""
        reason = self._compile(grammar)
        assert not reason, reason  # it was compiled before
        with self._lock:
            self._compiled.move_to_end(grammar)
            return GrammarMatcher(self._compiled[grammar].deep_copy(), self._vocabulary.result())


class GrammarMatcher:
    """`engine.grammar_paths.Matcher` by llguidance."""

    def __init__(self, matcher: LLMatcher, vocabulary: Vocabulary) -> None:
        self._matcher, self._vocabulary = matcher, vocabulary

    def copy(self) -> GrammarMatcher:
        return GrammarMatcher(self._matcher.deep_copy(), self._vocabulary)

    def consume(self, token_id: int) -> bool:
        return bool(self._matcher.try_consume_tokens([token_id]) == 1)

    def allows(self, token_ids: Sequence[int]) -> Iterator[bool]:
        forced = self.forced()
        if forced:  # as the mask has it: no other way to write the same text
            yield from (token_id == forced[0] for token_id in token_ids)
            return
        validate = self._matcher.validate_tokens
        for token_id in token_ids:  # a mask of the whole vocabulary would take longer than some tokens
            yield validate([token_id]) == 1

    def allowed(self) -> NDArray[np.bool_]:
        mask = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        return np.unpackbits(mask, count=self._vocabulary.size, bitorder="little").view(bool)

    @property
    def is_accepting(self) -> bool:
        return bool(self._matcher.is_accepting())

    def forced(self) -> list[int]:
        forced = list(self._matcher.compute_ff_tokens())
        if not forced and self._matcher.is_stopped() and self._matcher.is_accepting():
            return [self._vocabulary.end_token_id]
        return forced

    def follows(self, token_ids: Sequence[int]) -> bool:
        if self._matcher.is_stopped():
            return list(token_ids) == self.forced()
        return bool(self._matcher.validate_tokens(list(token_ids)) == len(token_ids))

    def closing(self, limit: int) -> list[int] | None:
        return self._vocabulary.closers.find(self._matcher, limit)


def _source(kind: GrammarKind, value: Any) -> str:
    """As llguidance takes it. Raises ValueError, RecursionError."""
    if kind == "json_schema":
        return LLMatcher.grammar_from_json_schema(json.dumps(value), defaults=JSON_STYLE)  # type: ignore[arg-type]
    if kind == "choice":
        return LLMatcher.grammar_from_lark("start: " + " | ".join(json.dumps(text) for text in value))
    if kind == "regex":
        return LLMatcher.grammar_from_regex(value)
    return LLMatcher.grammar_from_lark(value if kind == "lark" else _lark(value))


def _lark(grammar: str) -> str:
    """From GBNF, or as it is. Raises ValueError, RecursionError."""
    try:
        lark: str = any_to_lark(grammar)
    except RecursionError:
        raise
    except Exception as error:  # llguidance's converter raises GbnfToLarkError, which is one, and plain ones
        raise ValueError(str(error)) from error
    return lark


def _build(future: Future[Vocabulary], tokenizer: Any, vocab_size: int, eos_token_ids: list[int]) -> None:
    import llguidance.hf  # imports transformers

    end_token_id = eos_token_ids[0]
    try:
        built = llguidance.hf.from_tokenizer(tokenizer, n_vocab=vocab_size, eos_token=eos_token_ids)
        future.set_result(Vocabulary(built, vocab_size, end_token_id, Closers(built, end_token_id)))
    except Exception as error:
        logger.exception("no grammars for this tokenizer")
        future.set_exception(error)


def _has_begin(matcher: LLMatcher) -> bool:
    """Whether any text begins as the grammar says. Spoils a matcher that has none."""
    matcher.compute_bitmask()
    return not matcher.is_error()


def _reason(message: str) -> str:
    """The first line of a library's message, without its end punctuation."""
    return message.strip().partition("\n")[0][:300].rstrip(".")
