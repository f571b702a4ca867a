"""The rule for closing brackets: a candidate closes each open bracket only once."""

from __future__ import annotations

from collections.abc import Iterator

from lsp.text.cursor import CursorContext

PAIRS = {")": "(", "]": "[", "}": "{"}
OPENERS = frozenset(PAIRS.values())
# Characters before the cursor that are scanned for open brackets.
LOOK_BACK = 4000


def cut_unmatched_closers(text: str, cursor: CursorContext) -> str:
    """The text up to a bracket that closes nothing, or closes one that is closed right of the cursor already."""
    is_open = _open_before(cursor)
    for closer in _closers_after(cursor.rest_of_line):
        if is_open and is_open[-1] == PAIRS[closer]:
            is_open.pop()
    for at, character in _code(text, cursor):
        if character in OPENERS:
            is_open.append(character)
        elif character in PAIRS:
            if not is_open or is_open[-1] != PAIRS[character]:
                return text[:at]
            is_open.pop()
    return text


def _open_before(cursor: CursorContext) -> list[str]:
    """The open brackets at the cursor, innermost last. Unmatched closing brackets are ignored."""
    is_open: list[str] = []
    for _, character in _code(cursor.prefix[-LOOK_BACK:], cursor):
        if character in OPENERS:
            is_open.append(character)
        elif character in PAIRS and is_open and is_open[-1] == PAIRS[character]:
            is_open.pop()
    return is_open


def _closers_after(rest_of_line: str) -> Iterator[str]:
    """The closing brackets at the start of the rest of the line."""
    for character in rest_of_line:
        if character in PAIRS:
            yield character
        elif character not in " \t;,:\"'`":
            return


def _code(text: str, cursor: CursorContext) -> Iterator[tuple[int, str]]:
    """(offset, character) outside single-line strings and line comments."""
    quote = ""
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\n":
            quote = ""
        elif quote:
            if character == "\\":
                at += 1
            elif character == quote:
                quote = ""
        elif character in "\"'`" and not _is_apostrophe(text, at):
            quote = character
        elif cursor.rules.comment and text.startswith(cursor.rules.comment, at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        else:
            yield at, character
        at += 1


def _is_apostrophe(text: str, at: int) -> bool:
    """Whether a quotation mark is an apostrophe ("don't") or starts a Rust lifetime."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return text[at] == "'" and ((before.isalpha() and after.isalpha()) or before in ("&", "<"))
