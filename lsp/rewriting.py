"""Changing text that is there: selected lines anew, or only the tokens that the model is unsure of."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from lsp.budget import cut_window
from lsp.candidates import unsure_spans
from lsp.edits import Change
from lsp.errors import LspError, NothingToDo
from lsp.filling import READY_S, Order, counted
from lsp.holes import Hole
from lsp.languages import language
from lsp.marks import Mark
from lsp.session import Session
from lsp.situation import leading_space
from lsp.snapshot import Snapshot, to_model
from lsp.wire import Edits, Extras, Filled, Pinned

REWRITE_CANDIDATES = 3  # the first that says something else is taken


@dataclass(frozen=True)
class Accepted:
    """The last completion that was taken over: where it stands now, and how it was."""

    mark: Mark
    text: str


def rewrite_order(
    session: Session, snapshot: Snapshot, start: int, end: int, hint: str | None, pinned: Pinned
) -> Order:
    """The whole lines of a selection as one hole, behind their first indentation."""
    start, end = whole_lines(snapshot.text, start, end)
    if not snapshot.text[start:end].strip():
        raise NothingToDo("Nothing is selected.")
    start += len(leading_space(snapshot.text[start:end]))
    text = snapshot.text[start:end]
    tokens = int(1.5 * len(text) / session.requests.estimate.characters_per_token)
    hole = Hole(start, end, text, "selection", single_line=False)
    max_tokens = max(session.options.hole_max_tokens, tokens)
    return Order(snapshot, [hole], hint, pinned, max_tokens, REWRITE_CANDIDATES)


def whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """The lines that a selection touches, without the last line end. One that ends before a line's first character
    does not touch that line.
    """
    if end > start and text[end - 1] == "\n":
        end -= 1
    start = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    return start, stop - 1 if text[stop - 1 : stop] == "\r" else stop


async def redenoise(session: Session, snapshot: Snapshot, spans: list[tuple[int, int]]) -> list[Change]:
    """The changes of the unsure tokens in the spans (code points of the snapshot)."""
    ready = await session.connection.wait(READY_S)
    if "canvas" not in ready.model.infill_modes:
        raise LspError(f"The model {ready.model.id} cannot change single tokens; rewrite the selection instead.")
    start, end = spans[0][0], spans[-1][1]
    before, middle, after = snapshot.text[:start], snapshot.text[start:end], snapshot.text[end:]
    room = session.requests.room(ready.model, session.options, 0)
    window = cut_window(to_model(before), to_model(after), max(room.window - len(middle), 200))
    text = window.prefix + to_model(middle) + window.suffix
    shift = len(window.prefix)
    inside = [
        (shift + len(to_model(snapshot.text[start:first])), shift + len(to_model(snapshot.text[start:last])))
        for first, last in spans
    ]
    extras = Extras(language(snapshot.language_id).name, parameters=session.options.parameters)
    request = Edits(text, tuple(inside), "redenoise", threshold=session.options.confidence_threshold, extras=extras)
    started = time.monotonic()
    with session.status.busy():
        answer = await counted(session, ready.client.edits(request))
    session.status.answered(time.monotonic() - started, answer.tpf)
    return _changes(session, snapshot, spans, answer.choices[0])


def _changes(
    session: Session, snapshot: Snapshot, spans: list[tuple[int, int]], filled: Sequence[Filled]
) -> list[Change]:
    changes = []
    for (start, end), hole in zip(spans, filled, strict=True):
        old, new = snapshot.text[start:end], snapshot.to_document(hole.text)
        if new != old:
            unsure = unsure_spans(hole.text, hole.tokens, session.options.confidence_threshold)
            changes.append(Change(start, old, new, tuple(unsure) if snapshot.newline == "\n" else ()))
    if not changes:
        raise NothingToDo("The model keeps all of it.")
    return changes


def unchanged_spans(accepted: Accepted, text: str) -> list[tuple[int, int]]:
    """What still stands of a completion in the text; what the user changed in it is his, and stays."""
    start = accepted.mark.start
    before, now = _words(accepted.text), _words(text[accepted.mark.start : accepted.mark.end])
    ends = [0, *accumulate(map(len, now))]
    blocks = SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
    return [(start + ends[block.b], start + ends[block.b + block.size]) for block in blocks if block.size]


def _words(text: str) -> list[str]:
    """A word that the user has changed is his as a whole."""
    return re.findall(r"\w+|\s+|[^\w\s]", text)
