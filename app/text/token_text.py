"""What a single token says, for those who look at tokens one by one."""

from __future__ import annotations

from functools import cached_property

from app.text.detokenizer import REPLACEMENT, Detokenizer
from app.text.tokenizer import Tokenizer


class TokenText:
    """Remembers what it looked up: the same few tokens come again and again."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[int, str | None] = {}

    def of(self, token_id: int) -> str | None:
        """A special token's is empty. None: it is a part of a character, which has no text of its own."""
        if token_id not in self._known:
            text = self._behind_anchor(token_id)
            self._known[token_id] = None if REPLACEMENT in text else text
        return self._known[token_id]

    def special(self, token_id: int) -> str | None:
        """A special token's name, such as `<eos>`; None for all others."""
        if self.of(token_id) != "":
            return None
        return self._tokenizer.decode([token_id], skip_special_tokens=False) or None

    def running(self) -> RunningText:
        return RunningText(Detokenizer(self._tokenizer.decode))

    def _behind_anchor(self, token_id: int) -> str:
        """Some tokenizers drop a space at the start of a text, so the token stands behind another."""
        anchor, before = self._anchor
        return self._tokenizer.decode([*anchor, token_id])[len(before) :]

    @cached_property
    def _anchor(self) -> tuple[list[int], str]:
        ids = self._tokenizer.encode("a")
        return ids, self._tokenizer.decode(ids)


class RunningText:
    """A text token by token. A character that several tokens share belongs to the last of them."""

    def __init__(self, detokenizer: Detokenizer) -> None:
        self._detokenizer = detokenizer
        self.length = 0  # in characters

    def add(self, token_id: int) -> tuple[int, str]:
        """(where the token's text begins, the text)."""
        offset, text = self.length, self._detokenizer.add(token_id)
        self.length += len(text)
        return offset, text
