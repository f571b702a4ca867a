"""JSON objects in a model's text: where one ends, while it arrives, and whether it is a call."""

from __future__ import annotations

import json
from collections.abc import Mapping

SPACE = " \t\n\r"
OUTSIDE_STRINGS = frozenset(f"{SPACE}:,+-.0123456789eEtrufalsn")  # besides quotes and brackets
ARGUMENTS = ("arguments", "parameters")  # Hermes's and Llama's names for them; models mix them up


class ObjectScanner:
    """Finds the end of an object that arrives in pieces. What it finds need not be valid JSON."""

    def __init__(self) -> None:
        self.is_broken = False  # it cannot become an object any more
        self.is_complete = False
        self._depth = 0
        self._is_string = self._is_escaped = False

    def feed(self, text: str) -> int | None:
        """The number of characters up to the object's end; None if it goes on, or is broken."""
        for at, char in enumerate(text):
            if self._is_string:
                self._in_string(char)
            elif char == '"':
                self._is_string = True
            elif char in "{[":
                self._depth += 1
            elif char in "}]":
                self._depth -= 1
            elif char not in OUTSIDE_STRINGS:
                self.is_broken = True
            if self._depth <= 0 and char not in SPACE:  # at depth 0: before the object, or its last bracket
                self.is_complete = not self.is_broken and self._depth == 0 and char == "}"
                self.is_broken = not self.is_complete
                return at + 1 if self.is_complete else None
            if self.is_broken:
                return None
        return None

    def _in_string(self, char: str) -> None:
        if self._is_escaped:
            self._is_escaped = False
        elif char == "\\":
            self._is_escaped = True
        elif char == '"':
            self._is_string = False
        elif char < " ":
            self.is_broken = True


def read_call(text: str) -> tuple[str, str] | None:
    """The name and the arguments, as JSON, of a call; None if the text is not one."""
    try:
        members = _members(text.strip(SPACE))
    except (ValueError, RecursionError):
        return None
    name = json.loads(members.get("name", "null"))
    written = next((members[key] for key in ARGUMENTS if key in members), "{}")
    arguments = json.loads(written)
    if isinstance(arguments, str):  # some models write the object as a string
        written = arguments
        try:
            arguments = json.loads(written, parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None
    return (name, written) if isinstance(name, str) and isinstance(arguments, dict) and _is_unicode(written) else None


def _members(text: str) -> Mapping[str, str]:
    """The values of an object as they are written. Raises ValueError."""
    if not isinstance(json.loads(text, parse_constant=_refuse), dict):
        raise ValueError("not an object")
    decoder, members, at = json.JSONDecoder(), {}, 1
    while (at := _skip(text, at)) < len(text) - 1:
        key, at = decoder.raw_decode(text, at)
        start = _skip(text, at)
        _, at = decoder.raw_decode(text, start)
        members[key] = text[start:at]
    return members


def _skip(text: str, at: int) -> int:
    """Past whitespace and the separators, which are where they belong."""
    while text[at] in f"{SPACE}:,":
        at += 1
    return at


def _refuse(constant: str) -> None:
    """NaN and infinities, which Python takes for JSON."""
    raise ValueError(f"{constant} is not JSON")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
