"""The rule on closing brackets: a candidate closes what is open, once."""

from __future__ import annotations

from collections.abc import Iterator

from lsp.situation import Situation

PAIRS = {")": "(", "]": "[", "}": "{"}
OPENERS = frozenset(PAIRS.values())
# So much of the text before the cursor is looked at for what is open there.
LOOK_BACK = 4000


def cut_unmatched_closers(text: str, situation: Situation) -> str:
    """The text up to a bracket that closes nothing, or what is closed right of the cursor already."""
    is_open = _open_before(situation)
    for closer in _closers_after(situation.rest_of_line):
        if is_open and is_open[-1] == PAIRS[closer]:
            is_open.pop()
    for at, character in _code(text, situation):
        if character in OPENERS:
            is_open.append(character)
        elif character in PAIRS:
            if not is_open or is_open[-1] != PAIRS[character]:
                return text[:at]
            is_open.pop()
    return text


def _open_before(situation: Situation) -> list[str]:
    """What is open at the cursor, innermost last. Brackets that do not match are taken for strings gone wrong."""
    is_open: list[str] = []
    for _, character in _code(situation.prefix[-LOOK_BACK:], situation):
        if character in OPENERS:
            is_open.append(character)
        elif character in PAIRS and is_open and is_open[-1] == PAIRS[character]:
            is_open.pop()
    return is_open


def _closers_after(rest_of_line: str) -> Iterator[str]:
    """The brackets that the rest of the line begins with."""
    for character in rest_of_line:
        if character in PAIRS:
            yield character
        elif character not in " \t;,:\"'`":
            return


def _code(text: str, situation: Situation) -> Iterator[tuple[int, str]]:
    """The characters of a text that stand neither in a string (of one line) nor in a line comment."""
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
        elif situation.rules.comment and text.startswith(situation.rules.comment, at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        else:
            yield at, character
        at += 1


def _is_apostrophe(text: str, at: int) -> bool:
    """As in "don't", and in Rust's lifetimes."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return text[at] == "'" and ((before.isalpha() and after.isalpha()) or before in ("&", "<"))
