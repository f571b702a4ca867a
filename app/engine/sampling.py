"""Logits to proposals: a token for every masked position, and how confident the model is of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Ids
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from app.engine.constraints import Constraint
from app.engine.proposals import Proposals
from app.messages.decoding import Remasking
from app.messages.params import GenerationParams

# What a random number is used for; part of its key, so that no two uses share numbers.
TOKEN_STREAM, CONFIDENCE_STREAM = 0, 1
# Scores per call: in float64, with two more tensors of that size, more would need much memory. Chosen, not measured.
MAX_SCORES = 2**24


@dataclass(frozen=True)
class MaskedRows:
    """One sequence's part of a step's logits: one row for each of its masked `positions`.

    `step` counts within their block. `num_ahead`: for how many steps after it proposals are wanted too, as they would
    be from the same logits.
    """

    positions: tuple[int, ...]
    step: int
    params: GenerationParams
    constraints: Ids[Constraint] = ()
    num_ahead: int = 0


def propose(logits: Tensor, sequences: Ids[MaskedRows], mask_token_id: int) -> list[Proposals | None]:
    """Proposals from the float32 `logits` [rows, vocab] of all sequences' rows, one after another.

    The confidence is the probability of the proposed token, without temperature. The mask token is never proposed.
    Constraints may change the proposed token, and with `affects_confidence` its confidence. None for a sequence whose
    logits are not numbers. A sequence's proposals do not depend on the others.
    """
    if logits.device.type == "mps":
        logits = logits.cpu()  # MPS has no float64
    proposals: list[Proposals | None] = []
    first = 0
    for part in _parts(sequences, logits.shape[-1]):
        last = first + sum(len(rows.positions) for rows in part)
        proposals += _propose(logits[first:last], part, mask_token_id)
        first = last
    return proposals


def _parts(sequences: Ids[MaskedRows], vocab_size: int) -> Iterator[list[MaskedRows]]:
    """Runs of sequences, each with as many as fit into `MAX_SCORES`; usually one run of all."""
    part: list[MaskedRows] = []
    size = 0
    for rows in sequences:
        num_scores = len(rows.positions) * vocab_size
        if part and size + num_scores > MAX_SCORES:
            yield part
            part, size = [], 0
        part.append(rows)
        size += num_scores
    yield part


def _propose(logits: Tensor, sequences: Ids[MaskedRows], mask_token_id: int) -> list[Proposals | None]:
    """`propose` for one part: `logits` are float32 [rows, vocab], scores and probabilities float64 of that shape."""
    scores = logits.double()
    _constrain(scores, sequences, affects_confidence=True)
    probabilities = torch.softmax(scores, dim=-1)
    is_number = logits.amax(dim=-1).isfinite()  # [rows]
    scores[:, mask_token_id] = -torch.inf
    _constrain(scores, sequences, affects_confidence=False)
    token_ids = _choose(scores, sequences)  # [rows, 1 + the most steps ahead]
    confidences = probabilities.gather(1, token_ids)
    columns = [is_number.double()[None], token_ids.double().T, confidences.T]  # each [n, rows]
    orders = {rows.params.remasking for rows in sequences}
    if any(rows.params.needs_entropies for rows in sequences):
        columns.append(torch.special.entr(probabilities).sum(dim=-1)[None])
    num_steps, has_entropies = token_ids.shape[1], len(columns) == 4
    if "low_margin" in orders:
        best = probabilities.topk(2, dim=-1).values  # [rows, 2]
        columns.append((best[:, 0] - best[:, 1])[None])
    # One transfer to the host for all columns: token ids are exact in float64.
    numbers = torch.cat(columns).tolist()
    proposals = _split(
        Columns(
            is_number=numbers[0],
            token_ids=numbers[1 : 1 + num_steps],
            probabilities=numbers[1 + num_steps : 1 + 2 * num_steps],
            entropies=numbers[1 + 2 * num_steps] if has_entropies else [],
            margins=numbers[-1],
        ),
        sequences,
    )
    _add_alternatives(proposals, probabilities, sequences)
    return proposals


def _constrain(scores: Tensor, sequences: Ids[MaskedRows], affects_confidence: bool) -> None:
    """Apply the constraints of one kind to the float64 `scores` [rows, vocab], in place."""
    first = 0
    for rows in sequences:
        last = first + len(rows.positions)
        for constraint in rows.constraints:
            if constraint.affects_confidence == affects_confidence:
                constraint.mask(scores[first:last], rows.positions)
        first = last


def _choose(scores: Tensor, sequences: Ids[MaskedRows]) -> Tensor:
    """Token ids from float64 `scores` [rows, vocab]: the most likely, or sampled above temperature 0.

    int64 [rows, 1 + n]: of this step and of the n following ones, the largest `num_ahead` of sampled rows. Where fewer
    are wanted, the rest has no meaning.
    """
    token_ids = scores.argmax(dim=-1)
    num_steps = 1 + max((rows.num_ahead for rows in sequences if rows.params.temperature > 0), default=0)
    drawn: list[int] = []
    settings: list[tuple[float, float, int]] = []
    draws: list[list[float]] = []
    first = 0
    for rows in sequences:
        params = rows.params
        if params.temperature > 0:
            drawn += range(first, first + len(rows.positions))
            settings += [(params.temperature, params.top_p, min(params.top_k, scores.shape[-1]))] * len(rows.positions)
            steps = range(rows.step, rows.step + 1 + rows.num_ahead)
            padding = [0.0] * (num_steps - len(steps))
            draws += [[*_draws(params.seed, TOKEN_STREAM, position, steps), *padding] for position in rows.positions]
        first += len(rows.positions)
    token_ids = token_ids[:, None].repeat(1, num_steps)
    if drawn:
        index = torch.tensor(drawn, device=scores.device)
        temperature, top_p, top_k = torch.tensor(settings, dtype=torch.float64).to(scores.device).unbind(1)
        numbers = torch.tensor(draws, dtype=torch.float64).to(scores.device)
        token_ids[index] = sample(scores[index], temperature, top_p, top_k, numbers)
    return token_ids


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What all rows propose, on the host."""

    is_number: list[float]  # whether the logits are numbers
    token_ids: list[list[float]]  # of this step and the following ones
    probabilities: list[list[float]]  # of these tokens
    entropies: list[float]  # empty if no sequence needs them
    margins: list[float]  # between the two most likely tokens; without meaning if no sequence needs them

    def confidences(self, rows: MaskedRows, part: slice, step: int, column: int) -> list[float]:
        """Of the rows at `part`, which are those of one sequence."""
        orders: dict[Remasking, Callable[[], list[float]]] = {
            "low_confidence": lambda: self.probabilities[column][part],
            "low_margin": lambda: self.margins[part],
            "high_entropy": lambda: [-entropy for entropy in self.entropies[part]],
            "random": lambda: uniform(rows.params.seed, CONFIDENCE_STREAM, rows.positions, step),
        }
        return orders[rows.params.remasking]()


