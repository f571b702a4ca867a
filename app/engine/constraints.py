"""Constraints: what a sequence may propose, and which of its proposals may become final together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence as Ids
from typing import Protocol

import torch
from torch import Tensor

from app.engine.drafts import Draft
from app.engine.proposals import Proposals


class Constraint(Protocol):
    """One condition on the tokens of one sequence, such as a penalty, a ban or a grammar.

    A denoising step calls `mask` on the scores, `admit` between the transfer rule and unmasking, and `observe` after
    unmasking. Implementations subclass this and override what they need. A constraint is created with its sequence,
    which may wait for a long time, so it allocates tensors only when it first sees scores.
    """

    affects_confidence: bool
    """Whether `mask` runs before the softmax, so that confidences are those of the changed scores. Otherwise it runs
    after it: another token may be proposed, and its confidence is the model's own probability of it."""

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        """Change `scores` in place: float64 [positions, vocab], one row for each of the masked `positions`."""
        return

    def admit(self, proposals: Proposals, selected: list[int]) -> tuple[Proposals, list[int]]:
        """Which of the `selected` proposals (indices) may become final together; at least one.

        If none may, the proposals are changed.
        """
        return proposals, selected

    def observe(self, positions: Ids[int], token_ids: Ids[int]) -> None:
        """These tokens became final."""
        return

    def ahead(self, draft: Draft) -> Constraint:
        """The constraint as it would be in this state. Its `mask` is called, in the same step, after this one's."""
        return self

    def foretold(self, draft: Draft) -> bool:
        """Whether what `ahead` did to the draft's scores is what `mask` would do once its state is reached."""
        return True


class HoleBans(Constraint):
    """Tokens that are never proposed in a hole of an infilling canvas: `banned[i]` in hole i.

    `holes` has the hole of each position from `start` on; it may change between steps.
    """

    affects_confidence = False

    def __init__(self, banned: Ids[Ids[int]], holes: Ids[int | None], start: int = 0) -> None:
        self._banned, self._holes, self._start = banned, holes, start
        self._token_ids: list[Tensor] = []  # of each hole

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        if not self._token_ids:
            self._token_ids = [torch.tensor(ids, dtype=torch.int64, device=scores.device) for ids in self._banned]
        first = 0
        for hole, group in itertools.groupby(self._holes[position - self._start] for position in positions):
            assert hole is not None
            last = first + len(list(group))
            scores[first:last].index_fill_(1, self._token_ids[hole], -torch.inf)
            first = last

    def ahead(self, draft: Draft) -> Constraint:
        bans = HoleBans(self._banned, draft.state.holes, draft.state.start)
        bans._token_ids = self._token_ids
        return bans
