"""How many threads the worker has, and how many of them what takes long may hold."""

from __future__ import annotations

from dataclasses import dataclass

FOLLOWERS = 16  # of other clients' requests
NEW_SOCKETS = 32  # WebSockets that have not said yet what they want
# Requests that are not in the engine: their last events are still being sent, or their prompts are prepared.
UNSUBMITTED = 8
SHORT = 16  # always free for what is answered at once, such as /health


@dataclass(frozen=True)
class Threads:
    """A running request holds a thread, whether it is streamed or not, and so does a WebSocket."""

    max_requests: int
    max_followers: int = FOLLOWERS
    max_new_sockets: int = NEW_SOCKETS

    @classmethod
    def for_engine(cls, max_sequences: int, max_queue: int) -> Threads:
        return cls(max_sequences + max_queue + UNSUBMITTED)

    @property
    def total(self) -> int:
        return self.max_requests + self.max_followers + self.max_new_sockets + SHORT
