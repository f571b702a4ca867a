"""The engine's state of one sequence, and the forward that it needs next."""

from __future__ import annotations

from collections.abc import Sequence as Ids
from typing import Literal

from app.engine.canvas import Block, Canvas
from app.engine.constraints import Constraint, HoleBans
from app.engine.deadline import Deadline
from app.engine.drafts import Certain, Draft, State
from app.engine.grammar import GrammarConstraint
from app.engine.grammar_paths import Matcher
from app.engine.layout import Forward, Span
from app.engine.logit_bias import LogitBias
from app.engine.penalties import Penalties
from app.engine.proposals import Proposals
from app.engine.sampling import MaskedRows
from app.engine.tally import Tally
from app.engine.transfer import TransferRule, delete_rule, greedy_rule, make_rule, strict_rule
from app.engine.window import WindowFiller
from app.messages.events import Counters, SequenceSnapshot
from app.messages.params import GenerationParams
from app.models.families import Diffusion

# Steps that drafts are predicted for, where random numbers make them differ.
MAX_AHEAD = 8


class Sequence:
    """Prefilled up to `computed`, then denoised block by block until no mask is left.

    A full block is committed by the first denoising step of the next one, which runs over both; with
    `Diffusion.commits_alone`, over the full block only, which makes one token final: the next block's first.
    """

    block: Block
    rule: TransferRule  # of the block
    step: int  # within the block
    forecast: Proposals | None  # what the next step is expected to propose in the block; None: not known
    drafts: list[Draft]  # of the forward that runs now

    def __init__(
        self,
        sequence_id: int,
        prompt_ids: Ids[int],
        params: GenerationParams,
        diffusion: Diffusion,
        submitted: float,
        is_speculative: bool = False,
        matcher: Matcher | None = None,
    ) -> None:
        self.id = sequence_id
        self.params = params
        self.is_watched = params.watch
        # With full attention every forward runs the whole canvas, and nothing is computed for good before the end;
        # blocks are only the order in which positions are filled.
        self.is_whole = diffusion.attention == "full"
        mask_token_id, delete_token_id = diffusion.mask_token_id, diffusion.delete_token_id
        self.canvas = Canvas(
            prompt_ids,
            params.gen_length,
            params.block_length,
            mask_token_id,
            params.window,
            diffusion.alignment,
            params.max_tokens,
        )
        self.commits_alone, self._shift = diffusion.commits_alone, int(diffusion.shift)
        self.filler = WindowFiller(self.canvas, params.window) if params.window else None
        self.delete_token_id = delete_token_id if params.window and params.window.may_delete else None
        own_ends = () if params.ignore_eos else diffusion.eos_token_ids
        self.end_token_ids = frozenset((*own_ends, *params.end_token_ids))
        self.constraints = _constraints(params, self.canvas)
        self.grammar: GrammarConstraint | None = None
        if matcher is not None:
            reply = range(self.canvas.prompt_len, self.canvas.reply_end)
            self.grammar = GrammarConstraint(matcher, lambda: self.state, reply, self.end_token_ids)
            self.constraints.append(self.grammar)
        self._mask_token_id = mask_token_id
        self._schedule, self._strict_threshold = diffusion.schedule, diffusion.strict_threshold
        self._is_speculative = is_speculative and params.speculation != 0 and not params.block_cache
        self.drafts = []
        self.looks_ahead = True  # whether drafts will be predicted from what the forward that runs now proposes
        self.removed: list[int] = []  # as in `State`
        self.num_reported = 0  # tokens of the reply that callers know
        self.tally = Tally(submitted)
        self.deadline = None if params.time_budget_ms is None else Deadline(submitted, params.time_budget_ms)
        self.slot: int | None = None  # in the KV cache; None until the scheduler admits the sequence
        self.computed = 0  # positions whose keys and values are stored for good
        self.open_block(self.canvas.prefill_end)

    @property
    def prefill_end(self) -> int:
        """One past the positions that are computed before the first step."""
        return 0 if self.is_whole else self.canvas.prefill_end

    @property
    def needs_prefill(self) -> bool:
        return self.computed < self.prefill_end

    def has_prefix_of(self, other: Sequence) -> bool:
        """Whether everything that the other would prefill is part of what this one does."""
        end = other.prefill_end
        return (
            self.params.block_length == other.params.block_length
            and self.canvas.offset == other.canvas.offset
            and self.prefill_end >= end > 0
            and self.canvas.token_ids[:end] == other.canvas.token_ids[:end]
        )

    def begin(self, slot: int, num_cached: int) -> None:
        """The scheduler admits the sequence; the slot holds keys and values of its first `num_cached` positions."""
        self.slot = slot
        self.computed = num_cached
        self.tally.start(num_cached)

    def open_block(self, start: int) -> None:
        self.block = self.canvas.block_at(start)
        num_masks = len(self.canvas.masked_positions(self.block)) - self.awaits_first
        rule = make_rule(self.params, num_masks, self._schedule, self.canvas.offset)
        self.rule = strict_rule(rule) if self._strict_threshold else rule
        self.step = 0
        self.forecast = None
        self._is_stored = False  # whether the slot holds the whole block, as it was in an earlier step

    @property
    def awaits_first(self) -> bool:
        """Whether the next forward is over what precedes the block, and gives the block's first token."""
        return self.commits_alone and self.block.start > 0 and self.canvas.masked[self.block.start]

    @property
    def cacheable_end(self) -> int:
        """One past the whole blocks of the prompt that need no forward if their keys and values are known."""
        return self.prefill_end - (self.params.block_length if self.awaits_first else 0)

    @property
    def reply(self) -> list[int | None]:
        """The tokens of the block that belong to the reply. None: masked."""
        canvas = self.canvas
        here = slice(max(self.block.start, canvas.prompt_len), min(self.block.end, canvas.reply_end))
        pairs = zip(canvas.token_ids[here], canvas.masked[here], strict=True)
        return [None if masked else token_id for token_id, masked in pairs]

    def commit(self) -> None:
        """A forward over the full block before the current one, and maybe over that too, stored its keys and values."""
        if self.computed < self.block.start and not self.is_whole:
            self.tally.fused_commits += not self.awaits_first
            self.computed = self.block.start

    @property
    def rows(self) -> range:
        """The positions that a denoising step computes, without drafts."""
        block = self.block
        if self.is_whole:
            return range(len(self.canvas))
        if self.awaits_first:
            return range(self.computed, block.start)
        if self._is_stored:
            size = self.params.small_block_length or self.params.block_length
            first, offset = self.canvas.masked_positions(block)[0], self.canvas.offset
            start = max(block.start, (first - offset) // size * size + offset)
            if not self.canvas.masked[start]:  # else the row before it is needed
                return range(start, min(start + size, block.end))
        return range(self.computed, block.end)

    @property
    def end(self) -> int:
        """One past the last position of a denoising step."""
        return len(self.canvas) if self.is_whole else self.block.end

    @property
    def num_rows(self) -> int:
        """Of a denoising step, without drafts."""
        return len(self.rows)

    @property
    def num_open_rows(self) -> int:
        """Of a denoising step, without drafts and without the block before."""
        return self.num_rows if self.is_whole else self.block.end - self.block.start

    @property
    def tokens_per_step(self) -> float:
        """So far. 1 before the first token: steps may delete positions only."""
        return self.tally.final_tokens / self.tally.steps if self.tally.final_tokens else 1.0

    @property
    def state(self) -> State:
        """Of the current block."""
        canvas, here = self.canvas, slice(self.block.start, self.block.end)
        token_ids = zip(canvas.token_ids[here], canvas.masked[here], strict=True)
        return State(
            self.block.start,
            tuple(None if masked else token_id for token_id, masked in token_ids),
            tuple(canvas.holes[here]) if self.filler else (),
            self.step if self.params.is_random else 0,
            tuple(canvas.token_ids[self.computed : self.block.start]),
            tuple(sorted(self.removed)),
        )

    @property
    def certain(self) -> Certain:
        """What drafts are predicted from."""
        window = self.params.window
        return Certain(
            state=self.state,
            step=self.step,
            forecast=self.forecast,
            rule=self.current_rule(),
            prompt_len=self.canvas.prompt_len,
            canvas_len=0 if window or self.commits_alone or self.is_whole else len(self.canvas),
            block_length=self.params.block_length,
            end_token_ids=frozenset[int]().union(*window.ends) if window else self.end_token_ids,
            delete_token_id=self.delete_token_id,
            counts_steps=self.params.is_random,
            num_around=self.num_open_rows - (self.block.end - self.block.start),
        )

    @property
    def is_overdue(self) -> bool:
        return self.deadline is not None and self.deadline.is_over

    def current_rule(self) -> TransferRule:
        """The block's rule, or with a time budget one for the time that remains.

        Once that is spent, everything masked becomes final at once, so deletes do not wait either.
        """
        if self.awaits_first:
            return greedy_rule
        rule = self.rule
        if self.deadline is not None:
            blocks_left = -(-(self.canvas.reply_end - self.block.end) // self.params.block_length)
            rule = self.deadline.rule(self.tally.forwards, blocks_left, blocks_left if self.commits_alone else 0)
        if self.delete_token_id is None or self.is_overdue:
            return rule
        return delete_rule(rule, self.delete_token_id)

    def prefill(self, max_tokens: int) -> Forward:
        """The next whole blocks of the prompt: about `max_tokens`, at least one block."""
        length = self.params.block_length
        size = max(1, max_tokens // length) * length
        end = min(self.canvas.whole_blocks(self.computed + size), self.prefill_end)
        is_last = end == self.prefill_end
        return self._forward("prefill", range(self.computed, end), (end,) if is_last and self.awaits_first else ())

    def denoise(self, drafts: Ids[Draft] = ()) -> list[Forward]:
        """A denoising step of the current block, together with the block before it if that is not committed yet.

        Behind it, at the places after the block, one forward for each draft.
        """
        rows = self.rows
        masked = tuple(position for position in self.canvas.masked_positions(self.block) if position in rows)
        if self.awaits_first:
            masked = (self.block.start,)
        assert masked
        if self.deadline is not None:
            self.deadline.start()
        self.drafts = list(drafts)
        forwards = [self._forward("denoise", rows, masked)]
        # Under a deadline every step is over all masks that are left.
        self._is_stored = self.params.block_cache and self.deadline is None and not self.awaits_first
        for draft in drafts:
            forwards.append(self._draft_forward(draft, forwards[-1].span.places.stop))
        return forwards

    def _forward(self, kind: Literal["prefill", "denoise"], rows: range, masked: tuple[int, ...] = ()) -> Forward:
        assert self.slot is not None
        end = len(self.canvas)
        limits = None
        if not (self.is_whole or (self.params.window and kind == "denoise")):
            limits = tuple(min(end, self.canvas.block_end(position)) for position in rows)
        if limits == (rows.stop,) * len(rows):
            limits = None
        span = Span(self.slot, rows.start, len(rows), limits)
        token_ids = tuple(self.canvas.token_ids[rows.start : rows.stop])
        return Forward(kind, span, token_ids, self._logit_rows(masked, rows.start), masked)

    def _logit_rows(self, positions: Ids[int], start: int) -> tuple[int, ...]:
        """The rows that predict `positions`, in a forward from `start` on; the first position has none before it."""
        return tuple(max(0, position - self._shift - start) for position in positions)

    def _draft_forward(self, draft: Draft, place: int) -> Forward:
        """The rows of a draft, from `place` on. They see the prefix before the current block, and themselves."""
        assert self.slot is not None
        state, num_before, num_rows = draft.state, len(draft.state.before), draft.num_rows
        mask, positions = self._mask_token_id, state.masked_positions
        token_ids = (*state.before, *(mask if token_id is None else token_id for token_id in state.token_ids))
        if self.is_whole:  # they see themselves only: another state of the whole canvas
            span = Span(self.slot, 0, num_rows, None, place, range(place))
            canvas, block = self.canvas.token_ids, self.block
            token_ids = (*canvas[: block.start], *token_ids, *canvas[block.end :])
        else:
            limits = (place + num_before,) * num_before + (place + num_rows,) * len(state.token_ids)
            hidden = range(self.block.start, place)
            span = Span(self.slot, state.start - num_before, num_rows, limits, place, hidden)
        return Forward("denoise", span, token_ids, self._logit_rows(positions, span.start), positions)

    def masked_rows(self, forwards: Ids[Forward]) -> list[MaskedRows]:
        """The sequence's parts of the logits of a denoising step: of the current block, and of each draft."""
        parts = [self._masked_rows(forwards[0], self.step, self.constraints)]
        for draft, forward in zip(self.drafts, forwards[1:], strict=True):
            constraints = [constraint.ahead(draft) for constraint in self.constraints]
            parts.append(self._masked_rows(forward, draft.step, constraints))
        return parts

    def _masked_rows(self, forward: Forward, step: int, constraints: list[Constraint]) -> MaskedRows:
        num_ahead = min(MAX_AHEAD, len(forward.positions) - 1) if self._is_speculative and self.looks_ahead else 0
        return MaskedRows(forward.positions, step, self.params, constraints, num_ahead)

    def snapshot(self) -> SequenceSnapshot:
        """The current block."""
        canvas, block = self.canvas, self.block
        positions = range(block.start, block.end)
        return SequenceSnapshot(
            self.id,
            self.tally.steps,
            block.start,
            block.end,
            tuple(None if canvas.masked[position] else canvas.token(position) for position in positions),
            tuple(canvas.holes[block.start : block.end]),
            forwards=self.tally.forwards,
        )

    def counters(self) -> Counters:
        return self.tally.counters(self.canvas.prompt_len)


def _constraints(params: GenerationParams, canvas: Canvas) -> list[Constraint]:
    constraints: list[Constraint] = []
    if params.logit_bias:
        constraints.append(LogitBias(params.logit_bias))
    if params.has_penalties:
        tokens = zip(canvas.token_ids, canvas.masked, strict=True)
        constraints.append(Penalties(params, [token_id for token_id, masked in tokens if not masked]))
    if params.window is not None and params.window.banned:
        constraints.append(HoleBans(params.window.banned, canvas.holes))
    return constraints
