"""Logits to proposals: a token for every masked position, and how sure the model is of it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Ids
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from app.engine.penalties import Penalties
from app.messages.params import GenerationParams

# Which use of randomness a number belongs to; part of its key, so that no two uses share numbers.
TOKEN_STREAM, CONFIDENCE_STREAM = 0, 1
MAX_SCORES = 2**24  # worked on at once: in float64, and three times over, they would need much memory otherwise


@dataclass(frozen=True)
class MaskedRows:
    """One sequence's part of a step's logits: its masked `positions`, and `step` within their block.

    `banned` are (rows, token ids): tokens that are never proposed there.
    """

    positions: tuple[int, ...]
    step: int
    params: GenerationParams
    penalties: Penalties | None = None
    banned: tuple[tuple[slice, Tensor], ...] = ()


@dataclass(frozen=True)
class Proposals:
    """One entry for each masked position of a sequence, in order.

    `confidences` say which proposals are transferred first; they are the `probabilities` of the proposed tokens unless
    remasking is random. `entropies` (nats) and `alternatives` (the likeliest tokens and their probabilities) are there
    only where they are asked for.
    """

    positions: tuple[int, ...]
    token_ids: list[int]
    confidences: list[float]
    entropies: list[float]
    probabilities: list[float] = field(default_factory=list)
    alternatives: list[list[tuple[int, float]]] = field(default_factory=list)

    def pick(self, indices: Ids[int]) -> Proposals:
        """Some of them, without alternatives."""
        columns = (self.token_ids, self.confidences, self.entropies, self.probabilities)
        token_ids, confidences, entropies, probabilities = ([col[i] for i in indices] if col else [] for col in columns)
        positions = tuple(self.positions[index] for index in indices)
        return Proposals(positions, token_ids, confidences, entropies, probabilities)  # type: ignore[arg-type]


def propose(logits: Tensor, sequences: Ids[MaskedRows], mask_token_id: int) -> list[Proposals | None]:
    """Proposals from the float32 `logits` [rows, vocab] of all sequences' rows, one after another.

    The confidence is the probability of the proposed token, without temperature. The mask token is never proposed.
    With penalties, both the proposal and its confidence are those of the penalised logits: a token that was made
    unlikely should not be among the first to become final. Without, nothing is computed differently. None for a
    sequence whose logits are not numbers. What a sequence gets does not depend on the others.
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
    """Neighbours together, as many as fit into `MAX_SCORES`; mostly all."""
    part: list[MaskedRows] = []
    size = 0
    for rows in sequences:
        own = len(rows.positions) * vocab_size
        if part and size + own > MAX_SCORES:
            yield part
            part, size = [], 0
        part.append(rows)
        size += own
    yield part


def _propose(logits: Tensor, sequences: Ids[MaskedRows], mask_token_id: int) -> list[Proposals | None]:
    scores = logits.double()
    first = 0
    for rows in sequences:
        last = first + len(rows.positions)
        if rows.penalties is not None:
            scores[first:last] = rows.penalties.apply(logits[first:last])
        first = last
    probabilities = torch.softmax(scores, dim=-1)
    is_number = logits.amax(dim=-1).isfinite()
    scores[:, mask_token_id] = -torch.inf
    first = 0
    for rows in sequences:
        for part, token_ids in rows.banned:
            scores[first + part.start : first + part.stop].index_fill_(1, token_ids, -torch.inf)
        first += len(rows.positions)
    token_ids = _choose(scores, sequences)
    confidences = probabilities.gather(1, token_ids[:, None]).squeeze(1)
    columns = [token_ids.double(), confidences, is_number.double()]
    if any(rows.params.mode == "entropy" for rows in sequences):
        columns.append(torch.special.entr(probabilities).sum(dim=-1))
    # One transfer for all: token ids are exact in float64.
    split = _split(torch.stack(columns).tolist(), sequences)
    _add_alternatives(split, probabilities, sequences)
    return split


def _choose(scores: Tensor, sequences: Ids[MaskedRows]) -> Tensor:
    """[rows] token ids: the likeliest, or above temperature 0 a draw."""
    token_ids = scores.argmax(dim=-1)
    drawn: list[int] = []
    settings: list[tuple[float, float, int]] = []
    draws: list[Tensor] = []
    first = 0
    for rows in sequences:
        params = rows.params
        if params.temperature > 0:
            drawn += range(first, first + len(rows.positions))
            settings += [(params.temperature, params.top_p, min(params.top_k, scores.shape[-1]))] * len(rows.positions)
            draws.append(uniform(params.seed, TOKEN_STREAM, rows.positions, rows.step))
        first += len(rows.positions)
    if drawn:
        index = torch.tensor(drawn, device=scores.device)
        temperature, top_p, top_k = torch.tensor(settings, dtype=torch.float64).to(scores.device).unbind(1)
        numbers = torch.cat(draws).to(scores.device)
        token_ids[index] = sample(scores[index], temperature, top_p, top_k, numbers)
    return token_ids


def _split(host: list[list[float]], sequences: Ids[MaskedRows]) -> list[Proposals | None]:
    token_ids, confidences, is_number = host[:3]
    entropies = host[3] if len(host) > 3 else []
    split: list[Proposals | None] = []
    first = 0
    for rows in sequences:
        part = slice(first, first + len(rows.positions))
        first = part.stop
        if not all(is_number[part]):
            split.append(None)
            continue
        sure = likely = confidences[part]
        if rows.params.remasking == "random":
            sure = uniform(rows.params.seed, CONFIDENCE_STREAM, rows.positions, rows.step).tolist()
        ids = [int(token_id) for token_id in token_ids[part]]
        split.append(Proposals(rows.positions, ids, sure, entropies[part], likely))
    return split


def _add_alternatives(proposals: Ids[Proposals | None], probabilities: Tensor, sequences: Ids[MaskedRows]) -> None:
    """The likeliest tokens, for those sequences that ask for them."""
    first = 0
    for own, rows in zip(proposals, sequences, strict=True):
        last = first + len(rows.positions)
        if own is not None and rows.params.alternatives:
            num = min(rows.params.alternatives, probabilities.shape[-1])
            values, token_ids = probabilities[first:last].topk(num, dim=-1)
            pairs = zip(token_ids.tolist(), values.tolist(), strict=True)
            own.alternatives.extend(list(zip(ids, likely, strict=True)) for ids, likely in pairs)
        first = last


def sample(scores: Tensor, temperature: Tensor, top_p: Tensor, top_k: Tensor, draws: Tensor) -> Tensor:
    """Inverse-transform sampling: one number in [0, 1) settles a row, whatever the batch around it.

    `scores` is float64 [rows, vocab], the others [rows]. With a `top_k` of 1 or more that many likeliest tokens are
    kept. With `top_p` below 1 the smallest set of them that reaches that share of their probability is kept, at least
    the likeliest.
    """
    # The largest is subtracted first, so that no temperature is too small to divide by.
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
    rank = torch.searchsorted(cumulative, draws[:, None] * total, right=True)
    rank = torch.minimum(rank, kept.sum(dim=-1, keepdim=True) - 1)
    return order.gather(1, rank).squeeze(1)


def uniform(seed: int, stream: int, positions: Ids[int], step: int) -> Tensor:
    """Numbers in [0, 1), float64 [positions], that depend on the arguments alone (counter-based: Philox)."""
    key = np.array([seed % 2**64, stream], dtype=np.uint64)
    return torch.tensor(
        [
            np.random.Generator(np.random.Philox(key=key, counter=[position, step, 0, 0])).random()
            for position in positions
        ],
        dtype=torch.float64,
    )
