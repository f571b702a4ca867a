"""OpenAI's logit_bias: fixed numbers that are added to the scores of some tokens."""

from __future__ import annotations

from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.constraints import Constraint


class LogitBias(Constraint):
    """The biases of one sequence, as (token id, number), each token once. They depend on nothing, drafts included.

    They change the confidence, as penalties do: that of a token that was made certain is high.
    """

    affects_confidence = True

    def __init__(self, biases: Ids[tuple[int, float]]) -> None:
        self._biases = biases
        self._token_ids: Tensor | None = None  # int64 [biases], on the device of the scores
        self._numbers: Tensor  # float64 [biases]

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        if self._token_ids is None:
            token_ids, numbers = zip(*self._biases, strict=True)
            self._token_ids = torch.tensor(token_ids, dtype=torch.int64, device=scores.device)
            self._numbers = torch.tensor(numbers, dtype=torch.float64, device=scores.device)
        scores.index_add_(1, self._token_ids, self._numbers.expand(scores.shape[0], -1))
