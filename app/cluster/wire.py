"""What crosses between the front and a replica: plain data, and no times except ages and durations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.messages.events import Event
from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.engine_client import State


@dataclass(frozen=True)
class Hello:
    """The first message of a stream of events."""

    info: ModelInfo
    max_running: int
    max_queue: int


@dataclass(frozen=True)
class Status:
    """Of a replica, when it sent the message."""

    state: State
    step_age_s: float
    num_sequences: int  # that the engine has
    num_others: int  # sequences of other fronts


@dataclass(frozen=True)
class Report:
    """The events since the last report, or none: then it only says that the replica is alive.

    Each has its attempt's key.
    """

    events: Sequence[tuple[int, Event]]
    status: Status
    step_seconds: Sequence[float] = ()  # of each of the engine's steps since the last report
    # Once a second: the keys of all attempts that are there now, and what the engine has done so far.
    keys: Sequence[int] | None = None
    stats: EngineStats | None = None


Message = Hello | Report
