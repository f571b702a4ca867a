"""Completion at the cursor: from a snapshot to candidates, through the cache, the debounce and the model server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

from lsp.cleanup.rules import clean_all
from lsp.errors import LspError, ServerDown, ServerFull
from lsp.model_server.client import ModelClient
from lsp.model_server.connection import ReadyServer, ServerConnection
from lsp.model_server.requests import RequestBuilder
from lsp.model_server.status import Status
from lsp.model_server.wire import CommonFields, InfillBody, Pinned, ServerAnswer, WireHole
from lsp.options import Options
from lsp.suggest.cache import CandidateCache, CandidateList
from lsp.suggest.candidates import Candidate
from lsp.suggest.debounce import Debounce
from lsp.suggest.jobs import DocumentJobs, JobKey
from lsp.text.cursor import CursorContext
from lsp.text.languages import language
from lsp.text.snapshot import Snapshot

REFINED_BUDGET = 4  # a draft is refined in the background within this multiple of the deadline
NO_CANDIDATES = CandidateList(())


@dataclass(frozen=True)
class SuggestionRequest:
    """One completion request of an editor. `budget_ms` is the server's time budget, 0 for none."""

    snapshot: Snapshot
    candidates: int
    is_invoked: bool = False
    pinned: Pinned = ()
    seed: int | None = None
    budget_ms: int = 0

    @property
    def key(self) -> JobKey:
        variant = f"{len(self.snapshot.text)} {self.seed} {self.pinned}"
        return JobKey(self.snapshot.version, self.snapshot.offset, self.candidates, variant)


class Completions:
    """Computes completions for all documents of an editor."""

    def __init__(
        self, connection: ServerConnection, requests: RequestBuilder, status: Status, options: Options
    ) -> None:
        self.options = options
        self.cache = CandidateCache(options.cache_entries)
        self.jobs: DocumentJobs[CandidateList] = DocumentJobs()
        self.debounce = Debounce()
        self.num_sent = self.num_cancelled = 0  # requests to the model server, and those of them that were cancelled
        self._connection = connection
        self._requests = requests
        self._status = status

    def configure(self, options: Options) -> None:
        if options.cache_entries != self.cache.max_entries:
            self.cache = CandidateCache(options.cache_entries)
        self.options = options

    async def complete(self, request: SuggestionRequest) -> CandidateList | None:
        """Candidates; None if a newer request in the same document replaced this one."""
        known = self._known(request)
        if known is not None:
            if known.is_draft:
                self.refine(request)
            return known
        wait_s = 0.0 if request.is_invoked else self.debounce.wait_s(self.options.debounce_ms / 1000)
        budgeted = replace(request, budget_ms=request.budget_ms or self.options.deadline_ms)
        found = await self.jobs.run(request.snapshot.uri, request.key, lambda: self._after(wait_s, budgeted))
        if found is not None and found.is_draft:
            self.refine(request)
        return found

    def prefetch(self, snapshot: Snapshot, candidates: int) -> None:
        """Compute the completion at a place that the user will probably reach next."""
        request = SuggestionRequest(snapshot, candidates, budget_ms=self.options.deadline_ms)
        if self.options.prefetch and self._known(request) is None:
            self.jobs.speculate(snapshot.uri, request.key, lambda: self._compute(request))

    def refine(self, request: SuggestionRequest) -> None:
        """Compute a draft again with more time, for the next request at this position."""
        longer = replace(request, budget_ms=REFINED_BUDGET * (request.budget_ms or self.options.deadline_ms))
        self.jobs.speculate(request.snapshot.uri, request.key, lambda: self._compute(longer))

    def forget(self, snapshot: Snapshot) -> None:
        """Drop the cached answer for exactly this text."""
        self.cache.forget(self._settings(snapshot), snapshot.prefix, snapshot.suffix)

    def _known(self, request: SuggestionRequest) -> CandidateList | None:
        if request.pinned or request.seed is not None:
            return None
        snapshot = request.snapshot
        return self.cache.get(self._settings(snapshot), snapshot.prefix, snapshot.suffix, request.candidates)

    def _settings(self, snapshot: Snapshot) -> Hashable:
        options = self.options
        parameters = repr(sorted(options.parameters.items()))
        return (snapshot.language_id, options.max_tokens, options.multi_line, options.deadline_ms, parameters)

    async def _after(self, wait_s: float, request: SuggestionRequest) -> CandidateList:
        if wait_s:
            await asyncio.sleep(wait_s)
        return await self._compute(request)

    async def _compute(self, request: SuggestionRequest) -> CandidateList:
        """Ask the model server. If that fails there is nothing to suggest; the connection notifies the user."""
        snapshot = request.snapshot
        is_multi_line = self.options.multi_line != "never"
        cursor = CursorContext(snapshot.prefix, snapshot.suffix, language(snapshot.language_id), is_multi_line)
        try:
            ready = self._connection.ready()
            if not ready.model.infill_modes:
                return NO_CANDIDATES
            with self._status.busy():
                answer = await self._infill(ready, request, cursor)
        except ServerDown as error:
            self._connection.failed(error)
            return NO_CANDIDATES
        except ServerFull:
            return NO_CANDIDATES
        except LspError as error:
            self._connection.complain(error)
            return NO_CANDIDATES
        found = self._candidates(answer, request, cursor)
        self.cache.put(self._settings(snapshot), snapshot.prefix, snapshot.suffix, request.candidates, found)
        return found

    async def _infill(self, ready: ReadyServer, request: SuggestionRequest, cursor: CursorContext) -> ServerAnswer:
        body = self._body(ready, request, cursor)
        started = time.monotonic()
        answer = await self._sent(ready.client, body)
        seconds = time.monotonic() - started
        self.debounce.answered(seconds)
        self._status.answered(seconds, answer.tpf)
        self._requests.learn(body, ready.model, answer.prompt_tokens)
        return answer

    async def _sent(self, client: ModelClient, body: InfillBody) -> ServerAnswer:
        self.num_sent += 1
        try:
            return await client.infill(body)
        except asyncio.CancelledError:
            self.num_cancelled += 1
            raise

    def _body(self, ready: ReadyServer, request: SuggestionRequest, cursor: CursorContext) -> InfillBody:
        is_single_line = cursor.is_mid_line or not cursor.multi_line
        hole = WireHole(self.options.max_tokens, single_line=is_single_line, pinned=request.pinned)
        common = CommonFields(
            language=cursor.rules.name,
            n=request.candidates,
            seed=request.seed,
            time_budget_ms=request.budget_ms or None,
            parameters=self.options.parameters,
        )
        return self._requests.completion(request.snapshot, ready.model, self.options, hole, common)

    def _candidates(self, answer: ServerAnswer, request: SuggestionRequest, cursor: CursorContext) -> CandidateList:
        holes = [choice[0] for choice in answer.choices]
        kept = clean_all((hole.text for hole in holes), cursor)
        is_draft = bool(request.budget_ms) and answer.is_draft(self.options.max_tokens)
        return CandidateList(tuple(Candidate(text, holes[index].tokens) for index, text in kept), is_draft)
