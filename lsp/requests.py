"""From a snapshot to what is asked of the model server."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.budget import (
    CROSS_FILE_FROM,
    CROSS_FILE_SHARE,
    DEFAULT_CONTEXT,
    TokenEstimate,
    Window,
    cut_window,
    import_lines,
)
from lsp.client import Model
from lsp.context import Ring
from lsp.options import Options
from lsp.snapshot import Snapshot
from lsp.wire import Extras, Hole, Infill


@dataclass(frozen=True)
class Room:
    """Characters for the window, and for parts of other places."""

    window: int
    cross_file: int


class Requests:
    """Builds requests within the model's budget."""

    def __init__(self, estimate: TokenEstimate, ring: Ring) -> None:
        self.estimate = estimate
        self.ring = ring

    def room(self, model: Model, options: Options, num_masks: int) -> Room:
        """The masks are on the same canvas as the text: what the model can look at, less those."""
        tokens = options.context_tokens or model.infill_context or DEFAULT_CONTEXT
        tokens = max(tokens - num_masks, tokens // 2)
        total = self.estimate.characters(tokens)
        shared = int(total * CROSS_FILE_SHARE) if options.cross_file and tokens >= CROSS_FILE_FROM else 0
        return Room(total - shared, shared)

    def completion(self, snapshot: Snapshot, model: Model, options: Options, hole: Hole, extras: Extras) -> Infill:
        """One hole at the cursor, with the text around it and parts of other places."""
        room = self.room(model, options, hole.max_tokens)
        window = cut_window(snapshot.prefix, snapshot.suffix, room.window)
        segments = tuple(part for part in (window.prefix, hole, window.suffix) if part)
        return Infill(segments, self.context(snapshot, window, room), extras)

    def context(self, snapshot: Snapshot, window: Window, room: Room) -> tuple[tuple[str, str], ...]:
        """Chunks, and nearest to the window the imports that it has lost. A small window leaves them more room."""
        left = room.cross_file and room.cross_file + room.window - window.size
        if left <= 0:
            return ()
        cut_off = snapshot.prefix[: len(snapshot.prefix) - len(window.prefix)]
        imports = import_lines(cut_off)[:left]
        chunks = self.ring.pick(snapshot.uri, window.prefix, left - len(imports))
        return (*chunks, ("imports", imports)) if imports else chunks

    def learn(self, request: Infill, model: Model, prompt_tokens: int | None) -> None:
        """Only requests that fit for certain say how many characters a token has."""
        limit = model.infill_context or DEFAULT_CONTEXT
        if prompt_tokens and prompt_tokens < 0.8 * limit and request.num_characters < 0.8 * limit * 1.5:
            self.estimate.learn(request.num_characters, prompt_tokens)
