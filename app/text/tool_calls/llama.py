"""Llama 3's calls: the whole reply is an object with `name` and `parameters`."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.tool_calls.grammar import calls_grammar
from app.text.tool_calls.parser import Before, CallParser
from app.text.tool_calls.tools import Message, ToolUse, with_parsed_arguments

# A special token that may announce a call. Most tokenizers leave it out of the text.
PYTHON_TAG = "<|python_tag|>"


class LlamaFormat:
    """A constrained reply has one call: the template refuses messages with several."""

    is_in_template = True

    def messages(self, messages: Sequence[Message], use: ToolUse | None) -> list[Message]:
        return with_parsed_arguments(messages)

    def grammar(self, use: ToolUse) -> str:
        return calls_grammar(use, "", "parameters", LlamaMarkers.tail, None)

    def parser(self, use: ToolUse) -> CallParser:
        return CallParser(LlamaMarkers(), use)


class LlamaMarkers:
    """Only the beginning of a reply can be a call. Some models write several, with semicolons between them."""

    tail = ""

    def opening(self, text: str, before: Before) -> tuple[int, int | None]:
        rest = text.lstrip()
        if before == "call" and rest.startswith(";"):
            rest = rest[1:].lstrip()
        elif before == "text" or (before == "call" and rest):
            return len(text), None
        if rest.startswith(PYTHON_TAG):
            rest = rest[len(PYTHON_TAG) :].lstrip()
        if rest.startswith("{"):
            return 0, len(text) - len(rest)
        return (0 if PYTHON_TAG.startswith(rest) else len(text)), None

    def closing(self, text: str, is_over: bool) -> int | None:
        return 0
