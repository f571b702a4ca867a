"""The baseline: an interpolated token trigram (Witten-Bell). It sees only the two previous tokens."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

NO_TOKEN = -1  # precedes the first token


class Trigram:
    """Counts of n-grams; an unseen context backs off to the shorter one, finally to a uniform distribution."""

    def __init__(self, vocab_size: int, texts: Iterable[Sequence[int]] = ()) -> None:
        self.vocab_size = vocab_size
        self.num_tokens = 0
        self._followers: dict[tuple[int, ...], Counter[int]] = {(): Counter()}
        for ids in texts:
            self.add(ids)

    def add(self, ids: Sequence[int]) -> None:
        self.num_tokens += len(ids)
        for place, token in enumerate(ids):
            context = _context(ids, place)
            for start in range(3):
                self._followers.setdefault(context[start:], Counter())[token] += 1

    def probability(self, token: int, before: Sequence[int]) -> float:
        """The probability of `token` after the last two of the tokens `before`."""
        context, probability = _context(before, len(before)), 1 / self.vocab_size
        for start in (2, 1, 0):
            followers = self._followers.get(context[start:])
            if followers:
                total, distinct = followers.total(), len(followers)
                probability = (followers[token] + distinct * probability) / (total + distinct)
        return probability

    def nats(self, ids: Sequence[int], num_given: int = 0) -> float:
        """The loss (nats) of all tokens after the first `num_given`, left to right."""
        return -sum(
            math.log(self.probability(ids[place], ids[max(0, place - 2) : place]))
            for place in range(num_given, len(ids))
        )

    def generate(self, prompt: Sequence[int], max_new_tokens: int, ends: Collection[int] = ()) -> list[int]:
        """Greedy decoding, up to and including an end token."""
        ids = [NO_TOKEN, NO_TOKEN, *prompt]
        first = len(ids)
        while len(ids) < first + max_new_tokens and not (len(ids) > first and ids[-1] in ends):
            ids.append(self._most_likely(ids[-2], ids[-1]))
        return ids[first:]

    def _most_likely(self, second_last: int, last: int) -> int:
        """The most frequent token after these two, else after the last one, else overall."""
        for context in ((second_last, last), (last,), ()):
            followers = self._followers.get(context)
            if followers:
                return max(followers, key=lambda token: (self.probability(token, (second_last, last)), -token))
        raise ValueError("the trigram has seen no text")


def _context(ids: Sequence[int], place: int) -> tuple[int, ...]:
    return tuple(ids[index] if index >= 0 else NO_TOKEN for index in (place - 2, place - 1))
