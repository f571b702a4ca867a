"""An EngineClient without an engine or a thread, for tests of the front only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.errors import ModelLoading, ShuttingDown
from app.messages.events import Committed, Counters, Finished, Token
from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.engine_client import ReplicaHealth, SequenceRequest, State
from app.serving.generation import Generation
from tests.doubles.tokenizer import EOS, MASK, VOCAB_SIZE

CARD = ModelInfo(
    id="elsewhere",
    family="fake",
    device="cuda:3",
    dtype="bfloat16",
    max_model_len=512,
    block_length=4,
    mask_token_id=MASK,
    vocab_size=VOCAB_SIZE,
    eos_token_ids=(EOS,),
)


class FakeEngineClient:
    """Answers each sequence at once with `token_ids` and the end token. `card` are ModelInfo fields."""

    def __init__(self, token_ids: Sequence[int], **card: Any) -> None:
        self.state: State = "ready"
        self.submitted: list[SequenceRequest] = []
        self._token_ids = token_ids
        self._card = replace(CARD, **card)
        self.max_running = 2
        self.capacity = 4
        self.step_age_s = 0.0
        self.queue_lengths = (0, 0)
        self.replicas: Sequence[ReplicaHealth] = ()

    @property
    def info(self) -> ModelInfo:
        if self.state == "closed":
            raise ShuttingDown
        if self.state != "ready":
            raise ModelLoading
        return self._card

    def submit_requests(self, requests: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        generation = Generation(len(requests), lambda generation, index: None, lambda generation, is_watched: None)
        for index, request in enumerate(requests):
            self.submitted.append(request)
            tokens = tuple(Token(token_id, 1.0, 0) for token_id in (*self._token_ids, EOS))
            generation.put(index, Committed(index, tokens))
            generation.put(index, Finished(index, "stop", self._counters(request, len(tokens))))
        return generation

    def stats(self) -> EngineStats:
        return EngineStats(slots=self.max_running, slots_held=0)

    def wait_until_ready(self) -> None: ...

    def close(self, timeout_s: float = 0.0) -> None:
        self.state = "closed"

    @staticmethod
    def _counters(request: SequenceRequest, num_tokens: int) -> Counters:
        return Counters(
            prompt_tokens=len(request.prompt_ids),
            cached_tokens=0,
            prefill_tokens=0,
            prefill_forwards=0,
            steps=1,
            forwards=1,
            fused_commits=0,
            generated_tokens=num_tokens,
            queue_ms=0.0,
            total_ms=1.0,
        )
