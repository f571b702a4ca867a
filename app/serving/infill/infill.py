"""An infill in progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from app.messages.defaults import InfillMode
from app.messages.events import Stepped
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo
from app.serving.feed import Feed
from app.serving.infill.canvas_route import CanvasRoute
from app.serving.infill.prompt_route import PromptRoute
from app.serving.infill.requests import HoleDelta, HoleDone, InfillRequest, Outcome, WindowSight, WindowStep
from app.serving.infill.revise_route import ReviseRoute
from app.serving.infill.session import Session

Route = CanvasRoute | PromptRoute | ReviseRoute


class Infill:
    """Iterate it for HoleDelta, HoleDone, WindowStep or Stepped where it is watched or scored, and None about every
    TICK_S of silence.

    `outcome` is there once the iteration is over. Raises EngineFailed or ShuttingDown. `abort` may come at any time,
    from any thread, and again.
    """

    def __init__(
        self,
        route: Route,
        session: Session,
        request: InfillRequest,
        mode: InfillMode,
        model: ModelInfo,
        params: GenerationParams,
        warnings: Sequence[str],
    ) -> None:
        self._route, self._session = route, session
        self.feed = Feed(session.watch)
        self.request, self.mode, self.model, self.params = request, mode, model, params
        self._warnings = list(warnings)
        self._started = time.monotonic()
        self.outcome: Outcome | None = None

    @property
    def is_complete(self) -> bool:
        return self.outcome is not None

    @property
    def num_tokens(self) -> int:
        """Of all candidates that are told."""
        return sum(len(hole.tokens) for one in self.outcome.candidates for hole in one.holes) if self.outcome else 0

    def abort(self) -> None:
        self._session.abort()
        self.feed.end()

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step that finds the client gone."""
        self._session.watch_client(is_gone)

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | WindowStep | Stepped | None]:
        with self.feed.told():
            for item in self._route:
                if item is not None and not isinstance(item, Stepped):
                    self.feed.tell(item)
                is_step = isinstance(item, WindowStep | Stepped)
                if not isinstance(item, WindowSight) and (self.request.watch or not is_step):
                    yield item
            self._conclude()

    def _conclude(self) -> None:
        if self._session.is_aborted:
            return
        candidates = tuple(self._route.candidates)
        if len(candidates) < self.request.n:
            self._warnings.append(f"Only {len(candidates)} of {self.request.n} candidates are distinct.")
        total_ms = 1000 * (time.monotonic() - self._started)
        self.outcome = Outcome(
            candidates, tuple(self._session.counters), self._route.prompt_tokens, total_ms, tuple(self._warnings)
        )
