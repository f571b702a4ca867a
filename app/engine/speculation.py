"""Which drafts a forward evaluates: with a fixed number the most probable ones, with `auto` as many as pay."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Sequence as Ids

from app.engine.drafts import Draft, State, drafts_of, expected
from app.engine.kv_cache import KVCache
from app.engine.market import MIN_PROBABILITY, ForwardCosts, Market, Record
from app.engine.odds import RatesByMode
from app.engine.sequence import Sequence
from app.messages.params import Speculation

logger = logging.getLogger(__name__)

MAX_DRAFTS = 16  # of a sequence, with `auto`
MAX_GRAMMAR_DRAFTS = 2  # the same with a grammar: each draft has paths of its own, and more gained nothing on a CPU
# With `auto`: a batch uses drafts only if they make it this much faster. Every sequence waits for the drafts of all,
# and one whose drafts fail gains nothing for it.
MIN_SPEEDUP = 1.3
# Forwards between two looks at whether drafts would pay, while they do not: at first, and at last, after doubling. A
# look at 16 sequences takes as long as a third of their forward.
PAUSE, LONGEST_PAUSE = 8, 64
# A sequence that runs alone pauses after this many looks in a row at which no draft paid, and not for as long: a look
# is cheap, and what it learns is its own.
MAX_VAIN_LOOKS, LONGEST_PAUSE_ALONE = 8, 16


class Pause:
    """Forwards without drafts, while those do not pay."""

    def __init__(self, longest: int, sequence_id: int | None = None) -> None:
        self.sequence_id = sequence_id  # of the one that runs alone
        self.num_left = 0
        self._longest, self._next = longest, PAUSE
        self._num_vain = 0

    def begin(self) -> None:
        self.num_left, self._next = self._next, min(2 * self._next, self._longest)

    def end(self) -> None:
        """Drafts pay."""
        self._next, self._num_vain = PAUSE, 0

    def add_vain_look(self) -> None:
        self._num_vain += 1
        if self._num_vain >= MAX_VAIN_LOOKS:
            self.begin()


class Speculator:
    """Chooses drafts, and learns from what became of them. `costs` are needed for `auto` only."""

    def __init__(self, limit: Speculation, kv_cache: KVCache, costs: ForwardCosts | None = None) -> None:
        assert limit != "auto" or costs is not None
        self.limit = limit
        self.odds = RatesByMode()
        self._costs = costs
        self._last_place = kv_cache.num_places - 1  # the last one is for the padding rows of CUDA graphs
        self._records: dict[int, Record] = {}  # by the number of sequences that run
        self._together, self._alone = Pause(LONGEST_PAUSE), Pause(LONGEST_PAUSE_ALONE)
        self._predicted: dict[int, list[Draft]] = {}  # of the forward that runs now, by sequence
        self._has_failed = False

    def plan(self, sequences: Ids[Sequence]) -> list[list[Draft]]:
        """The drafts of each sequence for the forward that runs now.

        An error here fails no sequence: drafts make replies faster, but none needs them.
        """
        self._predicted = {}
        try:
            plans = self._plan(sequences)
            for sequence in sequences:
                sequence.looks_ahead = self._limit(sequence) > 0 and not self._pause(sequences).num_left
            return plans
        except Exception:
            self._log_failure()
            self._predicted = {}
            return [[] for _ in sequences]

    def learn(self, sequence: Sequence, path: Ids[State]) -> None:
        """After the forward: the states that the sequence went through."""
        drafts = self._predicted.get(sequence.id)
        if not drafts:
            return
        try:
            self.odds.of(sequence.params).learn(drafts, path)
        except Exception:
            self._log_failure()

    def _log_failure(self) -> None:
        """Once: the same error may occur in every forward."""
        if not self._has_failed:
            logger.exception("drafts failed; replies go on without them (logged once)")
        self._has_failed = True

    def _plan(self, sequences: Ids[Sequence]) -> list[list[Draft]]:
        limits = [self._limit(sequence) for sequence in sequences]
        if not any(limits):
            return [[] for _ in sequences]
        if self.limit != "auto":
            pairs = zip(sequences, limits, strict=True)
            return [self._drafts(sequence, limit, MIN_PROBABILITY) for sequence, limit in pairs]
        return self._as_many_as_pay(sequences, limits)

    def _pause(self, sequences: Ids[Sequence]) -> Pause:
        if len(sequences) > 1:
            return self._together
        if self._alone.sequence_id != sequences[0].id:
            self._alone = Pause(LONGEST_PAUSE_ALONE, sequences[0].id)
        return self._alone

    def _limit(self, sequence: Sequence) -> int:
        params = sequence.params
        if params.block_cache or (params.window is not None and params.window.probe):
            return 0  # with stale keys and values, logits depend on more than the state
        limit = MAX_DRAFTS if self.limit == "auto" else self.limit
        if self.limit == "auto" and sequence.grammar is not None:
            limit = MAX_GRAMMAR_DRAFTS
        return limit if params.speculation is None else min(limit, params.speculation)

    def _drafts(self, sequence: Sequence, limit: int, floor: float) -> list[Draft]:
        """The most probable ones that there is room for."""
        if limit == 0 or sequence.forecast is None:
            return []
        if sequence.params.is_random and not sequence.looks_ahead:
            return []  # a pause ended early: what the following steps would draw is not known
        room = self._last_place - sequence.end
        drafts: list[Draft] = []
        certain, odds = sequence.certain, self.odds.of(sequence.params)
        for draft in itertools.islice(drafts_of(certain, odds, floor), limit):
            if draft.num_rows > room:
                break
            room -= draft.num_rows
            drafts.append(draft)
        self._predicted[sequence.id] = drafts
        # Below the floor, too: else a rate that has fallen that far is never counted again.
        first = expected(certain, odds)
        if first is not None and all(draft.state != first.state for draft in drafts):
            self._predicted[sequence.id] = [*drafts, first]
        return drafts

    def _as_many_as_pay(self, sequences: Ids[Sequence], limits: Ids[int]) -> list[list[Draft]]:
        """The drafts that save more than their rows cost; none while a batch gains too little by them."""
        assert self._costs is not None
        chosen: list[list[Draft]] = [[] for _ in sequences]
        pause = self._pause(sequences)
        if pause.num_left:
            pause.num_left -= 1
            return chosen
        record = self._records.setdefault(len(sequences), Record())
        market = Market(self._costs, sequences, record)
        pool: list[tuple[float, float, int, Draft]] = []
        for index, (sequence, limit) in enumerate(zip(sequences, limits, strict=True)):
            yields: dict[State, float] = {}
            for draft in self._drafts(sequence, limit, market.floor(sequence)):
                worth = market.worth(sequence, draft)
                # Not before the draft that it follows: it is of no use without that.
                yields[draft.state] = min(worth / draft.num_rows, yields.get(draft.parent, math.inf))
                pool.append((yields[draft.state], worth, index, draft))
        pool.sort(key=lambda item: -item[0])
        pool = pool[: market.best([(worth, draft.num_rows) for _, worth, _, draft in pool])]
        record.add(
            market.seconds(sum(draft.num_rows for *_, draft in pool)),
            len(sequences) + sum(draft.saved + draft.saved_first for *_, draft in pool),
        )
        if len(sequences) > 1 and market.step < MIN_SPEEDUP * record.price(market.step):
            pause.begin()
            return chosen
        if pool or len(sequences) > 1:
            pause.end()
        elif self._predicted.get(sequences[0].id):  # not at the first step of a block, where nothing is known
            pause.add_vain_look()
        for _, _, index, draft in pool:
            chosen[index].append(draft)
        return chosen
