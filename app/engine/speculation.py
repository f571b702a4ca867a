"""Which drafts a forward evaluates: with a fixed number the most probable ones, with `auto` as many as pay."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence as Ids
from dataclasses import dataclass

from app.engine.drafts import Draft, State, drafts_of
from app.engine.kv_cache import KVCache
from app.engine.odds import Odds
from app.engine.sequence import Sequence
from app.messages.params import Speculation

MAX_DRAFTS = 16  # of a sequence, with `auto`
MIN_PROBABILITY = 0.01  # a fixed number of drafts does not include less probable ones
# With `auto`: drafts must promise this much more speed. What is measured at the start varies by some per cent.
MIN_GAIN = 1.03


@dataclass(frozen=True)
class ForwardCosts:
    """Seconds of a forward by its number of rows: measured points (rising), and lines between and after them.

    Also before the first one, but there a row costs no less than its share of that.
    """

    rows: tuple[int, ...]
    seconds: tuple[float, ...]

    def __post_init__(self) -> None:
        assert len(self.rows) == len(self.seconds) >= 2
        assert list(self.rows) == sorted(set(self.rows))

    def of(self, rows: int) -> float:
        last = min(max(bisect_left(self.rows, rows), 1), len(self.rows) - 1)
        on_line = self.seconds[last - 1] + (rows - self.rows[last - 1]) * self._slope(last)
        return max(on_line, self.seconds[0] * min(1.0, rows / self.rows[0]))

    def least_slope(self, rows: int) -> float:
        """Seconds that one more row costs at least, from this many on."""
        last = min(max(bisect_left(self.rows, rows + 1), 1), len(self.rows) - 1)
        return min(self._slope(point) for point in range(last, len(self.rows)))

    def _slope(self, point: int) -> float:
        """Of the line that ends at this point."""
        seconds, rows = self.seconds, self.rows
        return (seconds[point] - seconds[point - 1]) / (rows[point] - rows[point - 1])


class Speculator:
    """Chooses drafts, and learns from what became of them. `costs` are needed for `auto` only."""

    def __init__(self, limit: Speculation, kv_cache: KVCache, costs: ForwardCosts | None = None) -> None:
        assert limit != "auto" or costs is not None
        self.limit = limit
        self.odds = Odds()
        self._costs = costs
        self._last_place = kv_cache.num_places - 1  # the last one is for the padding rows of CUDA graphs
        self._predicted: dict[int, list[Draft]] = {}  # of the forward that runs now, by sequence

    def plan(self, sequences: Ids[Sequence]) -> list[list[Draft]]:
        """The drafts of each sequence for the forward that runs now."""
        self._predicted = {}
        limits = [self._limit(sequence) for sequence in sequences]
        if not any(limits):
            return [[] for _ in sequences]
        if self.limit != "auto":
            pairs = zip(sequences, limits, strict=True)
            return [self._drafts(sequence, limit, MIN_PROBABILITY) for sequence, limit in pairs]
        return self._as_many_as_pay(sequences, limits)

    def learn(self, sequence: Sequence, path: Ids[State]) -> None:
        """After the forward: the states that the sequence went through."""
        drafts = self._predicted.get(sequence.id)
        if drafts:
            self.odds.of(sequence.params).learn(drafts, path)

    def _limit(self, sequence: Sequence) -> int:
        params = sequence.params
        if params.window is not None and params.window.probe:
            return 0
        limit = MAX_DRAFTS if self.limit == "auto" else self.limit
        return limit if params.speculation is None else min(limit, params.speculation)

    def _drafts(self, sequence: Sequence, limit: int, floor: float) -> list[Draft]:
        """The most probable ones that there is room for."""
        if limit == 0 or sequence.forecast is None:
            return []
        room = self._last_place - sequence.block.end
        drafts = []
        for draft in itertools.islice(drafts_of(sequence.certain, self.odds.of(sequence.params), floor), limit):
            if draft.num_rows > room:
                break
            room -= draft.num_rows
            drafts.append(draft)
        self._predicted[sequence.id] = drafts
        return drafts

    def _as_many_as_pay(self, sequences: Ids[Sequence], limits: Ids[int]) -> list[list[Draft]]:
        """The drafts with which the forward is expected to give the most tokens a second."""
        assert self._costs is not None
        num_rows = sum(sequence.num_rows for sequence in sequences)
        gains = [sequence.tokens_per_step for sequence in sequences]
        tokens = sum(gains)
        seconds = self._costs.of(num_rows)
        # What a draft's rows cost at least, in tokens.
        floor_per_row = self._costs.least_slope(num_rows) * tokens / seconds
        pool: list[tuple[float, int, Draft]] = []
        for index, (sequence, limit) in enumerate(zip(sequences, limits, strict=True)):
            rows = sequence.block.end - sequence.block.start
            floor = max(MIN_PROBABILITY, floor_per_row * rows / gains[index])
            values: dict[State, float] = {}  # tokens for each row
            for draft in self._drafts(sequence, limit, floor):
                value = draft.probability * gains[index] / draft.num_rows
                # Not before the draft that it follows, even if deletes make it shorter: it is of no use without that.
                value = values[draft.state] = min(value, values.get(draft.parent, value))
                pool.append((value, index, draft))
        pool.sort(key=lambda item: -item[0])
        best, best_rate = 0, MIN_GAIN * tokens / seconds
        for number, (_, index, draft) in enumerate(pool, 1):
            num_rows += draft.num_rows
            tokens += draft.probability * gains[index]
            rate = tokens / self._costs.of(num_rows)
            if rate > best_rate:
                best, best_rate = number, rate
        chosen: list[list[Draft]] = [[] for _ in sequences]
        for _, index, draft in pool[:best]:
            chosen[index].append(draft)
        return chosen
