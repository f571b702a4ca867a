"""Grammars: replies that are valid whatever the model proposes, while positions become final in any order.

What is committed is final, so a matcher's state at the first mask is known, as in decoding from left to right, and its
mask is exact there. A position behind a mask has no single state: *paths* through the block, over the likeliest tokens
of every position, tell what may stand there (LAVE, arXiv 2602.00612; DINGO, 2505.23061, for regular languages). What is
known always has a completion, the *witness*: tokens become final together only if a path goes through all of them. Near
the end of the reply the witness goes on to an end token, within the tokens that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Sequence as Ids
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.engine.constraints import Constraint
from app.engine.drafts import Draft, State
from app.engine.grammar_paths import Matcher, Options, Path, Paths
from app.engine.proposals import Proposals

# Chosen, not measured.
NUM_CANDIDATES = 32  # likely tokens of a position that are looked at
NEAR_END = 256  # with so many tokens left, or fewer, a reply must be able to end within them


@dataclass
class _Look:
    """What was found out about one state of the block."""

    matcher: Matcher  # at the first mask
    tail: list[int | None]
    options: list[Options]
    paths: Paths
    is_leftmost_only: bool = False


class GrammarConstraint(Constraint):
    """One sequence's grammar. `state` returns that of its current block; the reply has the positions in `reply`.

    Confidences are those among the allowed tokens.
    """

    affects_confidence = True

    def __init__(
        self, matcher: Matcher, state: Callable[[], State], reply: range, end_token_ids: Collection[int]
    ) -> None:
        self._matcher, self._next = matcher, reply.start  # everything before position `_next` is consumed
        self._state, self._ends, self._reply_end = state, end_token_ids, reply.stop
        self._witness: tuple[int | None, ...] = ()  # from `_witness_start` on
        self._witness_start = reply.start
        self._is_closing = False  # whether the witness reaches an end token within the reply
        self._closing_from = NEAR_END  # tokens left, at the next try to find such a one
        self._looks: dict[State, _Look] = {}  # of the certain state and of drafts
        self.is_ended = False

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        self._looks.clear()
        # Its forward commits what is before the block.
        self._mask(scores, self._state()._replace(before=()), self._matcher, self._next, is_certain=True)

    def _mask(self, scores: Tensor, state: State, matcher: Matcher, start: int, is_certain: bool) -> None:
        """Leave the allowed tokens of the block's masked positions; `matcher` has consumed what is before `start`."""
        tail = _tail(state, start)
        while tail and tail[0] is not None:
            if tail[0] in self._ends or not matcher.consume(tail[0]):
                return  # a draft that is not reached
            tail, start = tail[1:], start + 1
        values, token_ids = scores.topk(min(NUM_CANDIDATES, scores.shape[-1]), dim=-1)
        totals = scores.logsumexp(dim=-1, keepdim=True)
        rows = zip(token_ids.tolist(), (values - totals).tolist(), strict=True)
        options = [list(zip(ids, logs, strict=True)) for ids, logs in rows]
        original = scores.clone()

        def best(row: int, allowed: NDArray[np.bool_]) -> tuple[int, float]:
            masked = torch.where(torch.from_numpy(allowed).to(scores.device), original[row], -torch.inf)
            token_id = int(masked.argmax())
            return token_id, float(original[row, token_id] - totals[row])

        look = _Look(matcher.copy(), tail, options, Paths(self._ends, best))
        found = look.paths.find(matcher, tail, options)
        if not found and not is_certain:
            return  # the path that is known by then is not known now
        if not found:
            found = look.paths.find(matcher, tail, options, self._known(start))
            look.is_leftmost_only = True
        self._looks[state] = look
        self._apply(scores, look, found)

    def _apply(self, scores: Tensor, look: _Look, found: list[Path]) -> None:
        masked = [index for index, token_id in enumerate(look.tail) if token_id is None]
        for row, index in enumerate(masked):
            token_ids = {path.token_ids[index] for path in found} - {None}
            if found and not token_ids:
                continue  # behind the end of the reply, where anything may stand
            if index == 0 and all(token_id is None for token_id in look.tail):
                allowed = torch.from_numpy(look.matcher.allowed()).to(scores.device)
                scores[row].masked_fill_(~allowed, -torch.inf)
            else:
                kept = torch.tensor(sorted(token_ids), dtype=torch.int64, device=scores.device)
                values = scores[row, kept]
                scores[row].fill_(-torch.inf)
                scores[row, kept] = values

    def admit(self, proposals: Proposals, selected: list[int]) -> tuple[Proposals, list[int]]:
        """As many of them, the first ones, as stand on one path together; the leftmost position alone else.

        If the reply could not end in time after what is proposed there, the witness says what becomes final.
        """
        look = self._looks[self._state()]
        first = proposals.positions[0]
        self._begin_closing(look, first)
        numbers = () if look.is_leftmost_only else range(len(selected), 0, -1)
        for chosen in [*(selected[:number] for number in numbers), [0]]:
            if self._is_possible(look, proposals, chosen, first):
                return proposals, chosen
        assert self._is_closing, "what is known must have a completion"
        token_id = self._known(first)[0]
        assert token_id is not None
        return proposals.with_token(0, token_id), [0]

    def _is_possible(self, look: _Look, proposals: Proposals, selected: Ids[int], first: int) -> bool:
        tail = list(look.tail)
        for index in selected:
            tail[proposals.positions[index] - first] = proposals.token_ids[index]
        for path in self._through(look, tail, set(selected), first):
            token_ids = self._up_to_end(path, first) if self._is_closing else path.token_ids
            if token_ids is not None:
                self._witness, self._witness_start = token_ids, first
                return True
        return False

    def _through(self, look: _Look, tail: list[int | None], selected: Collection[int], first: int) -> list[Path]:
        """Paths through what would be known: to the end of the block or, if the reply is to end, as far as it goes."""
        rows = [row for row in range(len(look.options)) if row not in selected]
        paths = Paths(self._ends, lambda row, allowed: look.paths.best(rows[row], allowed))
        if self._is_closing:
            num_known = next((index for index, token_id in enumerate(tail) if token_id is None), len(tail))
            if not any(token_id is not None for token_id in tail[num_known:]):
                return paths.find(look.matcher, tail[:num_known], [])
        options = [look.options[row] for row in rows]
        return paths.find(look.matcher, tail, options) or paths.find(look.matcher, tail, options, self._known(first))

    def _up_to_end(self, path: Path, first: int) -> tuple[int | None, ...] | None:
        """The path and what follows it, up to an end token; None if that does not fit into the reply."""
        left = self._reply_end - first
        if path.is_ended:
            length = 1 + next(index for index, token_id in enumerate(path.token_ids) if token_id in self._ends)
            return path.token_ids[:length] if length <= left else None
        closing = self._closing(path.matcher, self._known(first), left - len(path.token_ids))
        return None if closing is None else (*path.token_ids, *closing)

    def _begin_closing(self, look: _Look, first: int) -> None:
        """From here on keep a completion that fits into the reply, if one is found."""
        left = self._reply_end - first
        if self._is_closing or left > self._closing_from or any(token_id is not None for token_id in look.tail):
            return
        closing = self._closing(look.matcher, self._known(first), left)
        if closing is None:
            self._closing_from = left // 2  # each try takes time, and most such replies are just too long
        else:
            self._is_closing, self._witness, self._witness_start = True, closing, first

    def _closing(self, matcher: Matcher, known: tuple[int | None, ...], limit: int) -> tuple[int | None, ...] | None:
        """Up to `limit` tokens that complete the text: the end of what completed it before, or else searched for."""
        if known and known[-1] in self._ends:
            before = [token_id for token_id in known if token_id is not None]
            for start in range(len(before) - 1, max(-1, len(before) - 1 - limit), -1):
                if matcher.follows(before[start:]):
                    return tuple(before[start:])
        found = matcher.closing(limit)
        return tuple(found) if found and found[-1] in self._ends else None

    def observe(self, positions: Ids[int], token_ids: Ids[int]) -> None:
        self._consume(self._state())

    def _consume(self, state: State) -> None:
        """Go on to the first mask."""
        for token_id in _tail(state, self._next):
            if token_id is None or self.is_ended:
                return
            if token_id in self._ends:
                self.is_ended = True
                return
            consumed = self._matcher.consume(token_id)
            assert consumed, "what is final must be allowed"
            self._is_closing &= self._known(self._next)[:1] == (token_id,)  # a forced token may write it another way
            self._next += 1

    def forced(self) -> list[int]:
        """Tokens that must come next from the first mask on, as far as the block goes and nothing else is known."""
        state = self._state()
        if self.is_ended:
            return []
        self._consume(state)
        tail = _tail(state, self._next)
        num_masked = next((index for index, token_id in enumerate(tail) if token_id is not None), len(tail))
        return self._matcher.forced()[:num_masked]

    def ahead(self, draft: Draft) -> Constraint:
        return _Ahead(self, draft)

    def foretold(self, draft: Draft) -> bool:
        return draft.state in self._looks

    def _known(self, start: int) -> tuple[int | None, ...]:
        return self._witness[max(0, start - self._witness_start) :]


class _Ahead(Constraint):
    """The grammar in the state of a draft."""

    affects_confidence = True

    def __init__(self, grammar: GrammarConstraint, draft: Draft) -> None:
        self._grammar, self._draft = grammar, draft

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        grammar, state = self._grammar, self._draft.state
        matcher, start = grammar._matcher.copy(), grammar._next
        for position, token_id in enumerate(state.before, state.start - len(state.before)):
            if position >= start and not matcher.consume(token_id):
                return  # not reached: the grammar does not allow it
        grammar._mask(scores, state, matcher, max(start, state.start), is_certain=False)


def _tail(state: State, start: int) -> list[int | None]:
    return list(state.token_ids[max(0, start - state.start) :])
