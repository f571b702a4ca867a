"""The text of single tokens, for log probabilities and step events."""

from __future__ import annotations

from functools import cached_property

from app.text.detokenizer import REPLACEMENT, Detokenizer
from app.text.tokenizer import Tokenizer


class TokenText:
    """Caches the text of tokens: the same few come again and again."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[int, str | None] = {}

    def of(self, token_id: int) -> str | None:
        """The text of a token: empty for a special token, None for a part of a character."""
        if token_id not in self._known:
            text = self._after_anchor(token_id)
            self._known[token_id] = None if REPLACEMENT in text else text
        return self._known[token_id]

    def special(self, token_id: int) -> str | None:
        """A special token's name, such as `<eos>`; None for all others."""
        if self.of(token_id) != "":
            return None
        return self._tokenizer.decode([token_id], skip_special_tokens=False) or None

    def running(self) -> RunningText:
        return RunningText(Detokenizer(self._tokenizer.decode))

    def _after_anchor(self, token_id: int) -> str:
        """The token decoded after another one, because some tokenizers drop a space at the start of a text."""
        anchor, before = self._anchor
        return self._tokenizer.decode([*anchor, token_id])[len(before) :]

    @cached_property
    def _anchor(self) -> tuple[list[int], str]:
        ids = self._tokenizer.encode("a")
        return ids, self._tokenizer.decode(ids)


class RunningText:
    """Locates tokens in a growing text. A character that spans several tokens belongs to the last of them."""

    def __init__(self, detokenizer: Detokenizer) -> None:
        self._detokenizer = detokenizer
        self.length = 0  # in characters

    def add(self, token_id: int) -> tuple[int, str]:
        """(the offset of the token's text in characters, the text)."""
        offset, text = self.length, self._detokenizer.add(token_id)
        self.length += len(text)
        return offset, text
