"""The tools of a request, and which of them a reply may or must call. Plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Message = Mapping[str, Any]
# Schemas with these keywords only can be closed, which forbids arguments that the schema does not name.
PLAIN_KEYWORDS = {"$defs", "$schema", "definitions", "description", "properties", "required", "title", "type"}


@dataclass(frozen=True)
class Tool:
    """A function that the model may call; `parameters` is the JSON schema of its arguments, an object."""

    name: str
    definition: Mapping[str, Any]  # as in the request
    parameters: Mapping[str, Any]

    @property
    def schema(self) -> Mapping[str, Any]:
        """Of constrained arguments. Where `parameters` lists properties and does not say whether there are others,
        there are none: a function has no use for them.
        """
        if not self.parameters:
            return {"type": "object", "properties": {}, "additionalProperties": False}
        if self.parameters.keys() <= PLAIN_KEYWORDS and self.parameters.get("type") == "object":
            return {"properties": {}, **self.parameters, "additionalProperties": False}
        return self.parameters

    @property
    def for_template(self) -> Mapping[str, Any]:
        """The definition without OpenAI's `strict`, which models were not trained with."""
        function = {name: value for name, value in self.definition["function"].items() if name != "strict"}
        return {**self.definition, "function": function}


@dataclass(frozen=True)
class ToolUse:
    """The tools of a request that lets the model call them."""

    tools: Sequence[Tool]
    choice: Literal["auto", "required"] = "auto"
    named: str | None = None  # with "required": the only one that may be called
    several: bool = True  # calls in one reply

    @property
    def callable(self) -> Sequence[Tool]:
        return [tool for tool in self.tools if self.named in (None, tool.name)]

    @property
    def is_certain(self) -> bool:
        """Whether a grammar makes the reply consist of calls."""
        return self.choice == "required"

    @property
    def max_calls(self) -> int | None:
        return None if self.several and self.named is None else 1


def with_parsed_arguments(messages: Sequence[Message]) -> list[Message]:
    """Earlier calls with their arguments as objects, which templates iterate or write as JSON themselves."""
    return [
        {**message, "tool_calls": [_parsed(call) for call in message["tool_calls"]]}
        if message.get("tool_calls")
        else message
        for message in messages
    ]


def _parsed(call: Mapping[str, Any]) -> Mapping[str, Any]:
    function = call["function"]
    return {**call, "function": {**function, "arguments": parsed_arguments(function)}}


def parsed_arguments(function: Mapping[str, Any]) -> Any:
    """The arguments of a call; as text if they are not a JSON object."""
    try:
        arguments = json.loads(function["arguments"] or "{}")
    except (ValueError, RecursionError):
        return function["arguments"]
    return arguments if isinstance(arguments, dict) else function["arguments"]
