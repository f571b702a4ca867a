"""An infill in progress."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.messages.defaults import InfillMode
from app.messages.events import Stepped
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo
from app.serving.generation import SILENCE, Silence
from app.serving.infill.both_routes import BothRoutes
from app.serving.infill.canvas_route import CanvasRoute
from app.serving.infill.prompt_route import PromptRoute
from app.serving.infill.requests import (
    Candidate,
    HoleDelta,
    HoleDone,
    InfillRequest,
    WindowSnapshot,
    WindowStep,
)
from app.serving.infill.results import joined
from app.serving.infill.revise_route import ReviseRoute
from app.serving.infill.session import InfillSession
from app.serving.infill.syntax import NOT_PARSED
from app.serving.publisher import Publisher
from app.serving.work import Usage
from app.text.line_ends import LineEnds

Update = HoleDelta | HoleDone | WindowStep | WindowSnapshot
Route = CanvasRoute | PromptRoute | BothRoutes | ReviseRoute


class Infill:
    """Work on the holes of a text: iterate it for HoleDelta, HoleDone and, if watched or scored, WindowStep or Stepped.

    `candidates` is empty until the infill is complete; the best comes first.
    """

    def __init__(
        self,
        route: Route,
        session: InfillSession,
        request: InfillRequest,
        mode: InfillMode,
        model: ModelInfo,
        params: GenerationParams,
        warnings: Sequence[str],
        line_ends: LineEnds,
    ) -> None:
        """`request` has the caller's `line_ends`; that of the route has "\\n"."""
        self._route, self._session = route, session
        self.publisher = Publisher(session.watch)
        self.request, self.mode, self.model, self.params = request, mode, model, params
        self._warnings = list(warnings)
        self._line_ends = line_ends
        self._last: dict[tuple[int, int], str] = {}  # what a candidate's hole was last given
        self._started = time.monotonic()
        self._done: list[HoleDone] = []
        self._yields_steps = request.watch or request.scored
        self._total_ms: float | None = None
        self.candidates: tuple[Candidate, ...] = ()

    @property
    def is_complete(self) -> bool:
        return bool(self.candidates)

    def abort(self) -> None:
        self._session.abort()
        self.publisher.close()

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        self._session.watch_client(is_gone)

    def usage(self) -> Usage:
        counters = tuple(self._session.counters)
        delivered = [hole for candidate in self.candidates for hole in candidate.holes]
        holes = delivered if self.is_complete else [done.filled for done in list(self._done)]
        completion_tokens = sum(not token.is_pinned for hole in holes for token in hole.tokens)
        forwards = sum(each.forwards for each in counters)
        return Usage(
            prompt_tokens=self._route.prompt_tokens,
            completion_tokens=completion_tokens,
            cached_prompt_tokens=min((each.cached_tokens for each in counters), default=0),
            cached_tokens=sum(each.cached_tokens for each in counters),
            tpf=completion_tokens / max(1, forwards) if self.is_complete else 0.0,
            total_ms=self._ms() if self._total_ms is None else self._total_ms,
            params=self.params,
            varied_params=("steps", "gen_length") if self.mode in ("canvas", "both") else (),
            warnings=tuple(self._warnings),
            infill_mode=self.mode,
            infill_counters=counters,
        )

    def progress(self) -> Mapping[str, int]:
        filled = Counter(done.candidate for done in list(self._done))
        return {"holes_filled": max(filled.values(), default=0), "holes": len(self.request.holes)}

    def finish_reasons(self) -> list[str]:
        return [hole.finish_reason for candidate in self.candidates for hole in candidate.holes]

    @property
    def fell_behind(self) -> bool:
        return self._session.fell_behind

    def texts(self) -> list[str | None]:
        filled = {done.hole: done.filled.text for done in list(self._done) if done.candidate == 0}
        return [filled.get(hole) for hole in range(len(self.request.holes))]

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | WindowStep | Stepped | Silence]:
        with self.publisher.publishing():
            for item in self._route:
                if item is SILENCE:
                    yield SILENCE
                elif isinstance(item, Stepped):  # without a canvas; subscribers cannot map its positions
                    if self._yields_steps:
                        yield item
                else:
                    item = self._as_callers(item)
                    self._note(item)
                    if not isinstance(item, WindowSnapshot) and (item.kind == "result" or self._yields_steps):
                        yield item
            self._conclude()

    def _note(self, update: Update) -> None:
        if isinstance(update, HoleDone):
            self._done.append(update)
        self.publisher.publish(update)

    def _conclude(self) -> None:
        if self._session.is_aborted:
            return
        candidates = tuple(map(self._restored, self._route.candidates))
        if len(candidates) < self.request.n:
            self._warnings.append(f"Only {len(candidates)} of {self.request.n} candidates are distinct.")
        if self.request.syntax is not None and any(each.num_errors is None for each in candidates):
            self._warnings.append(NOT_PARSED)
        self._total_ms = self._ms()
        self.candidates = candidates

    def _as_callers(self, update: Update) -> Update:
        """With the caller's line ends."""
        if isinstance(update, HoleDelta):
            place = (update.candidate, update.hole)
            text = self._line_ends.restore(update.text, self._last.get(place, ""))
            self._last[place] = update.text
            return replace(update, text=text)
        if isinstance(update, HoleDone):
            return replace(update, filled=replace(update.filled, text=self._line_ends.restore(update.filled.text)))
        return update

    def _restored(self, candidate: Candidate) -> Candidate:
        holes = tuple(replace(hole, text=self._line_ends.restore(hole.text)) for hole in candidate.holes)
        return replace(candidate, holes=holes, text=joined(self.request.texts, [hole.text for hole in holes]))

    def _ms(self) -> float:
        return 1000 * (time.monotonic() - self._started)
