"""Filling holes: all of them on one canvas, as far as they fit on one."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lsp.budget import cut_window
from lsp.candidates import unsure_spans
from lsp.connection import Ready
from lsp.edits import Change
from lsp.errors import LspError, NothingToDo, ServerDown
from lsp.holes import Hole
from lsp.languages import language
from lsp.postprocess import clean
from lsp.session import Session
from lsp.situation import Situation
from lsp.snapshot import Snapshot, to_model
from lsp.wire import Answer, Extras, Filled, Infill, Pinned
from lsp.wire import Hole as WireHole

# Of the room for text; what is more goes on a canvas of its own.
MIDDLE_SHARE = 0.6
READY_S = 30.0  # a user waits so long for a server that is only starting
# Called with each hole that is full (index, text) while others are not.
OnHole = Callable[[int, str], None]


@dataclass(frozen=True)
class Order:
    """What to fill, in the text of a snapshot."""

    snapshot: Snapshot
    holes: Sequence[Hole]
    hint: str | None = None
    pinned: Pinned = ()
    max_tokens: int | None = None
    candidates: int = 1


async def fill(session: Session, order: Order, on_hole: OnHole | None = None) -> list[Change]:
    """The changes that fill the holes; holes for which the model has nothing are left as they are."""
    ready = await session.connection.wait(READY_S)
    if not ready.model.infill_modes:
        raise LspError(f"The model {ready.model.id} cannot infill.")
    canvas = _Canvas(order)
    room = session.requests.room(ready.model, session.options, sum(_max_tokens(session, order) for _ in order.holes))
    with session.status.busy():
        for first, last in canvas.groups(int(room.window * MIDDLE_SHARE)):
            request = _request(session, ready, order, canvas, first, last, room.window)
            answer = await _ask(session, ready, request, _numbered(on_hole, first))
            canvas.take(first, last, answer)
    changes = [canvas.change(index, session.options.confidence_threshold) for index in range(len(order.holes))]
    found = [change for change in changes if change is not None]
    if not found:
        raise NothingToDo("The model has nothing else to put there.")
    return found


class _Canvas:
    """The text in pieces: what stands between the holes, and what is in them by now."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._fillings: list[Filled | None] = [None] * len(order.holes)
        self._cleaned: list[str] = [""] * len(order.holes)
        text = order.snapshot.text
        ends = [0, *(hole.end for hole in order.holes)]
        starts = [*(hole.start for hole in order.holes), len(text)]
        leads = [*(hole.lead for hole in order.holes), ""]
        self.texts = [to_model(text[end:start]) + lead for end, start, lead in zip(ends, starts, leads, strict=True)]

    def groups(self, max_characters: int) -> list[tuple[int, int]]:
        """First and last hole of each request: together as long as the text between them fits."""
        groups: list[tuple[int, int]] = []
        first = size = 0
        for index in range(1, len(self._order.holes)):
            size += len(self.texts[index])
            if size > max_characters:
                groups.append((first, index - 1))
                first, size = index, 0
        return [*groups, (first, len(self._order.holes) - 1)]

    def before(self, index: int) -> str:
        """All text before a hole, with what the holes before it hold by now."""
        return "".join(self.texts[at] + self._inside(at) for at in range(index)) + self.texts[index]

    def after(self, index: int) -> str:
        return self.texts[index + 1] + "".join(
            self._inside(at) + self.texts[at + 1] for at in range(index + 1, len(self._order.holes))
        )

    def take(self, first: int, last: int, answer: Answer) -> None:
        """Take over the first candidate that changes anything."""
        for choice in answer.choices:
            self._fillings[first : last + 1] = choice
            for index in range(first, last + 1):
                self._cleaned[index] = choice[index - first].text
            for index in range(first, last + 1):
                self._cleaned[index] = clean(choice[index - first].text, self._situation(index))
            if any(self._differs(index) for index in range(first, last + 1)):
                return

    def change(self, index: int, threshold: float) -> Change | None:
        """The edit that fills a hole; None where nothing was found, or only what stands there."""
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

    def _situation(self, index: int) -> Situation:
        hole = self._order.holes[index]
        rules = language(self._order.snapshot.language_id)
        return Situation(self.before(index), self.after(index), rules, multi_line=not hole.single_line)


def _request(session: Session, ready: Ready, order: Order, canvas: _Canvas, first: int, last: int, room: int) -> Infill:
    between = sum(len(canvas.texts[index]) for index in range(first + 1, last + 1))
    window = cut_window(canvas.before(first), canvas.after(last), max(room - between, room // 3))
    segments: list[str | WireHole] = [window.prefix]
    for index in range(first, last + 1):
        hole = order.holes[index]
        hint = order.hint or hole.hint
        segments.append(WireHole(_max_tokens(session, order), hole.single_line, order.pinned, hint))
        segments.append(canvas.texts[index + 1] if index < last else window.suffix)
    extras = Extras(
        language(order.snapshot.language_id).name, n=order.candidates, parameters=session.options.parameters
    )
    return Infill(tuple(part for part in segments if part), extras=extras)


def _max_tokens(session: Session, order: Order) -> int:
    return order.max_tokens or session.options.hole_max_tokens


async def _ask(session: Session, ready: Ready, request: Infill, on_hole: OnHole | None) -> Answer:
    """Streamed only for somebody who looks at it hole by hole."""
    started = time.monotonic()
    if on_hole is None:
        answer = await counted(session, ready.client.infill(request))
    else:
        answer = await counted(session, _streamed(ready, request, on_hole))
    session.status.answered(time.monotonic() - started, answer.tpf)
    return answer


async def counted(session: Session, request: Awaitable[Answer]) -> Answer:
    """The answer; a server that is gone is looked for again."""
    try:
        return await request
    except ServerDown as error:
        session.connection.failed(error)
        raise


async def _streamed(ready: Ready, request: Infill, on_hole: OnHole) -> Answer:
    answer: Answer | None = None
    async for item in ready.client.infill_stream(request):
        if isinstance(item, Answer):
            answer = item
        else:
            on_hole(item[0], item[1].text)
    if answer is None:
        raise LspError("The server ended the answer before it was complete.")
    return answer


def _numbered(on_hole: OnHole | None, first: int) -> OnHole | None:
    return (lambda index, text: on_hole(first + index, text)) if on_hole is not None else None
