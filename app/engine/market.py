"""What drafts are worth, in seconds, and what their rows cost."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence as Ids
from dataclasses import dataclass

from app.engine.drafts import Draft
from app.engine.sequence import Sequence

MIN_PROBABILITY = 0.01
# Drafts must be worth this many times what their rows cost: what is measured at the start is not exact.
MIN_GAIN = 1.1
# A draft may be worth more than its own step: it leads to others. So far less probable ones are looked at, too.
MAX_CHAIN = 2.5
MEMORY = 0.95  # what one forward counts compared with the next one


@dataclass(frozen=True)
class ForwardCosts:
    """Seconds of a forward by its number of rows: measured points (rising), and lines between them, before and after.

    Outside of them a row costs no less than its share of the nearest one: a device that computes some rows in the time
    of one does not do so for any number.
    """

    rows: tuple[int, ...]
    seconds: tuple[float, ...]

    def __post_init__(self) -> None:
        assert len(self.rows) == len(self.seconds) >= 2
        assert list(self.rows) == sorted(set(self.rows))

    def of(self, rows: int) -> float:
        if rows > self.rows[-1]:
            return self.seconds[-1] + (rows - self.rows[-1]) * self._slope_after
        last = min(max(bisect_left(self.rows, rows), 1), len(self.rows) - 1)
        on_line = self.seconds[last - 1] + (rows - self.rows[last - 1]) * self._slope(last)
        return max(on_line, self.seconds[0] * min(1.0, rows / self.rows[0]))

    def least_slope(self, rows: int) -> float:
        """Seconds that one more row costs at least, from this many on."""
        last = max(bisect_left(self.rows, rows + 1), 1)
        return min([self._slope_after, *(self._slope(point) for point in range(last, len(self.rows)))])

    @property
    def _slope_after(self) -> float:
        """After the last point."""
        return max(self._slope(len(self.rows) - 1), self.seconds[-1] / self.rows[-1])

    def _slope(self, point: int) -> float:
        """Of the line that ends at this point."""
        seconds, rows = self.seconds, self.rows
        return (seconds[point] - seconds[point - 1]) / (rows[point] - rows[point - 1])


class Record:
    """What steps were expected to cost with the chosen drafts, for one number of sequences: recent forwards."""

    def __init__(self) -> None:
        self._seconds = self._steps = 0.0

    def price(self, otherwise: float) -> float:
        """Expected seconds of a step."""
        return self._seconds / self._steps if self._steps else otherwise

    def add(self, seconds: float, steps: float) -> None:
        self._seconds = MEMORY * self._seconds + seconds
        self._steps = MEMORY * self._steps + steps


class Market:
    """The prices of one forward of `sequences`.

    What a draft saves is a share of a later forward. The first step of a block has no drafts, so it costs the share of
    a plain forward; the other steps cost what they were expected to on average. Rows of commits are left out: however
    tokens are found, each is committed once.
    """

    def __init__(self, costs: ForwardCosts, sequences: Ids[Sequence], record: Record) -> None:
        self._costs = costs
        self._num_rows = sum(sequence.num_rows for sequence in sequences)
        self._num_open = sum(sequence.num_open_rows for sequence in sequences)
        self.step = costs.of(self._num_open) / len(sequences)  # of a plain forward, for each sequence
        self._price = record.price(self.step)
        self._least_row = costs.least_slope(self._num_rows)

    def floor(self, sequence: Sequence) -> float:
        """Drafts less probable than this cannot pay."""
        return max(MIN_PROBABILITY, MIN_GAIN / MAX_CHAIN * self._least_row * sequence.num_open_rows / self.step)

    def worth(self, sequence: Sequence, draft: Draft) -> float:
        """Seconds that a draft is expected to save."""
        num_steps = _block_len(sequence) / sequence.tokens_per_step
        later = self.step
        if num_steps > 1:
            later = min(max((self._price * num_steps - self.step) / (num_steps - 1), 0.0), self.step)
        return draft.saved_first * self.step + draft.saved * later

    def best(self, offers: Ids[tuple[float, int]]) -> int:
        """How many of the offers (worth in seconds, rows) to take, from the first on, to save most."""
        base = self._costs.of(self._num_rows)
        best, most, saved, rows = 0, 0.0, 0.0, self._num_rows
        for number, (worth, num_rows) in enumerate(offers, 1):
            saved += worth
            rows += num_rows
            gain = saved - MIN_GAIN * (self._costs.of(rows) - base)
            if gain > most:
                best, most = number, gain
        return best

    def seconds(self, num_rows: int) -> float:
        """Of a forward with this many rows of drafts, without commits."""
        return self._costs.of(self._num_open + num_rows)


def _block_len(sequence: Sequence) -> int:
    return sequence.block.end - sequence.block.start
