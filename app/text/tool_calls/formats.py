"""How families of models are told of tools and write calls. The chat template tells which family it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.text.tool_calls.hermes import HermesFormat
from app.text.tool_calls.llama import LlamaFormat
from app.text.tool_calls.parser import CallParser
from app.text.tool_calls.prompted import PromptedFormat
from app.text.tool_calls.tools import Message, ToolUse


class ToolFormat(Protocol):
    """One family's."""

    is_in_template: bool  # whether the chat template takes `tools`, and messages with calls and results

    def messages(self, messages: Sequence[Message], use: ToolUse | None) -> list[Message]:
        """As the chat template takes them. `use` is None if the model gets no tools."""
        ...

    def grammar(self, use: ToolUse) -> str:
        """Of a reply that consists of calls, in llguidance's Lark."""
        ...

    def parser(self, use: ToolUse) -> CallParser:
        """For one reply."""
        ...


# Texts that a chat template must and must not contain, and the format.
FORMATS: Sequence[tuple[str, str | None, ToolFormat]] = (
    ("<tool_call>", "<function=", HermesFormat()),  # Qwen3-Coder has the same tags, but not JSON between them
    ("<|python_tag|>", None, LlamaFormat()),
    ('"parameters": dictionary of argument name', None, LlamaFormat()),
)
OTHER = PromptedFormat()


def tool_format(chat_template: str) -> ToolFormat:
    """Templates whose format is not known here get text only, as those without tools do."""
    if "tools" in chat_template:
        for required, excluded, found in FORMATS:
            if required in chat_template and not (excluded and excluded in chat_template):
                return found
    return OTHER
