"""Hermes's and Qwen's calls: `<tool_call>`, an object with `name` and `arguments`, `</tool_call>`, each on a line."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.stop import overlap
from app.text.tool_calls.grammar import calls_grammar
from app.text.tool_calls.parser import Before, CallParser
from app.text.tool_calls.tools import Message, ToolUse, with_parsed_arguments

BEGIN, END = "<tool_call>", "</tool_call>"


class HermesFormat:
    is_in_template = True

    def messages(self, messages: Sequence[Message], use: ToolUse | None) -> list[Message]:
        return with_parsed_arguments(messages)

    def grammar(self, use: ToolUse) -> str:
        return calls_grammar(use, f"{BEGIN}\n", "arguments", HermesMarkers.tail, "\n")

    def parser(self, use: ToolUse) -> CallParser:
        return CallParser(HermesMarkers(), use)


class HermesMarkers:
    """They may be anywhere in a text."""

    tail = f"\n{END}"

    def opening(self, text: str, before: Before) -> tuple[int, int | None]:
        at = text.find(BEGIN)
        return (at, len(BEGIN)) if at >= 0 else (len(text) - overlap(text, BEGIN), None)

    def closing(self, text: str, is_over: bool) -> int | None:
        """Models leave out the end marker at the end of a reply and before the next call."""
        rest = text.lstrip()
        num_space = len(text) - len(rest)
        if rest.startswith(END):
            return num_space + len(END)
        if rest.startswith(BEGIN):
            return num_space
        if not (END.startswith(rest) or BEGIN.startswith(rest)):
            return -1
        return len(text) if is_over else None
