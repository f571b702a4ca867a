"""How a chat's messages become a prompt: with a new turn, or within the last one, and with the template's variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import RequestError
from app.messages.grammar import RequestedGrammar
from app.serving.requests import Rendering, ToolUse

# What the template gets by other ways, and what transformers would take for an argument of its own.
RESERVED = frozenset(
    (
        *("messages", "conversation", "tools", "add_generation_prompt", "continue_final_message", "chat_template"),
        *("tokenize", "tokenizer_kwargs", "padding", "truncation", "max_length", "return_tensors", "return_dict"),
        *("return_assistant_tokens_mask", "self"),
    )
)


def requested_rendering(
    body: Mapping[str, Any], form: RequestedGrammar | None = None, tools: ToolUse | None = None
) -> Rendering:
    """From a validated body. Raises RequestError."""
    field = continuing_field(body)
    if field is not None:
        _check_continuation(body, field, form, tools)
    return Rendering(
        continues=field is not None,
        opens_turn=field is None and body.get("add_generation_prompt", True),
        variables=_variables(body),
    )


def continuing_field(body: Mapping[str, Any]) -> str | None:
    """The field that says that the reply goes on with the last message: vLLM's or DeepSeek's."""
    messages = body.get("messages") or [{}]
    early = next((index for index, message in enumerate(messages[:-1]) if message.get("prefix")), None)
    if early is not None:
        path = f"messages[{early}].prefix"
        raise RequestError(f"{path} must be left out: only the last message can be continued.", path)
    if messages[-1].get("prefix"):
        return f"messages[{len(messages) - 1}].prefix"
    if body.get("continue_final_message"):
        return "continue_final_message"
    has_answer = messages[-1].get("role") == "assistant" and not messages[-1].get("tool_calls")
    opens_turn = body.get("add_generation_prompt", True)
    return "add_generation_prompt" if has_answer and not opens_turn and "continue_final_message" not in body else None


def _check_continuation(
    body: Mapping[str, Any], field: str, form: RequestedGrammar | None, tools: ToolUse | None
) -> None:
    if body.get("prompt_token_ids") is not None or not body.get("messages"):
        raise RequestError(f"{field} needs messages, and cannot be combined with prompt_token_ids.", field)
    if body.get("add_generation_prompt"):
        raise RequestError(f"{field} and add_generation_prompt exclude each other.", field)
    last = body["messages"][-1]
    if last["role"] != "assistant" or last.get("tool_calls"):
        raise RequestError(
            f"{field} needs a last message of role assistant without tool calls, whose text is continued.", field
        )
    if form is not None:
        raise RequestError(
            f"{form.param} cannot be combined with {field}: the form would be that of the continuation alone.",
            form.param,
        )
    if tools is not None and tools.is_certain:
        raise RequestError(f"{field} cannot be combined with a tool_choice that forces calls.", field)


def _variables(body: Mapping[str, Any]) -> Mapping[str, Any]:
    variables: Mapping[str, Any] = body.get("chat_template_kwargs", {})
    reserved = next((name for name in variables if name in RESERVED), None)
    if reserved is not None:
        path = f"chat_template_kwargs.{reserved}"
        raise RequestError(f"{path} is not a variable that a request can set.", path)
    return variables
