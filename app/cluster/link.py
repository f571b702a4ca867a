"""What the front knows of one replica, and of the sequences it has sent there. Guarded by the pool's lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.cluster.resumption import Resumption
from app.cluster.routing import SentPrefixes
from app.cluster.totals import NOTHING
from app.cluster.wire import Hello, Status
from app.messages.stats import EngineStats
from app.serving.generation import Generation

# A replica reports every second, if only to say that it is alive.
SILENT_S = 5.0  # after this long without a report it gets no new sequences
LOST_S = 20.0  # and after this long its sequences start again elsewhere
STALLED_S = 30.0  # a step that takes longer may have to do with the next sequence, too


@dataclass(eq=False)
class Job:
    """A sequence of a caller."""

    generation: Generation
    index: int
    resumption: Resumption
    hashes: Sequence[int]  # of the original prompt
    submitted: float  # on the pool's clock, like the other times here
    is_watched: bool = False
    aborted: float | None = None  # when the caller asked for it
    last_block: float | None = None
    homeless: float | None = None  # since when no replica has it
    # Of the current attempt:
    link: Link | None = None
    key: int = -1
    started: float = 0.0
    cancel: Callable[[], None] = lambda: None


@dataclass(eq=False)
class Link:
    """A replica."""

    name: str
    heard: float  # when the last message came
    hello: Hello | None = None  # None: it has not answered yet
    status: Status | None = None
    stats: EngineStats = NOTHING
    is_new: bool = True  # False: it was lost before
    is_member: bool = True  # False: it is drained, so it gets no new sequences
    is_gone: bool = False
    jobs: dict[int, Job] = field(default_factory=dict)
    sent: SentPrefixes = field(default_factory=SentPrefixes)
    num_assigned: int = 0

    @property
    def load(self) -> int:
        return len(self.jobs) + (self.status.num_others if self.status else 0)

    def is_coming(self, now: float) -> bool:
        """Whether it will be usable in a moment: Ray has just said that it is ready, and it has not answered yet."""
        return self.is_new and self.is_member and self.hello is None and now - self.heard <= SILENT_S

    def is_usable(self, now: float) -> bool:
        if self.hello is None or not self.is_member or self.is_gone or now - self.heard > SILENT_S:
            return False
        return self.status is None or (self.status.state == "ready" and self.status.step_age_s <= STALLED_S)
