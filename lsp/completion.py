"""Completion at the cursor: from a snapshot to candidates, by way of the cache, the debounce and the model server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

from lsp.cache import Cache, Found
from lsp.candidates import from_filled
from lsp.connection import Connection, Ready
from lsp.errors import LspError, ServerDown, ServerFull
from lsp.jobs import Jobs, Want
from lsp.languages import language
from lsp.options import Options
from lsp.pace import Pace
from lsp.postprocess import clean_all
from lsp.requests import Requests
from lsp.situation import Situation
from lsp.snapshot import Snapshot
from lsp.status import Status
from lsp.wire import Answer, Extras, Hole, Infill, Pinned

REFINED_BUDGET = 4  # so much longer may a draft take when it is made again in the background
NOTHING = Found(())


@dataclass(frozen=True)
class Ask:
    """One request of an editor."""

    snapshot: Snapshot
    candidates: int
    is_invoked: bool = False
    pinned: Pinned = ()
    seed: int | None = None
    budget_ms: int = 0

    @property
    def want(self) -> Want:
        variant = f"{len(self.snapshot.text)} {self.seed} {self.pinned}"
        return Want(self.snapshot.version, self.snapshot.offset, self.candidates, variant)


class Completions:
    """Answers for all documents."""

    def __init__(self, connection: Connection, requests: Requests, status: Status, options: Options) -> None:
        self.options = options
        self.cache = Cache(options.cache_entries)
        self.jobs: Jobs[Found] = Jobs()
        self.pace = Pace()
        self.sent = self.hung_up = 0  # requests to the model server, and those of them that were cancelled
        self._connection = connection
        self._requests = requests
        self._status = status

    def configure(self, options: Options) -> None:
        if options.cache_entries != self.cache.max_entries:
            self.cache = Cache(options.cache_entries)
        self.options = options

    async def complete(self, ask: Ask) -> Found | None:
        """Candidates; None where a newer request of the same document took this one's place."""
        known = self._known(ask)
        if known is not None:
            if known.is_draft:
                self.refine(ask)
            return known
        wait_s = 0.0 if ask.is_invoked else self.pace.wait_s(self.options.debounce_ms / 1000)
        budgeted = replace(ask, budget_ms=ask.budget_ms or self.options.deadline_ms)
        found = await self.jobs.run(ask.snapshot.uri, ask.want, lambda: self._after(wait_s, budgeted))
        if found is not None and found.is_draft:
            self.refine(ask)
        return found

    def prefetch(self, snapshot: Snapshot, candidates: int) -> None:
        """Compute what will be asked for once the user is there."""
        ask = Ask(snapshot, candidates, budget_ms=self.options.deadline_ms)
        if self.options.prefetch and self._known(ask) is None:
            self.jobs.speculate(snapshot.uri, ask.want, lambda: self._compute(ask))

    def refine(self, ask: Ask) -> None:
        """Compute a draft again with more time, for the next request at this place."""
        longer = replace(ask, budget_ms=REFINED_BUDGET * (ask.budget_ms or self.options.deadline_ms))
        self.jobs.speculate(ask.snapshot.uri, ask.want, lambda: self._compute(longer))

    def forget(self, snapshot: Snapshot) -> None:
        """What is known for this very text is not wanted."""
        self.cache.forget(self._settings(snapshot), snapshot.prefix, snapshot.suffix)

    def _known(self, ask: Ask) -> Found | None:
        if ask.pinned or ask.seed is not None:
            return None
        snapshot = ask.snapshot
        return self.cache.get(self._settings(snapshot), snapshot.prefix, snapshot.suffix, ask.candidates)

    def _settings(self, snapshot: Snapshot) -> Hashable:
        options = self.options
        parameters = repr(sorted(options.parameters.items()))
        return (snapshot.language_id, options.max_tokens, options.multi_line, options.deadline_ms, parameters)

    async def _after(self, wait_s: float, ask: Ask) -> Found:
        if wait_s:
            await asyncio.sleep(wait_s)
        return await self._compute(ask)

    async def _compute(self, ask: Ask) -> Found:
        """Ask the model server. Where it is away there is nothing to suggest; the connection tells the user."""
        try:
            ready = self._connection.ready()
            if not ready.model.infill_modes:
                return NOTHING
            with self._status.busy():
                answer = await self._infill(ready, ask)
        except ServerDown as error:
            self._connection.failed(error)
            return NOTHING
        except ServerFull:
            return NOTHING
        except LspError as error:
            self._connection.complain(error)
            return NOTHING
        found = self._found(answer, ask)
        snapshot = ask.snapshot
        self.cache.put(self._settings(snapshot), snapshot.prefix, snapshot.suffix, ask.candidates, found)
        return found

    async def _infill(self, ready: Ready, ask: Ask) -> Answer:
        request = self._request(ready, ask)
        started = time.monotonic()
        self.sent += 1
        try:
            answer = await ready.client.infill(request)
        except asyncio.CancelledError:
            self.hung_up += 1
            raise
        seconds = time.monotonic() - started
        self.pace.answered(seconds)
        self._status.answered(seconds, answer.tpf)
        self._requests.learn(request, ready.model, answer.prompt_tokens)
        return answer

    def _request(self, ready: Ready, ask: Ask) -> Infill:
        situation = self._situation(ask.snapshot)
        is_single = situation.is_mid_line or not situation.multi_line
        hole = Hole(self.options.max_tokens, single_line=is_single, pinned=ask.pinned)
        extras = Extras(
            language=situation.rules.name,
            n=ask.candidates,
            seed=ask.seed,
            time_budget_ms=ask.budget_ms or None,
            parameters=self.options.parameters,
        )
        return self._requests.completion(ask.snapshot, ready.model, self.options, hole, extras)

    def _situation(self, snapshot: Snapshot) -> Situation:
        rules = language(snapshot.language_id)
        return Situation(snapshot.prefix, snapshot.suffix, rules, self.options.multi_line != "never")

    def _found(self, answer: Answer, ask: Ask) -> Found:
        holes = [choice[0] for choice in answer.choices]
        kept = clean_all((hole.text for hole in holes), self._situation(ask.snapshot))
        is_draft = bool(ask.budget_ms) and answer.is_draft(self.options.max_tokens)
        return Found(tuple(from_filled(holes[index], text) for index, text in kept), is_draft)
