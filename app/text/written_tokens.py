"""Special tokens that a caller wrote into a message, kept apart from those of the chat template.

A message is text: what it says must not become a control token, or it could end its turn and begin another one. So
before the template is rendered, each special token in a caller's text is replaced by a stand-in, a character of
Unicode's private use that the request does not contain. What is special in the rendered text is then the template's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from app.errors import RequestError

PRIVATE_USE = range(0xF0000, 0xFFFFE)  # plane 15
PRIVATE = re.compile("[\U000f0000-\U000ffffd]")
# Models write these in their replies, which show them, and a client sends the reply back as the assistant's message.
SHOWN_IN_REPLIES = ("<think>", "</think>", "<tool_call>", "</tool_call>")


class SpecialTexts:
    """Finds a tokenizer's special tokens in text."""

    def __init__(self, tokens: Collection[str], hidden: Collection[str]) -> None:
        """`hidden` are those that never appear in a reply's text."""
        self.all = _any_of(tokens)
        self.of_assistant = _any_of(token for token in tokens if token in hidden or token not in SHOWN_IN_REPLIES)


class WrittenTokens:
    """The special tokens in one request's messages, tools and other values for the template."""

    def __init__(self, special: SpecialTexts, *values: Any) -> None:
        """`values` are everything that `mark` will be called with."""
        self._special = special
        taken = {character for text in _texts(values) for character in PRIVATE.findall(text)}
        self._free = (chr(code) for code in PRIVATE_USE if chr(code) not in taken)
        self._stand_ins: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no special token was found so far."""
        return not self._stand_ins

    def mark_messages(self, messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self._message(message) for message in messages]

    def mark(self, value: Any) -> Any:
        """The value with stand-ins in all of its texts, also where they are keys. Marking it again changes nothing."""
        return self._mark(value, self._special.all)

    def restore(self, text: str) -> str:
        """The text with what the stand-ins stand for. Templates may have written them as escapes of JSON or Python."""
        for token, stand_in in self._stand_ins.items():
            for written in (stand_in, json.dumps(stand_in)[1:-1], ascii(stand_in)[1:-1]):
                text = text.replace(written, token)
        return text

    def _message(self, message: Mapping[str, Any]) -> dict[str, Any]:
        pattern = self._special.of_assistant if message.get("role") == "assistant" else self._special.all
        marked = {name: self._mark(value, pattern) for name, value in message.items() if name != "tool_calls"}
        if "tool_calls" in message:
            marked["tool_calls"] = [self._call(call, pattern) for call in message["tool_calls"]]
        return marked

    def _call(self, call: Mapping[str, Any], pattern: re.Pattern[str]) -> Any:
        """Arguments are JSON in a text; its escapes can hide a special token until the template gets the object."""
        function = call.get("function")
        arguments = function.get("arguments") if isinstance(function, Mapping) else None
        if not isinstance(arguments, str) or "\\" not in arguments:
            return self._mark(call, pattern)
        try:
            parsed = json.loads(arguments)
        except (ValueError, RecursionError):
            return self._mark(call, pattern)
        if not any(pattern.search(text) for text in _texts(parsed)):
            return self._mark(call, pattern)
        written = json.dumps(self._mark(parsed, pattern), ensure_ascii=False)
        return self._mark({**call, "function": {**call["function"], "arguments": written}}, pattern)

    def _mark(self, value: Any, pattern: re.Pattern[str]) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda match: self._stand_in(match[0]), value)
        if isinstance(value, Mapping):
            return {self._mark(key, pattern): self._mark(item, pattern) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._mark(item, pattern) for item in value]
        return value

    def _stand_in(self, token: str) -> str:
        if token not in self._stand_ins:
            stand_in = next(self._free, None)
            if stand_in is None:
                raise RequestError("The messages contain every character of Unicode's private use plane.", "messages")
            self._stand_ins[token] = stand_in
        return self._stand_ins[token]


def _any_of(tokens: Iterator[str] | Collection[str]) -> re.Pattern[str]:
    """Longer ones first, as tokenizers match them; with one group, for `re.split`."""
    longest_first = sorted(tokens, key=lambda token: (-len(token), token))
    return re.compile("(" + ("|".join(map(re.escape, longest_first)) or r"(?!)") + ")")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
