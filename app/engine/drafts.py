"""Drafts: states that a block may be in after its next steps, predicted from the proposals at hand.

A step's proposals cover all masked positions of the block, and say more than which become final now: if the next
forward proposes much the same, the rule's next choices can be foretold. So a forward evaluates, beside the state that
is certain, some that may follow it. What the rule then chooses from real logits is compared with them, and where it
leads to one of them, its logits are there already. No token changes (SSD, arXiv 2510.04147; FreeDave, 2510.00294;
Spiffy, 2509.18085). A full block that another follows is a draft too: its own rows, followed by the next block of
masks.

Predictions are states, not runs of steps: how many steps lead to one does not matter to its logits.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Collection, Iterator
from collections.abc import Sequence as Ids
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from app.engine.canvas import find_end
from app.engine.proposals import Proposals
from app.engine.transfer import TransferRule, most_confident_first


class State(NamedTuple):
    """All that the logits and the proposals of a block depend on, besides what is stored in the slot."""

    start: int
    token_ids: tuple[int | None, ...]  # None: masked
    holes: tuple[int | None, ...] = ()  # of an infilling canvas
    step: int = 0  # within the block, where random numbers depend on it; else 0
    before: tuple[int, ...] = ()  # the full block before it, until that is stored
    removed: tuple[int, ...] = ()  # rising: tokens that penalties count though the end of their hole removed them

    @property
    def masked_positions(self) -> tuple[int, ...]:
        return tuple(self.start + index for index, token_id in enumerate(self.token_ids) if token_id is None)


@dataclass(eq=False)
class Draft:
    """A state that may be reached."""

    state: State
    filled: tuple[int, ...]  # the tokens that became final since the certain state, in any order; without deletes
    step: int  # within the block of `state`
    depth: int  # steps from the certain state, as predicted
    kind: int  # how its last step differs from the predicted one: see `choices`
    parent: State
    confidence: float  # of the tokens of its last step, together
    probability: float  # that it is reached, from the certain state and the drafts drawn before it
    forecast: Proposals | None  # what its logits are expected to propose; None: not known
    num_around: int = 0  # as in `Certain`
    # Steps that it is expected to save, beside the drafts drawn before it: those of itself, and those of drafts that it
    # makes more probable. `saved_first`: first steps of a block, of which nothing is known before.
    saved: float = 0.0
    saved_first: float = 0.0
    links: list[tuple[Draft, float]] = field(default_factory=list)  # what may follow, with the probability of that step

    @property
    def num_rows(self) -> int:
        return len(self.state.before) + len(self.state.token_ids) + self.num_around


@dataclass(frozen=True)
class Certain:
    """A sequence's state before a forward, and what its next steps depend on."""

    state: State
    step: int
    forecast: Proposals | None
    rule: TransferRule
    prompt_len: int
    canvas_len: int  # 0 if no block may follow in a draft: on an infilling canvas, its window is the last block
    block_length: int
    end_token_ids: Collection[int]  # a block ends its sequence, or a hole its text, with one of these
    delete_token_id: int | None
    counts_steps: bool  # whether random numbers depend on the step
    num_around: int = 0  # with full attention: positions of the canvas outside the block, which a draft repeats


class Odds(Protocol):
    """How often predictions come true."""

    def probability(self, depth: int, kind: int, confidence: float) -> float:
        """That a step goes as predicted, at this many steps from the certain state."""
        ...


NUM_SWAPS = 3
NUM_KINDS = 8  # of predictions: see `choices`
AS_PREDICTED = 0
TOO_MUCH = 1e6  # nats: above any `gamma`


def choices(
    rule: TransferRule, proposals: Proposals, step: int, wanted: Callable[[int], bool] = lambda kind: True
) -> Iterator[tuple[int, list[int]]]:
    """What the rule may choose, given that proposals will have changed a little: (kind, indices) of `wanted` kinds.

    Kind 0 is what it chooses from these proposals. Kinds 1 to 3: another position instead of the last one chosen, the
    first three by confidence. Kinds 4 to 6: one more position, two more, all. Kind 7: one fewer.
    """
    base = rule(proposals, step)
    if wanted(AS_PREDICTED):
        yield AS_PREDICTED, base
    rest = [index for index in most_confident_first(proposals) if index not in base]
    seen = {frozenset(base)}
    changes = [(1 + rank, [*base[:-1], index]) for rank, index in enumerate(rest[:NUM_SWAPS])]
    changes += [(4, [*base, *rest[:1]]), (5, [*base, *rest[:2]]), (6, [*base, *rest])] if rest else []
    changes += [(7, base[:-1])] if len(base) > 1 else []
    for kind, preferred in changes:
        if not wanted(kind):
            continue
        chosen = rule(_preferring(proposals, preferred, base), step)
        if frozenset(chosen) not in seen:
            seen.add(frozenset(chosen))
            yield kind, chosen


def _preferring(proposals: Proposals, indices: Ids[int], base: Ids[int]) -> Proposals:
    """The proposals, as if the model were sure of those at `indices`, in this order, and unsure of others in `base`.

    The rule for entropies takes one more than those whose sum is small, so the last one is where it is to stop.
    """
    confidences, entropies = list(proposals.confidences), [2 * TOO_MUCH + entropy for entropy in proposals.entropies]
    for index in base:
        confidences[index] = -math.inf
        if entropies:
            entropies[index] = math.inf
    for rank, index in enumerate(indices):
        confidences[index] = 2.0 - rank / len(confidences)
        if entropies:
            entropies[index] = TOO_MUCH if index == indices[-1] else 0.0
    return replace(proposals, confidences=confidences, entropies=entropies)


