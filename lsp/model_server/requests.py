"""Builds the requests for the model server from snapshots."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.model_server.budget import (
    CROSS_FILE_FROM,
    CROSS_FILE_SHARE,
    DEFAULT_CONTEXT,
    TextWindow,
    TokenEstimate,
    cut_window,
    import_lines,
)
from lsp.model_server.client import ServedModel
from lsp.model_server.recent_chunks import RecentChunks
from lsp.model_server.wire import CommonFields, InfillBody, WireHole, WireSyntax
from lsp.options import Options
from lsp.text.languages import grammar
from lsp.text.snapshot import Snapshot

MAX_PARSED = 200_000  # characters; the server does not parse longer files


@dataclass(frozen=True)
class CharacterBudget:
    """Characters for the window around the cursor, and for chunks of other places."""

    window: int
    cross_file: int


class RequestBuilder:
    """Builds requests that fit the model's context."""

    def __init__(self, estimate: TokenEstimate, recent_chunks: RecentChunks) -> None:
        self.estimate = estimate
        self.recent_chunks = recent_chunks

    def budget(self, model: ServedModel, options: Options, num_masks: int) -> CharacterBudget:
        """What fits into the model's context in addition to the masks, which share the canvas with the text."""
        tokens = options.context_tokens or model.infill_context or DEFAULT_CONTEXT
        tokens = max(tokens - num_masks, tokens // 2)
        total = self.estimate.characters(tokens)
        shared = int(total * CROSS_FILE_SHARE) if options.cross_file and tokens >= CROSS_FILE_FROM else 0
        return CharacterBudget(total - shared, shared)

    def completion(
        self, snapshot: Snapshot, model: ServedModel, options: Options, hole: WireHole, common: CommonFields
    ) -> InfillBody:
        """One hole at the cursor, with the text around it and chunks of other places."""
        budget = self.budget(model, options, hole.max_tokens)
        window = cut_window(snapshot.prefix, snapshot.suffix, budget.window)
        segments = tuple(part for part in (window.prefix, hole, window.suffix) if part)
        syntax = syntax_of(snapshot, model, window)
        return InfillBody(segments, self.context(snapshot, window, budget), common, syntax)

    def context(self, snapshot: Snapshot, window: TextWindow, budget: CharacterBudget) -> tuple[tuple[str, str], ...]:
        """Chunks, then the imports cut off the window. They may also use the rest of the window's budget."""
        remaining = budget.cross_file and budget.cross_file + budget.window - window.size
        if remaining <= 0:
            return ()
        imports = import_lines(window.before)[:remaining]
        chunks = self.recent_chunks.pick(snapshot.uri, window.prefix, remaining - len(imports))
        return (*chunks, ("imports", imports)) if imports else chunks

    def learn(self, request: InfillBody, model: ServedModel, prompt_tokens: int | None) -> None:
        """Update the token estimate, only from requests that certainly fit and so were not trimmed."""
        limit = model.infill_context or DEFAULT_CONTEXT
        if prompt_tokens and prompt_tokens < 0.8 * limit and request.num_characters < 0.8 * limit * 1.5:
            self.estimate.learn(request.num_characters, prompt_tokens)


def syntax_of(snapshot: Snapshot, model: ServedModel, window: TextWindow) -> WireSyntax | None:
    """None if the server does not parse the document's language, or not files of this size."""
    name = grammar(snapshot.language_id)
    if name not in model.infill_syntax or len(snapshot.text) > MAX_PARSED:
        return None
    return WireSyntax(name, window.before, window.after)
