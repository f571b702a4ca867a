"""Grammars: replies that are valid whatever the model proposes, while positions become final in any order.

What is committed is final, so a matcher's state at the first mask is known, as in decoding from left to right, and its
mask is exact there. A position behind a mask has no single state: *paths* through the block, over the likeliest tokens
of every position, tell what may stand there (LAVE, arXiv 2602.00612; DINGO, 2505.23061, for regular languages). What is
known always has a completion: tokens become final together only if a path goes through all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from app.engine.constraints import Constraint
from app.engine.drafts import Draft, State
from app.engine.proposals import Proposals

# Chosen, not measured: likely tokens of a position that are looked at, those that a path tries, and paths kept.
NUM_CANDIDATES = 32
NUM_BRANCHES = 4
NUM_PATHS = 6
UNLIKELY = -50.0  # the score of a token that only the witness has

Options = list[tuple[int, float]]  # token ids with their scores, the best first


class Matcher(Protocol):
    """A grammar's state after some tokens of a reply. Implemented outside of the engine."""

    def copy(self) -> Matcher: ...

    def consume(self, token_id: int) -> bool:
        """Go on by a token. False: the grammar does not allow it here, and the matcher is of no further use."""
        ...

    def allows(self, token_ids: Ids[int]) -> list[bool]:
        """Whether each of these may come next; end tokens where the text so far is complete."""
        ...

    def allowed(self) -> NDArray[np.bool_]:
        """The same for all tokens, [vocab]; takes longer."""
        ...

    @property
    def is_accepting(self) -> bool:
        """Whether the text so far is complete."""
        ...

    def forced(self) -> list[int]:
        """Tokens that must come next, because nothing else may; maybe fewer than there are."""
        ...


@dataclass(frozen=True)
class Path:
    """Tokens for the positions from the first mask on. None after the end of the reply: any token may stand there."""

    matcher: Matcher
    token_ids: tuple[int | None, ...] = ()
    score: float = 0.0
    is_ended: bool = False


class Paths:
    """Finds paths through the rest of a block: `tail`, from its first mask on (None: masked)."""

    def __init__(
        self, end_token_ids: Collection[int], best: Callable[[int, NDArray[np.bool_]], tuple[int, float]]
    ) -> None:
        """`best(index, allowed)` is the likeliest allowed token of the masked position with this number."""
        self._ends, self._best = end_token_ids, best

    def find(
        self, matcher: Matcher, tail: Ids[int | None], options: Ids[Options], witness: Ids[int | None] = ()
    ) -> list[Path]:
        """The best ones that reach the end of the block. A `witness`, one that is known, is among those tried."""
        paths = [Path(matcher)]
        masked = 0
        for index, token_id in enumerate(tail):
            found: list[Path] = []
            for path in paths:
                if path.is_ended:
                    found.append(Path(path.matcher, (*path.token_ids, token_id), path.score, True))
                elif token_id is not None:
                    found += self._extend(path, [(token_id, 0.0)])
                else:
                    is_on = index < len(witness) and tuple(witness[:index]) == path.token_ids
                    known = witness[index] if is_on else None
                    found += self._extend(path, self._branches(path, masked, options[masked], known))
            masked += token_id is None
            found.sort(key=lambda path: -path.score)
            paths = found[:NUM_PATHS]
            paths += [path for path in found[NUM_PATHS:] if path.token_ids == tuple(witness[: index + 1])]
        return paths

    def _branches(self, path: Path, masked: int, options: Options, known: int | None) -> Options:
        allows = path.matcher.allows([token_id for token_id, _ in options])
        branches = list(itertools.islice(itertools.compress(options, allows), NUM_BRANCHES))
        if not branches and (allowed := path.matcher.allowed()).any():
            branches = [self._best(masked, allowed)]
        if known is not None and all(token_id != known for token_id, _ in branches):
            branches.append((known, UNLIKELY))  # `_extend` finds out whether it is allowed
        return branches

    def _extend(self, path: Path, branches: Options) -> list[Path]:
        found = []
        for token_id, score in branches:
            token_ids, total = (*path.token_ids, token_id), path.score + score
            if token_id in self._ends:
                if path.matcher.is_accepting:
                    found.append(Path(path.matcher, token_ids, total, True))
                continue
            matcher = path.matcher.copy()
            if matcher.consume(token_id):
                found.append(Path(matcher, token_ids, total))
        return found


@dataclass
class _Look:
    """What was found out about one state of the block."""

    matcher: Matcher  # at the first mask
    tail: list[int | None]
    options: list[Options]
    paths: Paths
    is_leftmost_only: bool = False


class GrammarConstraint(Constraint):
    """One sequence's grammar. `state` returns that of its current block, whose reply begins at `reply_start`.

    Confidences are those among the allowed tokens.
    """

    affects_confidence = True

    def __init__(
        self, matcher: Matcher, state: Callable[[], State], reply_start: int, end_token_ids: Collection[int]
    ) -> None:
        self._matcher, self._next = matcher, reply_start  # everything before position `_next` is consumed
        self._state, self._ends = state, end_token_ids
        self._witness: tuple[int | None, ...] = ()  # from `_witness_start` on
        self._witness_start = reply_start
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
            else:
                allowed = torch.zeros(scores.shape[-1], dtype=torch.bool, device=scores.device)
                allowed[torch.tensor(sorted(token_ids), dtype=torch.int64, device=scores.device)] = True
            scores[row].masked_fill_(~allowed, -torch.inf)

    def admit(self, proposals: Proposals, selected: list[int]) -> list[int]:
        """As many of them, the first ones, as stand on one path together; the leftmost position alone else."""
        look = self._looks[self._state()]
        first = proposals.positions[0]
        if not look.is_leftmost_only:
            for number in range(len(selected), 0, -1):
                if self._is_possible(look, proposals, selected[:number], first):
                    return selected[:number]
        is_possible = self._is_possible(look, proposals, [0], first)
        assert is_possible, "what is known must have a completion"
        return [0]

    def _is_possible(self, look: _Look, proposals: Proposals, selected: Ids[int], first: int) -> bool:
        tail = list(look.tail)
        for index in selected:
            tail[proposals.positions[index] - first] = proposals.token_ids[index]
        chosen = set(selected)
        options = [options for row, options in enumerate(look.options) if row not in chosen]
        rows = [row for row in range(len(look.options)) if row not in chosen]
        paths = Paths(self._ends, lambda row, allowed: look.paths._best(rows[row], allowed))
        found = paths.find(look.matcher, tail, options) or paths.find(look.matcher, tail, options, self._known(first))
        if found:
            self._witness, self._witness_start = found[0].token_ids, first
        return bool(found)

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
