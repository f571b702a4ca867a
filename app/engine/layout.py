"""The rows that one forward computes, each with its position and its place.

A row has a *position*, which RoPE encodes, and a *place*, the index of its key and value in the KV slot of its
sequence. The two are equal for every token of a canvas. They are kept apart so that a forward can also hold other
states of a block, at spare places of the slot: such rows repeat the positions of the block without overwriting its
keys and values.

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

    Their places are their positions, unless `first_place` is set. Row i sees the places [0, limits[i]) of the slot;
    None: every row sees all places up to the last one of the span.
    """

    slot: int
    start: int
    num_rows: int
    limits: tuple[int, ...] | None = None
    first_place: int | None = None

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


@dataclass(frozen=True)
class Rows:
    """The rows of all forwards that run together, one after another: a table with a list per column.

    A row sees the places [0, limit) of its slot. `logit_rows` are indices into the table. No two spans share a slot.
    """

    spans: tuple[Span, ...]
    token_ids: list[int]
    positions: list[int]
    slots: list[int]
    places: list[int]
    limits: list[int]
    logit_rows: list[int]

    @classmethod
    def of(cls, forwards: list[Forward]) -> Rows:
        """Lay out the rows of `forwards`, in their order."""
        rows = cls(tuple(forward.span for forward in forwards), [], [], [], [], [], [])
        for forward in forwards:
            span, first = forward.span, len(rows.token_ids)
            assert len(forward.token_ids) == span.num_rows
            rows.token_ids.extend(forward.token_ids)
            rows.positions.extend(range(span.start, span.end))
            rows.slots.extend([span.slot] * span.num_rows)
            rows.places.extend(span.places)
            rows.limits.extend(span.limits or [span.reach] * span.num_rows)
            rows.logit_rows.extend([first + row for row in forward.logit_rows])
        return rows

    def __len__(self) -> int:
        return len(self.token_ids)

    @property
    def columns(self) -> tuple[list[int], ...]:
        """In the order of `RowTensors`."""
        return self.token_ids, self.positions, self.slots, self.places, self.limits

    def to(self, device: torch.device) -> tuple[RowTensors, Tensor]:
        """The columns, and `logit_rows` [logits], on the device: one transfer for all of them."""
        flat = list(itertools.chain(*self.columns, self.logit_rows))
        sizes = [len(column) for column in (*self.columns, self.logit_rows)]
        *columns, logit_rows = torch.split(torch.tensor(flat, device=device), sizes)
        return RowTensors(*columns), logit_rows

    def grid(self, width: int, first_slot: int = 0) -> list[int]:
        """The index of each row in a grid with a line of `width` rows for each slot, from `first_slot` on."""
        return [(span.slot - first_slot) * width + index for span in self.spans for index in range(span.num_rows)]


def visible(limits: Tensor, num_places: int) -> Tensor:
    """The attention mask, bool [*limits.shape, num_places]: true at the places that a row with this limit sees.

    The only place that turns the table into a mask: rows that see more than a prefix need another column, read here.
    """
    return torch.arange(num_places, device=limits.device) < limits[..., None]
