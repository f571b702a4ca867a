"""Tools for chat templates without them: described by a system prompt, with Hermes's calls, and results as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from app.text.tool_calls.hermes import BEGIN, END, HermesFormat
from app.text.tool_calls.tools import Message, ToolUse, parsed_arguments

PROMPT = """You may call functions. These are their signatures, as JSON:
{signatures}

To call one, write its name and its arguments as a JSON object between tags, in this form:
<tool_call>
{{"name": "function name", "arguments": {{"argument name": "value"}}}}
</tool_call>
{number} The results come in the next message, between <tool_response> and </tool_response>. Without a need for a \
function, answer as usual."""
SEVERAL = "Several calls may follow one another."
ONE = "Call only one function at a time."
CALLED_BY = ("tool", "function")  # roles of results


class PromptedFormat(HermesFormat):
    is_in_template = False

    def messages(self, messages: Sequence[Message], use: ToolUse | None) -> list[Message]:
        """Text by system, user and assistant only; the tools are added to the system's first message."""
        plain = list(_plain(messages))
        if use is None:
            return plain
        signatures = "\n".join(json.dumps(tool.for_template["function"], ensure_ascii=False) for tool in use.tools)
        prompt = PROMPT.format(signatures=signatures, number=SEVERAL if use.max_calls is None else ONE)
        if plain and plain[0]["role"] == "system":
            first, *plain = plain
            prompt = f"{first['content']}\n\n{prompt}".lstrip()
        return [{"role": "system", "content": prompt}, *plain]


def _plain(messages: Sequence[Message]) -> Iterator[Message]:
    """Results that follow one another are one message of the user: many templates want the roles to alternate."""
    for is_result, group in groupby(messages, lambda message: message["role"] in CALLED_BY):
        if is_result:
            results = [f"<tool_response>\n{message['content']}\n</tool_response>" for message in group]
            yield {"role": "user", "content": "\n".join(results)}
        else:
            yield from map(_without_calls, group)


def _without_calls(message: Message) -> Message:
    if "tool_calls" not in message:
        return message
    calls = [_written(call["function"]) for call in message["tool_calls"]]
    text = "\n".join([message["content"], *calls] if message["content"] else calls)
    rest = {name: value for name, value in message.items() if name != "tool_calls"}
    return {**rest, "content": text}


def _written(function: dict[str, Any]) -> str:
    """As the grammar and the prompt have it."""
    call = {"name": function["name"], "arguments": parsed_arguments(function)}
    return f"{BEGIN}\n{json.dumps(call, ensure_ascii=False)}\n{END}"