def drafts_of(certain: Certain, odds: Odds, floor: float) -> Iterator[Draft]:
    """Drafts by falling probability, each after the one that it follows; none less probable than `floor`."""
    tree = _Tree(certain, odds, floor)
    tree.draw(_root(certain))
    while (draft := tree.pop()) is not None:
        tree.draw(draft)
        yield draft


def expected(certain: Certain, odds: Odds) -> Draft | None:
    """The state after the next step as predicted (kind 0), however improbable; None if nothing is left after it."""
    first = next(_children(certain, _root(certain), odds, 0.0), None)
    return first if first is not None and first.kind == AS_PREDICTED else None


class _Tree:
    """All drafts that were found, by their states; more than one step may lead to a draft."""

    def __init__(self, certain: Certain, odds: Odds, floor: float) -> None:
        self._certain, self._odds, self._floor = certain, odds, floor
        self._found: dict[State, Draft] = {}
        self._drawn: set[State] = set()
        self._heap: list[tuple[float, int, Draft]] = []
        self._ticket = itertools.count()

    def pop(self) -> Draft | None:
        """The most probable one that was not drawn yet."""
        while self._heap:
            draft = heapq.heappop(self._heap)[2]
            if draft.state not in self._drawn:
                return draft
        return None

    def draw(self, draft: Draft) -> None:
        """Find what may follow it, and count what it saves."""
        self._found.setdefault(draft.state, draft)
        self._drawn.add(draft.state)
        if draft.depth:
            _count(draft, draft, draft.probability)
        for child in _children(self._certain, draft, self._odds, self._floor):
            known = self._found.setdefault(child.state, child)
            draft.links.append((known, child.probability / draft.probability))
            if known is child:
                self._push(known)
            else:
                self._raise(known, child.probability, draft)

    def _raise(self, draft: Draft, probability: float, source: Draft) -> None:
        """Another way leads to a draft: it, and what follows it, gets more probable."""
        probability = min(probability, 1 - draft.probability)
        draft.probability += probability
        if draft.state not in self._drawn:
            self._push(draft)
            return
        _count(source, draft, probability)
        for child, step in draft.links:
            self._raise(child, probability * step, source)

    def _push(self, draft: Draft) -> None:
        heapq.heappush(self._heap, (-draft.probability, next(self._ticket), draft))


def _count(source: Draft, draft: Draft, probability: float) -> None:
    if draft.state.before:
        source.saved_first += probability
    else:
        source.saved += probability


def _root(certain: Certain) -> Draft:
    state = certain.state
    return Draft(state, (), certain.step, 0, 0, state, 1.0, 1.0, certain.forecast)


def _children(certain: Certain, draft: Draft, odds: Odds, floor: float) -> Iterator[Draft]:
    proposals = draft.forecast
    if proposals is None or not proposals.positions:
        return

    def wanted(kind: int) -> bool:
        return draft.probability * odds.probability(draft.depth, kind, 1.0) >= floor

    for kind, chosen in choices(certain.rule, proposals, draft.step, wanted):
        confidence = math.prod(proposals.probabilities[index] for index in chosen)
        probability = draft.probability * odds.probability(draft.depth, kind, confidence)
        if probability >= floor:
            removed = proposals.positions_of(chosen, certain.delete_token_id)
            state = _after(certain, draft.state, proposals.pick(chosen), removed)
            if state is not None:
                kept = (proposals.token_ids[index] for index in chosen if proposals.positions[index] not in removed)
                yield Draft(
                    state,
                    (*draft.filled, *kept),
                    0 if state.before else draft.step + 1,
                    draft.depth + 1,
                    kind,
                    draft.state,
                    confidence,
                    probability,
                    None if state.before else proposals.without(chosen, removed),
                    certain.num_around,
                )


def _after(certain: Certain, state: State, chosen: Proposals, removed: Collection[int]) -> State | None:
    """The state after these proposals became final. None: nothing is left to denoise, or a hole ends early."""
    token_ids, holes = list(state.token_ids), state.holes
    for position, token_id in zip(chosen.positions, chosen.token_ids, strict=True):
        if holes and token_id in certain.end_token_ids:
            return None
        token_ids[position - state.start] = token_id
    if removed:
        kept = [index for index in range(len(token_ids)) if state.start + index not in removed]
        token_ids, holes = [token_ids[index] for index in kept], tuple(holes[index] for index in kept)
    elif (
        not holes and find_end(token_ids[max(0, certain.prompt_len - state.start) :], certain.end_token_ids) is not None
    ):
        return None
    if None in token_ids:
        step = state.step + 1 if certain.counts_steps else 0
        return State(state.start, tuple(token_ids), holes, step, removed=state.removed)
    start = state.start + len(token_ids)
    num_masks = min(certain.block_length, certain.canvas_len - start)
    if num_masks <= 0:
        return None
    full = tuple(token_id for token_id in token_ids if token_id is not None)
    return State(start, (None,) * num_masks, before=full)
