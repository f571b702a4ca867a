"""One sequence that can go on at another replica, and the view of it that its caller has.

A lost sequence is submitted again with the same seed. Random numbers depend on the position and on the step within the
block (docs/decisions/0002-random-numbers.md), so at the start of a block nothing is left of the steps before but the
tokens: they become part of the prompt. Where something counts from the prompt's end (a grammar, the presence and
frequency penalties, an infill's window), the sequence starts from its beginning, and what its caller has already got
is left out.
"""

from __future__ import annotations

from dataclasses import replace

from app.messages.events import (
    Committed,
    Counters,
    Event,
    Filled,
    Finished,
    Probed,
    SequenceSnapshot,
    Stepped,
    Token,
)
from app.messages.params import first_boundary
from app.serving.backend import ModelInfo
from app.serving.engine_client import SequenceRequest


class Resumption:
    """The request of the current attempt, and its events as those of the whole sequence."""

    def __init__(self, request: SequenceRequest, info: ModelInfo, sequence_id: int) -> None:
        """Callers see `sequence_id` whichever replica the events come from."""
        self._id = sequence_id
        self._original, self._alignment = request, info.alignment
        own_ends = () if request.params.ignore_eos else info.eos_token_ids
        self._end_token_ids = {*own_ends, *request.params.end_token_ids}
        self.request = request
        self.num_restarts = 0
        self._tokens: list[Token] = []  # that the caller has
        self._filled: set[int] = set()  # holes
        self._was_probed = False
        self._num_steps = 0  # reported to the caller
        self._first_block_ms: float | None = None
        # Of the current attempt:
        self._num_kept = 0  # of the reply's tokens that are in its prompt
        self._num_known = 0  # that it generates once more
        self._first_step = 0  # the number of its first step
        self._lost_ms = 0.0  # between the submission and the attempt

    def restart(self, elapsed_ms: float) -> None:
        """Another attempt, `elapsed_ms` after the submission."""
        self.num_restarts += 1
        self._lost_ms = elapsed_ms
        self._num_kept = self._last_boundary() if self._can_continue else 0
        self._num_known = len(self._tokens) - self._num_kept
        steps = [token.step for token in self._tokens[: self._num_kept] if token.step is not None]
        self._first_step = max(steps, default=-1) + 1
        self.request = self._rest(elapsed_ms)

    def take(self, event: Event, elapsed_ms: float) -> Event | None:
        """The attempt's event, `elapsed_ms` after the submission, as the caller gets it; None if it has it already."""
        if self._first_block_ms is None and isinstance(event, Committed | Filled):
            self._first_block_ms = elapsed_ms
        moved = self._take(event)
        return None if moved is None else replace(moved, sequence_id=self._id)

    def aborted(self, elapsed_ms: float) -> Finished:
        """The end of a sequence that no replica has, or whose replica does not say how it ended."""
        number, first_block_ms = len(self._tokens), self._first_block_ms
        return Finished(
            self._id,
            "abort",
            Counters(
                prompt_tokens=len(self._original.prompt_ids),
                cached_tokens=0,
                prefill_tokens=0,
                prefill_forwards=0,
                steps=self._first_step,
                forwards=self._first_step,
                fused_commits=0,
                generated_tokens=number,
                queue_ms=elapsed_ms if first_block_ms is None else 0.0,
                total_ms=elapsed_ms,
                first_block_ms=first_block_ms,
                restarts=self.num_restarts,
            ),
        )

    def _take(self, event: Event) -> Event | None:
        match event:
            case Committed():
                return self._take_tokens(event)
            case Filled():
                if event.hole in self._filled:
                    return None
                self._filled.add(event.hole)
                return replace(event, tokens=self._moved(event.tokens))
            case Probed():
                is_known, self._was_probed = self._was_probed, True
                return None if is_known else event
            case Stepped():
                step = event.step + self._first_step
                if step < self._num_steps:
                    return None
                self._num_steps = step + 1
                return replace(event, step=step, forwards=event.forwards + self._first_step)
            case SequenceSnapshot():
                return self._snapshot(event)
            case Finished():
                return replace(event, counters=self._counters(event.counters))
            case _:
                return event

    @property
    def _can_continue(self) -> bool:
        params = self._original.params
        counts_reply = params.presence_penalty != 0 or params.frequency_penalty != 0
        return params.window is None and params.grammar is None and not counts_reply

    def _last_boundary(self) -> int:
        """How many of the reply's tokens come before the last block boundary that leaves something to generate.

        What ends the reply may be reported before its end is, and then the last block is generated once more.
        """
        prompt_len, params = len(self._original.prompt_ids), self._original.params
        limit = params.gen_length if params.max_tokens is None else min(params.gen_length, params.max_tokens)
        has_ended = bool(self._tokens) and self._tokens[-1].id in self._end_token_ids
        end = prompt_len + min(len(self._tokens) - has_ended, limit - 1)
        offset = first_boundary(self._alignment, prompt_len, params.block_length)
        return max(0, end - (end - offset) % params.block_length - prompt_len)

    def _rest(self, elapsed_ms: float) -> SequenceRequest:
        params, kept = self._original.params, self._num_kept
        if params.time_budget_ms is not None:
            params = replace(params, time_budget_ms=max(1, params.time_budget_ms - round(elapsed_ms)))
        if not kept:
            return replace(self._original, params=params)
        gen_length = params.gen_length - kept
        num_blocks = -(-gen_length // params.block_length)
        params = replace(
            params,
            gen_length=gen_length,
            steps=params.steps_per_block * num_blocks,
            max_tokens=None if params.max_tokens is None else params.max_tokens - kept,
        )
        prompt_ids = [*self._original.prompt_ids, *(token.id for token in self._tokens[:kept])]
        return replace(self._original, prompt_ids=prompt_ids, params=params)

    def _take_tokens(self, event: Committed) -> Committed | None:
        new = self._moved(event.tokens[self._num_known :])
        self._num_known = max(0, self._num_known - len(event.tokens))
        self._tokens += new
        return replace(event, tokens=new) if new else None

    def _moved(self, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
        """With the steps' numbers in the whole sequence."""
        first = self._first_step
        return tuple(token if token.step is None else replace(token, step=token.step + first) for token in tokens)

    def _snapshot(self, event: SequenceSnapshot) -> SequenceSnapshot:
        tokens = tuple(None if token is None else self._moved((token,))[0] for token in event.tokens)
        first = self._first_step
        return replace(event, num_steps=event.num_steps + first, forwards=event.forwards + first, tokens=tokens)

    def _counters(self, counters: Counters) -> Counters:
        """A lost attempt cannot report its forwards any more: each of its steps counts as one."""
        if not self.num_restarts:
            return counters
        prompt_len, first = len(self._original.prompt_ids), self._first_step
        return replace(
            counters,
            prompt_tokens=prompt_len,
            cached_tokens=min(counters.cached_tokens, prompt_len),
            steps=counters.steps + first,
            forwards=counters.forwards + first,
            generated_tokens=counters.generated_tokens + self._num_kept,
            total_ms=counters.total_ms + self._lost_ms,
            first_block_ms=self._first_block_ms,
            restarts=self.num_restarts,
        )