def _split(columns: Columns, sequences: Ids[MaskedRows]) -> list[Proposals | None]:
    """The proposals of each sequence."""
    proposals: list[Proposals | None] = []
    first = 0
    for rows in sequences:
        part = slice(first, first + len(rows.positions))
        first = part.stop
        if not all(columns.is_number[part]):
            proposals.append(None)
            continue
        steps = []
        for ahead in range(1 + rows.num_ahead if rows.params.is_random else 1):
            column = ahead if rows.params.temperature > 0 else 0
            ids = [int(token_id) for token_id in columns.token_ids[column][part]]
            confidences = columns.confidences(rows, part, rows.step + ahead, column)
            chances, entropies = columns.probabilities[column][part], columns.entropies[part]
            steps.append(Proposals(rows.positions, ids, confidences, entropies, chances))
        proposals.append(replace(steps[0], ahead=tuple(steps[1:])) if len(steps) > 1 else steps[0])
    return proposals


def _add_alternatives(proposals: Ids[Proposals | None], probabilities: Tensor, sequences: Ids[MaskedRows]) -> None:
    """Add the most likely tokens by `probabilities` [rows, vocab], for sequences that request them."""
    first = 0
    for proposal, rows in zip(proposals, sequences, strict=True):
        last = first + len(rows.positions)
        if proposal is not None and rows.params.alternatives:
            num = min(rows.params.alternatives, probabilities.shape[-1])
            values, token_ids = probabilities[first:last].topk(num, dim=-1)  # each [positions, num]
            pairs = zip(token_ids.tolist(), values.tolist(), strict=True)
            proposal.alternatives.extend(list(zip(ids, numbers, strict=True)) for ids, numbers in pairs)
        first = last


def sample(scores: Tensor, temperature: Tensor, top_p: Tensor, top_k: Tensor, draws: Tensor) -> Tensor:
    """Inverse-transform sampling: one number in [0, 1) determines a row's token, whatever else is in the batch.

    `scores` are float64 [rows, vocab], `draws` [rows, n], the others [rows]; returns int64 [rows, n]. A `top_k` of 1 or
    more keeps that many of the most likely tokens. A `top_p` below 1 keeps the smallest set of these that reaches that
    share of their probability, at least the most likely token.
    """
    # The largest is subtracted first, so that dividing by a tiny temperature does not overflow.
    scaled = (scores - scores.amax(dim=-1, keepdim=True)) / temperature[:, None]
    probabilities, order = torch.softmax(scaled, dim=-1).sort(dim=-1, descending=True, stable=True)
    ranks = torch.arange(scores.shape[-1], device=scores.device)
    limited = torch.where(top_k > 0, top_k, scores.shape[-1])[:, None]
    probabilities = torch.where(ranks < limited, probabilities, 0)
    share = torch.where(top_k > 0, probabilities.sum(dim=-1), 1)[:, None]
    probabilities = probabilities / share
    cumulative = probabilities.cumsum(dim=-1)
    kept = ((cumulative - probabilities) < top_p[:, None]) & (ranks < limited)
    kept[:, 0] = True
    cumulative = torch.where(kept, probabilities, 0).cumsum(dim=-1)
    total = cumulative[:, -1:]
    rank = torch.searchsorted(cumulative, draws * total, right=True)
    rank = torch.minimum(rank, kept.sum(dim=-1, keepdim=True) - 1)
    return order.gather(1, rank)


def uniform(seed: int, stream: int, positions: Ids[int], step: int) -> list[float]:
    """Numbers in [0, 1), one for each position, that depend on the arguments only."""
    return [_draw(seed, stream, position, step) for position in positions]


def _draws(seed: int, stream: int, position: int, steps: Ids[int]) -> list[float]:
    return [_draw(seed, stream, position, step) for step in steps]


@lru_cache(maxsize=2**14)  # drafts ask for the same numbers as the steps that they predict
def _draw(seed: int, stream: int, position: int, step: int) -> float:
    """Philox, a counter-based generator."""
    key = np.array([seed % 2**64, stream], dtype=np.uint64)
    return float(np.random.Generator(np.random.Philox(key=key, counter=[position, step, 0, 0])).random())
