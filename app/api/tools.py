"""The tools of a chat request, and calls in its answer, in OpenAI's format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import RequestError
from app.messages.grammar import RequestedGrammar
from app.serving.requests import CallArguments, CallBegun, CallParser, Part, Tool, ToolUse

NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")


def requested_tools(body: Mapping[str, Any], form: RequestedGrammar | None) -> ToolUse | None:
    """From a validated body, in which `form` is the form of the reply's text. None if the model gets no tools.

    Tools that the model may use exclude a form; a reply of forced calls has no text that the form would apply to.

    Raises RequestError.
    """
    tools, choice = _tools(body), body.get("tool_choice", "auto")
    named = choice["function"]["name"] if isinstance(choice, dict) else None
    if named is not None and named not in {tool.name for tool in tools}:
        raise RequestError(f"tool_choice names the function {named!r}, which is not among the tools.", "tool_choice")
    if choice == "required" and not tools:
        raise RequestError("tool_choice is required, but there are no tools.", "tool_choice")
    if not tools or choice == "none":
        return None
    is_certain = choice != "auto"
    if form is not None and not is_certain:
        raise RequestError(
            f'{form.param} and tools exclude each other; with "tool_choice": "none" the tools are not used.', form.param
        )
    if is_certain and body.get("ignore_eos"):
        raise RequestError("ignore_eos cannot be combined with a tool_choice that forces calls.", "ignore_eos")
    return ToolUse(
        tools,
        "required" if is_certain else "auto",
        named,
        several=body.get("parallel_tool_calls", True),
    )


def _tools(body: Mapping[str, Any]) -> Sequence[Tool]:
    tools: dict[str, Tool] = {}
    for index, definition in enumerate(body.get("tools", ())):
        function, param = definition["function"], f"tools[{index}].function.name"
        name = function["name"]
        if not NAME.fullmatch(name):
            raise RequestError(
                f"{param} must have 1 to 128 characters: letters, digits, and any of _ - . : /, got {name[:140]!r}.",
                param,
            )
        if name in tools:
            raise RequestError(f"{param} must be a name that no other tool has, got {name!r} again.", param)
        tools[name] = Tool(name, definition, function.get("parameters", {}))
    return list(tools.values())


class ReplyParts:
    """The text and the calls of a reply, as they arrive. Without tools (no parser), all of it is text."""

    def __init__(self, parser: CallParser | None) -> None:
        self._parser = parser

    def add(self, text: str) -> list[Part]:
        if self._parser:
            return self._parser.add(text)
        return [text] if text else []

    def flush(self) -> list[Part]:
        return self._parser.flush() if self._parser else []

    def finish_reason(self, reason: str) -> str:
        """After `flush`: "tool_calls" instead of `reason` if the reply ends with calls."""
        return self._parser.finish_reason(reason) if self._parser else reason


def message_body(text: str, parser: CallParser | None, reason: str) -> tuple[dict[str, Any], str]:
    """The message of a complete reply, and its finish_reason."""
    if parser is None:
        return {"role": "assistant", "content": text}, reason
    content, calls = "", list[dict[str, Any]]()
    for part in [*parser.add(text), *parser.flush()]:
        match part:
            case CallBegun():
                calls.append({"id": part.id, "type": "function", "function": {"name": part.name, "arguments": ""}})
            case CallArguments():
                calls[part.index]["function"]["arguments"] += part.text
            case str():
                content += part
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if calls:
        message |= {"content": content or None, "tool_calls": calls}
    return message, parser.finish_reason(reason)


def delta_body(part: Part) -> dict[str, Any]:
    """The delta of a chunk."""
    match part:
        case CallBegun():
            function = {"name": part.name, "arguments": ""}
            return {"tool_calls": [{"index": part.index, "id": part.id, "type": "function", "function": function}]}
        case CallArguments():
            return {"tool_calls": [{"index": part.index, "function": {"arguments": part.text}}]}
    return {"content": part}
