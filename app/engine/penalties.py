"""Repetition, presence and frequency penalties: tokens that already occur become less likely, or more.

A diffusion canvas has no left and right. Every final position of the reply counts as generated, wherever it stands;
the proposals of one step do not see each other. The end token is a token like any other, as in Hugging Face's
processor: if the reply holds one, or the prompt does (chat templates end turns with it), a penalty applies to it too.
"""

from __future__ import annotations

from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.constraints import Constraint
from app.engine.drafts import Draft
from app.messages.params import GenerationParams

LARGEST = torch.finfo(torch.float64).max


class Penalties(Constraint):
    """The penalties of one sequence. Its token counts are on the device of its scores.

    They change the confidence: a token that was made unlikely should not be among the first to become final.
    """

    affects_confidence = True

    def __init__(self, params: GenerationParams, prompt_ids: Ids[int]) -> None:
        self._params, self._prompt_ids = params, prompt_ids
        self._in_prompt: Tensor  # bool [vocab]
        self._counts: Tensor | None = None  # int64 [vocab], of generated tokens; None until the first scores
        self._early: list[int] = []  # generated before that, because a grammar forced them

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        """Penalise `scores` [positions, vocab]: the repetition penalty, then the other two, in vLLM's order.

        The result is clamped to finite numbers, because a penalty may be tiny, and softmax turns infinity into NaN.
        """
        counts = self._allocated(scores) if self._counts is None else self._counts
        params, penalised = self._params, scores
        if params.repetition_penalty != 1:
            penalty = params.repetition_penalty
            seen = self._in_prompt | (counts > 0)
            penalised = torch.where(seen, torch.where(scores < 0, scores * penalty, scores / penalty), scores)
        penalised = penalised - params.frequency_penalty * counts.double()
        penalised = penalised - params.presence_penalty * (counts > 0).double()
        scores.copy_(penalised.clamp(-LARGEST, LARGEST))

    def observe(self, positions: Ids[int], token_ids: Ids[int]) -> None:
        if self._counts is None:
            self._early += token_ids
            return
        ids = torch.tensor(token_ids, dtype=torch.int64, device=self._counts.device)
        self._counts.index_add_(0, ids, torch.ones_like(ids))

    def ahead(self, draft: Draft) -> Constraint:
        return _Ahead(self, draft.filled)

    def copy(self) -> Penalties:
        """With counts of its own."""
        assert self._counts is not None
        penalties = Penalties(self._params, self._prompt_ids)
        penalties._in_prompt, penalties._counts = self._in_prompt, self._counts.clone()
        return penalties

    def _allocated(self, scores: Tensor) -> Tensor:
        vocab_size, device = scores.shape[-1], scores.device
        self._in_prompt = torch.zeros(vocab_size, dtype=torch.bool, device=device)
        self._in_prompt[torch.tensor(self._prompt_ids, dtype=torch.int64, device=device)] = True
        self._counts = torch.zeros(vocab_size, dtype=torch.int64, device=device)
        self.observe((), self._early)
        return self._counts


class _Ahead(Constraint):
    """The penalties once these tokens are final too. The counts are copied late: they may not be allocated yet."""

    affects_confidence = True

    def __init__(self, penalties: Penalties, token_ids: Ids[int]) -> None:
        self._penalties, self._token_ids = penalties, token_ids

    def mask(self, scores: Tensor, positions: Ids[int]) -> None:
        penalties = self._penalties.copy()
        penalties.observe((), self._token_ids)  # only the ids count
        penalties.mask(scores, positions)
