"""Counts unmatched brackets and quotes, to compare texts that differ in one place. Not a parser of any language.

Brackets in strings do not count. A string ends with its line unless its quotes are those of long strings. Comments are
read like code: what they unbalance is the same in all of the compared texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

PAIRS = {")": "(", "]": "[", "}": "{"}
OPENING = frozenset(PAIRS.values())
STRING_PREFIXES = ("f", "r", "b", "u", "fr", "rf", "br", "rb")
WORD_BEFORE = re.compile(r"[^\W\d_]+$")
LONG_QUOTES = ('"""', "'''", "`")


@dataclass(frozen=True)
class Balance:
    """The state at some place of a text: open brackets (innermost last), the open quote, and the errors so far."""

    brackets: tuple[str, ...] = ()
    quote: str = ""
    num_unmatched: int = 0

    @property
    def num_errors(self) -> int:
        """If the text ended here."""
        return self.num_unmatched + len(self.brackets) + bool(self.quote)

    def after(self, text: str) -> Balance:
        """The state after more text."""
        scan = _Scan(list(self.brackets), self.quote, self.num_unmatched)
        scan.read(text)
        return replace(self, brackets=tuple(scan.brackets), quote=scan.quote, num_unmatched=scan.num_unmatched)


@dataclass
class _Scan:
    brackets: list[str] = field(default_factory=list)
    quote: str = ""
    num_unmatched: int = 0

    def read(self, text: str) -> None:
        at = 0
        while at < len(text):
            at += self._in_string(text, at) if self.quote else self._in_code(text, at)

    def _in_string(self, text: str, at: int) -> int:
        """Reads one character or more; returns how many."""
        if text[at] == "\\":
            return 2
        if text[at] == "\n" and self.quote not in LONG_QUOTES:
            self.num_unmatched += 1
            self.quote = ""
        elif text.startswith(self.quote, at):
            size, self.quote = len(self.quote), ""
            return size
        return 1

    def _in_code(self, text: str, at: int) -> int:
        character = text[at]
        if character in "\"'`" and not _is_apostrophe(text, at):
            self.quote = next((quote for quote in LONG_QUOTES if text.startswith(quote, at)), character)
            return len(self.quote)
        if character in OPENING:
            self.brackets.append(character)
        elif character in PAIRS:
            if self.brackets and self.brackets[-1] == PAIRS[character]:
                self.brackets.pop()
            else:
                self.num_unmatched += 1
        return 1


def _is_apostrophe(text: str, at: int) -> bool:
    """Whether a quotation mark is an apostrophe ("don't") or starts a Rust lifetime, and does not begin a string."""
    word, after = WORD_BEFORE.search(text[max(0, at - 3) : at]), text[at + 1 : at + 2]
    is_in_word = word is not None and word[0].lower() not in STRING_PREFIXES and after.isalpha()
    return text[at] == "'" and (is_in_word or text[at - 1 : at] in ("&", "<"))
