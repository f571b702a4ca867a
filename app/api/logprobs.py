"""Log probabilities of tokens, in the formats of completions and of chats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.serving.token_log import Entry, Scored, TokenLog, has_text


class LoggedText:
    """Which tokens of a streamed text to log: those of the text sent so far."""

    def __init__(self, log: TokenLog | None, shown: int = 0) -> None:
        """The first `shown` characters are sent already."""
        self._log, self._shown = log, shown

    def add(self, text: str, tokens: Sequence[Scored]) -> list[Entry]:
        self._shown += len(text)
        if self._log is None:
            return []
        self._log.add(tokens)
        return self._log.take(self._shown)

    def end(self) -> list[Entry]:
        return self._log.take(self._shown, is_over=True) if self._log else []


def completion_logprobs(entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "tokens": [entry.text for entry in entries],
        "token_logprobs": [round(entry.log_probability, 6) for entry in entries],
        "top_logprobs": [{text: round(value, 6) for text, value in entry.top.items()} for entry in entries],
        "text_offset": [entry.offset for entry in entries],
    }


def chat_logprobs(entries: Sequence[Entry], num_top: int) -> dict[str, Any]:
    """With the `num_top` likeliest tokens at each position, the likeliest first."""
    content = []
    for entry in entries:
        top = sorted(entry.top.items(), key=lambda item: -item[1])[:num_top]
        token = _token_body(entry.text, entry.log_probability)
        content.append(token | {"top_logprobs": [_token_body(text, value) for text, value in top]})
    return {"content": content, "refusal": None}


def _token_body(text: str, log_probability: float) -> dict[str, Any]:
    """The bytes of a character split over several tokens are given with its last token."""
    return {
        "token": text,
        "logprob": round(log_probability, 6),
        "bytes": list(text.encode()) if has_text(text) else None,
    }
