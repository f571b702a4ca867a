"""The rows that one forward computes, each with its position and its place.

A row has a *position*, which RoPE encodes, and a *place*, the index of its key and value in the KV slot of its
sequence. The two are equal for every token of a canvas. They are kept apart so that a forward can also hold drafts,
other states of the same block: their rows repeat the positions of the block, at places after it, without overwriting
its keys and values.

Attention depends on slots, places and limits only, the model on token ids and positions only.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor


@dataclass(frozen=True)
class Span:
    """Consecutive rows of one sequence: `num_rows` positions from `start`, in `slot`.

    Their places are their positions, unless `first_place` is set. Row i sees the places [0, limits[i]) of the slot,
    without the `hidden` ones; None: every row sees all places up to the last one of the span, without the hidden ones.
    """

    slot: int
    start: int
    num_rows: int
    limits: tuple[int, ...] | None = None
    first_place: int | None = None
    hidden: range = range(0)

    @property
    def end(self) -> int:
        """One past the last position."""
        return self.start + self.num_rows

    @property
    def places(self) -> range:
        first = self.start if self.first_place is None else self.first_place
        return range(first, first + self.num_rows)

    @property
    def reach(self) -> int:
        """One past the last place that any of the rows sees."""
        return self.places.stop if self.limits is None else max(self.limits)


@dataclass(frozen=True)
class Forward:
    """One sequence's part of a forward: run the model over `token_ids`, the rows of `span`.

    Logits are computed for `logit_rows` (indices into the rows, from 0). Each of them proposes a token for the masked
    position at the same index of `positions`. A row need not be at the position that it proposes a token for: a
    model with token shift predicts the next one.
    """

    kind: Literal["prefill", "denoise"]
    span: Span
    token_ids: tuple[int, ...]
    logit_rows: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()


class RowTensors(NamedTuple):
    """The columns of `Rows` on the device, each int64 [rows]."""

    token_ids: Tensor
    positions: Tensor
    slots: Tensor
    places: Tensor
    limits: Tensor
    hidden_starts: Tensor
    hidden_stops: Tensor


class Part(NamedTuple):
    """All rows of one slot: consecutive rows of the table, at consecutive places."""

    slot: int
    rows: range
    places: range
    reach: int  # one past the last place that any of the rows sees
    is_masked: bool  # whether a row sees fewer places than `reach`


@dataclass(frozen=True)
class Rows:
    """The rows of all forwards that run together, one after another: a table with a list per column.

    A row sees the places [0, limit) of its slot, without [hidden_start, hidden_stop). `logit_rows` are indices into the
    table. Forwards of one slot stand together, and their places follow one another.
    """

    parts: list[Part]
    token_ids: list[int]
    positions: list[int]
    slots: list[int]
    places: list[int]
    limits: list[int]
    hidden_starts: list[int]
    hidden_stops: list[int]
    logit_rows: list[int]

    @classmethod
    def of(cls, forwards: list[Forward]) -> Rows:
        """Lay out the rows of `forwards`, in their order."""
        rows = cls([], [], [], [], [], [], [], [], [])
        for slot, group in itertools.groupby(forwards, key=lambda forward: forward.span.slot):
            spans = []
            first = len(rows)
            for forward in group:
                rows._append(forward)
                spans.append(forward.span)
            rows.parts.append(_part(slot, range(first, len(rows)), spans))
        assert len({part.slot for part in rows.parts}) == len(rows.parts)
        return rows

    def _append(self, forward: Forward) -> None:
        span, first = forward.span, len(self)
        assert len(forward.token_ids) == span.num_rows
        self.token_ids.extend(forward.token_ids)
        self.positions.extend(range(span.start, span.end))
        self.slots.extend([span.slot] * span.num_rows)
        self.places.extend(span.places)
        self.limits.extend(span.limits or [span.reach] * span.num_rows)
        self.hidden_starts.extend([span.hidden.start] * span.num_rows)
        self.hidden_stops.extend([span.hidden.stop] * span.num_rows)
        self.logit_rows.extend([first + row for row in forward.logit_rows])

    def __len__(self) -> int:
        return len(self.token_ids)

    @property
    def width(self) -> int:
        """Rows of the slot that has most."""
        return max(len(part.rows) for part in self.parts)

    @property
    def reach(self) -> int:
        """Places up to the last one that any row sees."""
        return max(part.reach for part in self.parts)

    @property
    def products(self) -> int:
        """Pairs of a query and a key that attention needs at least, counted without masks."""
        return sum(len(part.rows) * part.reach for part in self.parts)

    @property
    def columns(self) -> tuple[list[int], ...]:
        """In the order of `RowTensors`."""
        return (
            self.token_ids,
            self.positions,
            self.slots,
            self.places,
            self.limits,
            self.hidden_starts,
            self.hidden_stops,
        )

    def to(self, device: torch.device) -> tuple[RowTensors, Tensor]:
        """The columns, and `logit_rows` [logits], on the device: one transfer for all of them."""
        flat = list(itertools.chain(*self.columns, self.logit_rows))
        sizes = [len(column) for column in (*self.columns, self.logit_rows)]
        *columns, logit_rows = torch.split(torch.tensor(flat, device=device), sizes)
        return RowTensors(*columns), logit_rows

    def grid(self, width: int, first_slot: int = 0) -> list[int]:
        """The index of each row in a grid with a line of `width` rows for each slot, from `first_slot` on."""
        lines = (((part.slot - first_slot) * width, len(part.rows)) for part in self.parts)
        return [first + index for first, num_rows in lines for index in range(num_rows)]


def _part(slot: int, rows: range, spans: list[Span]) -> Part:
    for before, after in itertools.pairwise(spans):
        assert before.places.stop == after.places.start
    reach = max(span.reach for span in spans)
    lowest = min(min(span.limits) if span.limits else span.reach for span in spans)
    places = range(spans[0].places.start, spans[-1].places.stop)
    return Part(slot, rows, places, reach, lowest < reach or any(span.hidden for span in spans))


def visible(tensors: RowTensors, num_places: int) -> Tensor:
    """The attention mask, bool [rows, num_places]: true at the places that a row sees.

    The only place that turns the table into a mask.
    """
    places = torch.arange(num_places, device=tensors.limits.device)
    limits, hidden_starts, hidden_stops = (column[:, None] for column in tensors[-3:])
    return (places < limits) & ((places < hidden_starts) | (places >= hidden_stops))
