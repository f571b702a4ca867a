"""The service's view of an engine, which may run in this process or on another machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from app.errors import RequestError
from app.messages.params import GenerationParams
from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.generation import Generation

State = Literal["loading", "ready", "failed", "closed"]


@dataclass(frozen=True)
class SequenceRequest:
    """One sequence to generate."""

    prompt_ids: Sequence[int]
    params: GenerationParams
    client: str = ""  # whose request it is; where several wait, they take turns

    def check(self, vocab_size: int) -> None:
        """Raises RequestError for an id without a row of the embedding: on CUDA it would end everybody's requests."""
        window = self.params.window
        ids = [*self.prompt_ids, *(item for item in (window.token_ids if window else ()) if item is not None)]
        if ids and not 0 <= min(ids) <= max(ids) < vocab_size:
            wrong = max(ids) if max(ids) >= vocab_size else min(ids)
            raise RequestError(
                f"The prompt has the token id {wrong}; this model's ids are from 0 to {vocab_size - 1}.", "prompt"
            )


@dataclass(frozen=True)
class ReplicaHealth:
    """One of several engines that are served as one."""

    name: str
    state: State
    sequences: int  # that the engine has, running and waiting
    step_age_s: float


class EngineClient(Protocol):
    """Submits requests to an engine. Thread-safe. The engine has no tokenizer: token ids go in, events come out.

    A client of a remote engine can implement this without a call per denoising step. What crosses the wire is plain
    data: `SequenceRequest`, `ModelInfo` and `app.messages.events`. Times are sent as ages or durations in milliseconds,
    since the machines do not share a clock.

    A `Generation` receives events through `put`, and the client sends its `abort` and `watch` on to the engine. Its
    `is_abandoned` is checked on this side; the engine only sees aborts.
    """

    @property
    def state(self) -> State: ...

    @property
    def info(self) -> ModelInfo:
        """Raises ModelLoading or ShuttingDown."""
        ...

    @property
    def max_running(self) -> int:
        """The number of sequences that the engine denoises at once."""
        ...

    @property
    def capacity(self) -> int:
        """The most sequences, running and waiting; requests that exceed it are refused."""
        ...

    @property
    def queue_lengths(self) -> tuple[int, int]:
        """The numbers of sequences (running, waiting)."""
        ...

    @property
    def step_age_s(self) -> float:
        """How long the step that runs now has been running; 0 between steps."""
        ...

    @property
    def replicas(self) -> Sequence[ReplicaHealth]:
        """Of an engine that is several; else empty."""
        ...

    def submit_requests(self, requests: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        """Queue all or none. `is_admitted`: they continue a request that was admitted earlier, so no limit applies.

        Raises RequestError, QueueFull, ModelLoading or ShuttingDown.
        """
        ...

    def stats(self) -> EngineStats | None:
        """What the engine has done so far; None while it is loading."""
        ...

    def wait_until_ready(self) -> None:
        """Block until the model is loaded. Raises the error that loading it raised."""
        ...

    def close(self, timeout_s: float = 0.0) -> None:
        """Refuse new requests, give running ones `timeout_s` to finish, then fail the rest and disconnect."""
        ...
