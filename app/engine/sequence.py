"""The engine's state for one request, and the forward that it wants next."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from app.engine.attention import Span
from app.engine.canvas import Block, Canvas
from app.engine.penalties import Penalties
from app.engine.sampling import MaskedRows
from app.engine.transfer import TransferRule, deadline_rule, delete_rule, make_rule
from app.messages.events import Counters, Filled, Seen
from app.messages.params import GenerationParams


@dataclass(frozen=True)
class Forward:
    """Run the model over `token_ids`, the rows of `span`; logits are wanted at `logit_positions` alone."""

    kind: Literal["prefill", "denoise"]
    span: Span
    token_ids: tuple[int, ...]
    logit_positions: tuple[int, ...] = ()


class Sequence:
    """Prefilled up to `computed`, then block after block denoised until no mask is left.

    A full block is committed by the next block's first denoising step, which runs over both.
    """

    def __init__(
        self,
        sequence_id: int,
        prompt_ids: Ids[int],
        params: GenerationParams,
        mask_token_id: int,
        submitted: float,
        delete_token_id: int | None = None,
    ) -> None:
        self.id = sequence_id
        self.params = params
        self.is_watched = params.watch
        self.canvas = Canvas(prompt_ids, params.gen_length, params.block_length, mask_token_id, params.window)
        may_delete = params.window is not None and params.window.may_delete
        self.delete_token_id = delete_token_id if may_delete else None
        self.slot: int | None = None  # in the KV cache; None until the scheduler admits the sequence
        self.computed = 0  # positions whose keys and values are stored for good
        self.block: Block
        self.rule: TransferRule
        self._banned: list[Tensor] = []  # of each hole
        self._num_deleted: Counter[int] = Counter()  # of each hole
        self.step = 0  # within the block
        self.penalties: Penalties | None = None
        self.open_block(self.canvas.prefill_end)
        self.num_prefills = 0
        self.num_steps = 0
        self.num_commits = 0
        self.cached_tokens = 0
        self.prefill_tokens = 0
        self.generated_tokens = 0
        self._submitted = submitted
        self._started: float | None = None
        self._first_step: float | None = None
        self._first_block: float | None = None

    @property
    def needs_prefill(self) -> bool:
        return self.computed < self.canvas.prefill_end

    def has_prefix_of(self, other: Sequence) -> bool:
        """Whether all that the other would prefill is a part of what this one does."""
        end = other.canvas.prefill_end
        return (
            self.params.block_length == other.params.block_length
            and self.canvas.prefill_end >= end > 0
            and self.canvas.token_ids[:end] == other.canvas.token_ids[:end]
        )

    def open_block(self, start: int) -> None:
        self.block = self.canvas.block_at(start)
        self.rule = make_rule(self.params, len(self.canvas.masked_positions(self.block)))
        self.step = 0

    def present_rule(self) -> TransferRule:
        """The block's; under a time budget one made for the time that is left.

        Once that is spent, deletes wait for nothing: all that is masked goes at once.
        """
        rule = self.rule if self.params.time_budget_ms is None else self._deadline_rule()
        if self.delete_token_id is None or self.is_overdue:
            return rule
        return delete_rule(rule, self.delete_token_id)

    def _deadline_rule(self) -> TransferRule:
        assert self._first_step is not None
        seconds = max(1e-6, (time.monotonic() - self._first_step) / max(1, self.num_steps))
        blocks_left = -(-(len(self.canvas) - self.block.end) // self.params.block_length)
        return deadline_rule(self._seconds_left / seconds, blocks_left)

    @property
    def is_overdue(self) -> bool:
        return self.params.time_budget_ms is not None and self._seconds_left <= 0

    @property
    def _seconds_left(self) -> float:
        assert self.params.time_budget_ms is not None
        return self._submitted + self.params.time_budget_ms / 1000 - time.monotonic()

    def prepare(self, vocab_size: int, device: torch.device) -> None:
        """What the first logits need, where the caller asked for it: a sequence that waits holds no tensors."""
        if self.penalties is None and self.params.has_penalties:
            given = zip(self.canvas.token_ids, self.canvas.masked, strict=True)
            prompt_ids = [token_id for token_id, masked in given if not masked]
            self.penalties = Penalties(self.params, prompt_ids, vocab_size, device)
        window = self.params.window
        if window is not None and window.banned and not self._banned:
            self._banned = [torch.tensor(ids, dtype=torch.int64, device=device) for ids in window.banned]

    def masked_rows(self, forward: Forward) -> MaskedRows:
        """The sequence's part of a denoising step's logits."""
        positions = forward.logit_positions
        return MaskedRows(positions, self.step, self.params, self.penalties, tuple(self._banned_rows(positions)))

    def _banned_rows(self, positions: Ids[int]) -> Iterator[tuple[slice, Tensor]]:
        """A hole's positions stand together."""
        if not self._banned:
            return
        first = 0
        for hole, group in itertools.groupby(self.canvas.holes[position] for position in positions):
            assert hole is not None
            last = first + len(list(group))
            yield slice(first, last), self._banned[hole]
            first = last

    def ended_by(self, position: int) -> range:
        """The positions that leave a hole because the token at `position` ends it: that one and those behind it, up to
        the next pinned one."""
        canvas, window = self.canvas, self.params.window
        hole = canvas.holes[position]
        if window is None or not window.ends or hole is None or canvas.token_ids[position] not in window.ends[hole]:
            return range(0)
        end = position
        while end < len(canvas) and canvas.holes[end] == hole and not canvas.is_given(end):
            end += 1
        return range(position, end)

    def delete(self, positions: Collection[int]) -> None:
        """These positions leave the window."""
        self._num_deleted.update(hole for position in positions if (hole := self.canvas.holes[position]) is not None)
        self.canvas.delete(positions)
        self.block = self.canvas.block_at(self.block.start)

    def filled(self, hole: int) -> Filled:
        tokens = self.canvas.hole(hole)
        self.count_generated(sum(token.step is not None for token in tokens))
        return Filled(self.id, hole, tuple(tokens), self._num_deleted[hole])

    def seen(self) -> Seen:
        canvas, block = self.canvas, self.block
        positions = range(block.start, block.end)
        tokens = tuple(None if canvas.masked[position] else canvas.token(position) for position in positions)
        return Seen(
            self.id, self.num_steps, block.start, block.end, tokens, tuple(canvas.holes[block.start : block.end])
        )

    def begin(self, slot: int, num_cached: int) -> None:
        """The scheduler admits it, with keys and values for its first `num_cached` positions in the slot."""
        self.slot = slot
        self.computed = self.cached_tokens = num_cached
        self._started = time.monotonic()

    def count_generated(self, num_tokens: int) -> None:
        """So many more are settled."""
        self.generated_tokens += num_tokens
        if self._first_block is None:
            self._first_block = time.monotonic()

    def prefill(self, max_tokens: int) -> Forward:
        """The next whole blocks of the prompt: about `max_tokens`, at least one block."""
        length = self.params.block_length
        size = max(1, max_tokens // length) * length
        end = min(self.computed + size, self.canvas.prefill_end)
        return self._forward("prefill", self.computed, end)

    def denoise(self) -> Forward:
        """A denoising step of the present block, with the block before it where that waits to be committed."""
        masked = tuple(self.canvas.masked_positions(self.block))
        assert masked
        if self._first_step is None:
            self._first_step = time.monotonic()
        return self._forward("denoise", self.computed, self.block.end, masked)

    def _forward(
        self, kind: Literal["prefill", "denoise"], start: int, end: int, masked: tuple[int, ...] = ()
    ) -> Forward:
        assert self.slot is not None
        length = self.params.block_length
        limits = None
        if end - start > length and not (self.params.window and kind == "denoise"):
            limits = tuple(min(end, (position // length + 1) * length) for position in range(start, end))
        span = Span(self.slot, start, end - start, limits)
        return Forward(kind, span, tuple(self.canvas.token_ids[start:end]), masked)

    def counters(self) -> Counters:
        now = time.monotonic()
        return Counters(
            prompt_tokens=self.canvas.prompt_len,
            cached_tokens=self.cached_tokens,
            prefill_tokens=self.prefill_tokens,
            prefill_forwards=self.num_prefills,
            steps=self.num_steps,
            fused_commits=self.num_commits,
            generated_tokens=self.generated_tokens,
            queue_ms=1000 * ((self._started or now) - self._submitted),
            total_ms=1000 * (now - self._submitted),
            first_block_ms=None if self._first_block is None else 1000 * (self._first_block - self._submitted),
        )
