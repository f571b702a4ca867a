"""Filling holes: all of them on one canvas if they fit, otherwise on several."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lsp.cleanup.rules import clean
from lsp.editor.session import EditorSession
from lsp.errors import LspError, NothingToDo, ServerDown
from lsp.model_server.budget import TextWindow, cut_window
from lsp.model_server.connection import ReadyServer
from lsp.model_server.requests import syntax_of
from lsp.model_server.wire import CommonFields, InfillBody, Pinned, ServerAnswer, WireFilledHole, WireHole
from lsp.suggest.candidates import unsure_spans
from lsp.text.cursor import CursorContext
from lsp.text.edits import Change
from lsp.text.holes import Hole
from lsp.text.languages import language
from lsp.text.snapshot import Snapshot, to_model

MIDDLE_SHARE = 0.6  # of the text budget, for the text between the holes of one canvas
READY_S = 30.0  # how long a command waits for a server that is still starting
# Called with (index, text) of each hole as soon as it is complete.
OnHole = Callable[[int, str], None]


@dataclass(frozen=True)
class FillOrder:
    """The holes to fill in the text of a snapshot. `max_tokens` and `candidates` are per hole and per request."""

    snapshot: Snapshot
    holes: Sequence[Hole]
    hint: str | None = None
    pinned: Pinned = ()
    max_tokens: int | None = None
    candidates: int = 1


async def fill(session: EditorSession, order: FillOrder, on_hole: OnHole | None = None) -> list[Change]:
    """The changes that fill the holes. Raises NothingToDo if there are none; holes without a filling are left out."""
    ready = await session.connection.wait(READY_S)
    if not ready.model.infill_modes:
        raise LspError(f"The model {ready.model.id} cannot infill.")
    max_tokens = order.max_tokens or session.options.hole_max_tokens
    canvas = _Canvas(order)
    num_characters = session.requests.budget(ready.model, session.options, max_tokens * len(order.holes)).window
    common = CommonFields(
        language(order.snapshot.language_id).name, n=order.candidates, parameters=session.options.parameters
    )
    with session.status.busy():
        for first, last in canvas.groups(int(num_characters * MIDDLE_SHARE)):
            window = canvas.window(first, last, num_characters)
            syntax = syntax_of(order.snapshot, ready.model, window)
            body = InfillBody(canvas.segments(first, last, window, max_tokens), common=common, syntax=syntax)
            answer = await _infill(session, ready, body, _numbered(on_hole, first))
            canvas.take(first, last, answer)
    changes = [canvas.change(index, session.options.confidence_threshold) for index in range(len(order.holes))]
    found = [change for change in changes if change is not None]
    if not found:
        raise NothingToDo("The model has nothing else to put there.")
    return found


class _Canvas:
    """The text between the holes, and the fillings so far."""

    def __init__(self, order: FillOrder) -> None:
        self._order = order
        self._fillings: list[WireFilledHole | None] = [None] * len(order.holes)
        self._cleaned: list[str] = [""] * len(order.holes)
        text = order.snapshot.text
        ends = [0, *(hole.end for hole in order.holes)]
        starts = [*(hole.start for hole in order.holes), len(text)]
        leads = [*(hole.lead for hole in order.holes), ""]
        self.texts = [to_model(text[end:start]) + lead for end, start, lead in zip(ends, starts, leads, strict=True)]

    def groups(self, max_characters: int) -> list[tuple[int, int]]:
        """(first, last) hole of each request: as many as the text between them allows."""
        groups: list[tuple[int, int]] = []
        first = size = 0
        for index in range(1, len(self._order.holes)):
            size += len(self.texts[index])
            if size > max_characters:
                groups.append((first, index - 1))
                first, size = index, 0
        return [*groups, (first, len(self._order.holes) - 1)]

    def window(self, first: int, last: int, num_characters: int) -> TextWindow:
        """The text around the holes from first to last: with that between them, about `num_characters`."""
        between = sum(len(self.texts[index]) for index in range(first + 1, last + 1))
        return cut_window(self.before(first), self.after(last), max(num_characters - between, num_characters // 3))

    def segments(self, first: int, last: int, window: TextWindow, max_tokens: int) -> tuple[str | WireHole, ...]:
        """The text and holes of one request: the holes from first to last, in their window."""
        segments: list[str | WireHole] = [window.prefix]
        for index in range(first, last + 1):
            hole = self._order.holes[index]
            hint = self._order.hint or hole.hint
            segments.append(WireHole(max_tokens, hole.single_line, self._order.pinned, hint))
            segments.append(self.texts[index + 1] if index < last else window.suffix)
        return tuple(part for part in segments if part)

    def before(self, index: int) -> str:
        """All text before a hole, including the fillings of the holes before it."""
        return "".join(self.texts[at] + self._inside(at) for at in range(index)) + self.texts[index]

    def after(self, index: int) -> str:
        return self.texts[index + 1] + "".join(
            self._inside(at) + self.texts[at + 1] for at in range(index + 1, len(self._order.holes))
        )

    def take(self, first: int, last: int, answer: ServerAnswer) -> None:
        """Use the first candidate that changes anything."""
        for choice in answer.choices:
            self._fillings[first : last + 1] = choice
            for index in range(first, last + 1):
                self._cleaned[index] = choice[index - first].text
            for index in range(first, last + 1):
                self._cleaned[index] = clean(choice[index - first].text, self._cursor(index))
            if any(self._differs(index) for index in range(first, last + 1)):
                return

    def change(self, index: int, threshold: float) -> Change | None:
        """The change that fills a hole; None if its filling is empty or the same as its present text."""
        hole, filling, text = self._order.holes[index], self._fillings[index], self._cleaned[index]
        if filling is None or not self._differs(index):
            return None
        snapshot = self._order.snapshot
        lead, new = snapshot.to_document(hole.lead), snapshot.to_document(text)
        spans = unsure_spans(text, filling.tokens, threshold) if snapshot.newline == "\n" else []
        unsure = tuple((start + len(lead), end + len(lead), confidence) for start, end, confidence in spans)
        return Change(hole.start, snapshot.text[hole.start : hole.end], lead + new, unsure)

    def _differs(self, index: int) -> bool:
        return bool(self._cleaned[index]) and self._cleaned[index] != to_model(self._order.holes[index].text)

    def _inside(self, index: int) -> str:
        return self._cleaned[index] or to_model(self._order.holes[index].text)

    def _cursor(self, index: int) -> CursorContext:
        hole = self._order.holes[index]
        rules = language(self._order.snapshot.language_id)
        return CursorContext(self.before(index), self.after(index), rules, multi_line=not hole.single_line)


async def _infill(session: EditorSession, ready: ReadyServer, body: InfillBody, on_hole: OnHole | None) -> ServerAnswer:
    """Send the request, streamed only if the caller wants each hole as soon as it is complete."""
    started = time.monotonic()
    if on_hole is None:
        answer = await answered(session, ready.client.infill(body))
    else:
        answer = await answered(session, _streamed(ready, body, on_hole))
    session.status.answered(time.monotonic() - started, answer.tpf)
    return answer


async def answered(session: EditorSession, request: Awaitable[ServerAnswer]) -> ServerAnswer:
    """The answer. If the server is down, the connection starts searching for it again."""
    try:
        return await request
    except ServerDown as error:
        session.connection.failed(error)
        raise


async def _streamed(ready: ReadyServer, body: InfillBody, on_hole: OnHole) -> ServerAnswer:
    answer: ServerAnswer | None = None
    async for item in ready.client.infill_stream(body):
        if isinstance(item, ServerAnswer):
            answer = item
        else:
            on_hole(item[0], item[1].text)
    if answer is None:
        raise LspError("The server ended the answer before it was complete.")
    return answer


def _numbered(on_hole: OnHole | None, first: int) -> OnHole | None:
    return (lambda index, text: on_hole(first + index, text)) if on_hole is not None else None
