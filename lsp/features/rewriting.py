"""Changing existing text: rewriting selected lines, or denoising only the unsure tokens again."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from lsp.editor.session import EditorSession
from lsp.errors import LspError, NothingToDo
from lsp.features.filling import READY_S, FillOrder, answered
from lsp.model_server.budget import cut_window
from lsp.model_server.wire import CommonFields, EditsBody, Pinned, WireFilledHole
from lsp.suggest.candidates import unsure_spans
from lsp.text.cursor import leading_space
from lsp.text.edits import Change
from lsp.text.holes import Hole
from lsp.text.languages import language
from lsp.text.marks import AcceptedCompletion
from lsp.text.snapshot import Snapshot, to_model

REWRITE_CANDIDATES = 3  # the first that differs from the present text is used


def rewrite_order(
    session: EditorSession, snapshot: Snapshot, start: int, end: int, hint: str | None, pinned: Pinned
) -> FillOrder:
    """The whole lines of a selection as one hole, which starts after the first line's indentation."""
    start, end = whole_lines(snapshot.text, start, end)
    if not snapshot.text[start:end].strip():
        raise NothingToDo("Nothing is selected.")
    start += len(leading_space(snapshot.text[start:end]))
    text = snapshot.text[start:end]
    tokens = int(1.5 * len(text) / session.requests.estimate.characters_per_token)
    hole = Hole(start, end, text, "selection", single_line=False)
    max_tokens = max(session.options.hole_max_tokens, tokens)
    return FillOrder(snapshot, [hole], hint, pinned, max_tokens, REWRITE_CANDIDATES)


def whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Start and end of the lines that a selection touches, without the last line end.

    A selection that ends before the first character of a line does not touch that line.
    """
    if end > start and text[end - 1] == "\n":
        end -= 1
    start = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    return start, stop - 1 if text[stop - 1 : stop] == "\r" else stop


async def redenoise(session: EditorSession, snapshot: Snapshot, spans: list[tuple[int, int]]) -> list[Change]:
    """The changes that denoise the unsure tokens in the spans (code points of the snapshot) again."""
    ready = await session.connection.wait(READY_S)
    if "canvas" not in ready.model.infill_modes:
        raise LspError(f"The model {ready.model.id} cannot denoise single tokens again; rewrite the selection instead.")
    start, end = spans[0][0], spans[-1][1]
    before, middle, after = snapshot.text[:start], snapshot.text[start:end], snapshot.text[end:]
    budget = session.requests.budget(ready.model, session.options, 0)
    window = cut_window(to_model(before), to_model(after), max(budget.window - len(middle), 200))
    text = window.prefix + to_model(middle) + window.suffix
    shift = len(window.prefix)
    inside = [
        (shift + len(to_model(snapshot.text[start:first])), shift + len(to_model(snapshot.text[start:last])))
        for first, last in spans
    ]
    common = CommonFields(language(snapshot.language_id).name, parameters=session.options.parameters)
    request = EditsBody(text, tuple(inside), "redenoise", threshold=session.options.confidence_threshold, common=common)
    started = time.monotonic()
    with session.status.busy():
        answer = await answered(session, ready.client.edits(request))
    session.status.answered(time.monotonic() - started, answer.tpf)
    return _changes(session, snapshot, spans, answer.choices[0])


def _changes(
    session: EditorSession, snapshot: Snapshot, spans: list[tuple[int, int]], filled: Sequence[WireFilledHole]
) -> list[Change]:
    changes = []
    for (start, end), hole in zip(spans, filled, strict=True):
        old, new = snapshot.text[start:end], snapshot.to_document(hole.text)
        if new != old:
            unsure = unsure_spans(hole.text, hole.tokens, session.options.confidence_threshold)
            changes.append(Change(start, old, new, tuple(unsure) if snapshot.newline == "\n" else ()))
    if not changes:
        raise NothingToDo("The model changes nothing there.")
    return changes


def unchanged_spans(accepted: AcceptedCompletion, text: str) -> list[tuple[int, int]]:
    """The spans of an accepted completion that the user has not changed since (code points of `text`)."""
    start = accepted.mark.start
    before, now = _words(accepted.text), _words(text[accepted.mark.start : accepted.mark.end])
    ends = [0, *accumulate(map(len, now))]
    blocks = SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
    return [(start + ends[block.b], start + ends[block.b + block.size]) for block in blocks if block.size]


def _words(text: str) -> list[str]:
    """Words, whitespace and punctuation: a word that the user has changed in part counts as changed."""
    return re.findall(r"\w+|\s+|[^\w\s]", text)
