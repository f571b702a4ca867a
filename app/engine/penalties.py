"""Penalties: tokens that are already there become less likely, or more.

A diffusion canvas has no left and right: what counts as generated is every position of the reply that is final,
wherever it stands; the proposals of one step do not see each other. The end token is a token like any other, as in
Hugging Face's processor: a penalty on a reply that holds one, or on a prompt that does (chat templates end turns with
it), moves it too.
"""

from __future__ import annotations

from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.messages.params import GenerationParams

LARGEST = torch.finfo(torch.float64).max


class Penalties:
    """One sequence's counts, kept where its logits are; nothing of other sequences enters."""

    def __init__(
        self, params: GenerationParams, prompt_ids: Ids[int], vocab_size: int, device: torch.device | str
    ) -> None:
        self._params = params
        self._in_prompt = torch.zeros(vocab_size, dtype=torch.bool, device=device)
        self._in_prompt[torch.tensor(prompt_ids, dtype=torch.int64, device=device)] = True
        self._counts = torch.zeros(vocab_size, dtype=torch.int64, device=device)  # of generated tokens

    def count(self, token_ids: Ids[int]) -> None:
        """These became final."""
        ids = torch.tensor(token_ids, dtype=torch.int64, device=self._counts.device)
        self._counts.index_add_(0, ids, torch.ones_like(ids))

    def apply(self, logits: Tensor) -> Tensor:
        """float64 [masked, vocab]: the repetition penalty, then the other two, in vLLM's order.

        In float64, and clamped to it, because a penalty may be tiny, and softmax makes NaN of infinity.
        """
        params, counts = self._params, self._counts
        scores = logits.double()
        if params.repetition_penalty != 1:
            penalty = params.repetition_penalty
            seen = self._in_prompt | (counts > 0)
            scores = torch.where(seen, torch.where(scores < 0, scores * penalty, scores / penalty), scores)
        scores = scores - params.frequency_penalty * counts.double() - params.presence_penalty * (counts > 0).double()
        return scores.clamp(-LARGEST, LARGEST)
