"""An engine as one of the server's clients uses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.engine_client import EngineClient, ReplicaHealth, SequenceRequest, State
from app.serving.generation import Generation


class EngineForClient:
    """An EngineClient that writes the client's name on what it submits to another one."""

    def __init__(self, engine: EngineClient, client: str) -> None:
        self._engine = engine
        self._client = client

    @property
    def state(self) -> State:
        return self._engine.state

    @property
    def info(self) -> ModelInfo:
        return self._engine.info

    @property
    def max_running(self) -> int:
        return self._engine.max_running

    @property
    def capacity(self) -> int:
        return self._engine.capacity

    @property
    def queue_lengths(self) -> tuple[int, int]:
        return self._engine.queue_lengths

    @property
    def step_age_s(self) -> float:
        return self._engine.step_age_s

    @property
    def replicas(self) -> Sequence[ReplicaHealth]:
        return self._engine.replicas

    def stats(self) -> EngineStats | None:
        return self._engine.stats()

    def submit_requests(self, requests: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        return self._engine.submit_requests([replace(each, client=self._client) for each in requests], is_admitted)

    def wait_until_ready(self) -> None:
        self._engine.wait_until_ready()

    def close(self, timeout_s: float = 0.0) -> None:
        self._engine.close(timeout_s)
