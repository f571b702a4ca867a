"""How a text that a grammar has begun can be completed in few tokens: found by trying, so not always the shortest."""

from __future__ import annotations

import string
from collections import Counter
from typing import NamedTuple

import numpy as np
from llguidance import LLMatcher, LLTokenizer

# What is tried first. Inside of a JSON string, where everything may come next, only its end brings one on.
BRACKETS = ("}}", "]}", "}]", "]]", "}", "]", ")", ">")
QUOTES = ('""', '"}}', '"}]', '"]}', '"]', '"}', '"', '",')
VALUES = ("[]", "{}", "null", "true", "0")
OPENING = ("[", "{", "(", "<")
PUNCTUATION = " .,:-+/@#_;!?*=&%$|~^\\\n\t'`"
ANYTHING = ("a", "Z", "7", " ", '"')  # allowed together, these show that text is free


class Order(NamedTuple):
    first: list[int]
    others: list[int]  # tried in turn, the least used one first: to repeat one may lead nowhere


class Closers:
    """The tokens that complete texts, in the orders in which they are tried."""

    def __init__(self, tokenizer: LLTokenizer, end_token_id: int) -> None:
        self._end_token_id = end_token_id
        punctuation, digits, letters = (
            _tokens(tokenizer, tuple(characters)) for characters in (PUNCTUATION, string.digits, string.ascii_letters)
        )
        quotes, values, opening = (_tokens(tokenizer, _spaced(texts)) for texts in (QUOTES, VALUES, OPENING))
        begin = [*_tokens(tokenizer, _spaced(BRACKETS)), *quotes, *_tokens(tokenizer, (",",))]
        go_on = _tokens(tokenizer, ('",',))  # where more must follow, it saves a token
        # Which kind of character brings a pattern on is not known.
        self._orders = [
            Order(begin, [*values, *punctuation, *digits, *letters, *opening]),
            Order(begin, [*values, *digits, *letters, *punctuation, *opening]),
            Order(begin, [*values, *letters, *digits, *punctuation, *opening]),
            Order([], [*letters, *digits, *punctuation, *begin, *opening]),
            Order([*go_on, *begin, *punctuation, *values, *digits, *letters, *opening], []),
        ]
        self._quotes, self._anything = quotes, _tokens(tokenizer, ANYTHING)

    def find(self, matcher: LLMatcher, limit: int) -> list[int] | None:
        """At most `limit` tokens, an end token the last of them. None: none were found."""
        best: list[int] | None = None
        for order in self._orders:
            found = self._follow(matcher.deep_copy(), order, limit)
            if found is not None:
                best, limit = found, len(found) - 1
        return best

    def _follow(self, matcher: LLMatcher, order: Order, limit: int) -> list[int] | None:
        token_ids: list[int] = []
        uses: Counter[int] = Counter()
        while len(token_ids) < limit:
            if matcher.is_accepting():
                return [*token_ids, self._end_token_id]
            chosen = matcher.compute_ff_tokens() or self._choose(matcher, order, uses)
            if matcher.try_consume_tokens(chosen) < len(chosen):
                return None
            token_ids += chosen
        return None

    def _choose(self, matcher: LLMatcher, order: Order, uses: Counter[int]) -> list[int]:
        is_free = order.first and all(_may_follow(matcher, token_id) for token_id in self._anything)
        for token_id in [*self._quotes, *order.first] if is_free else order.first:
            if _may_follow(matcher, token_id):
                return [token_id]
        others = sorted(order.others, key=uses.__getitem__)
        others = [token_id for token_id in others if _may_follow(matcher, token_id)]
        if not others:
            mask = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
            return [int(np.unpackbits(mask, bitorder="little").argmax())]
        last = (token_id for token_id in others if matcher.validate_tokens([token_id, self._end_token_id]) == 2)
        chosen = next(last, others[0])
        uses[chosen] += 1
        return [chosen]


def _may_follow(matcher: LLMatcher, token_id: int) -> bool:
    return bool(matcher.validate_tokens([token_id]) == 1)


def _spaced(texts: tuple[str, ...]) -> tuple[str, ...]:
    return (*texts, *(f" {text}" for text in texts))


def _tokens(tokenizer: LLTokenizer, texts: tuple[str, ...]) -> list[int]:
    """Those that are one token."""
    return [token_ids[0] for text in texts if len(token_ids := tokenizer.tokenize_str(text)) == 1]
