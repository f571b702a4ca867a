"""A request for a response as a request for a chat, so that the chat's own checks and service apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.api.schemas import DecodingSchema
from app.api.translation import Translation
from app.errors import RequestError

# Fields of a chat with the same names and meanings.
SAME = {
    *DecodingSchema().fields.keys() - {"response_format"},
    *("gen_length", "steps_per_block", "ignore_eos", "stop_token_ids", "chat_template_kwargs", "parallel_tool_calls"),
}
LOGPROBS = "message.output_text.logprobs"


def to_chat(raw: Mapping[str, Any], sent: Mapping[str, Any]) -> Translation:
    """From the body as it came, and as ResponsesSchema validated it. Raises RequestError."""
    names = {"max_tokens": "max_output_tokens", "messages": "input"}
    chat = Translation({name: raw[name] for name in SAME if name in raw}, names)
    _add_messages(chat, sent)
    _add_tools(chat, sent)
    if "max_output_tokens" in sent:
        chat.body["max_tokens"] = sent["max_output_tokens"]
    form = sent.get("text", {}).get("format")
    if form is not None:
        inner = {name: value for name, value in form.items() if name != "type"}
        is_schema = form.get("type") == "json_schema"
        chat.body["response_format"] = {"type": form.get("type"), **({"json_schema": inner} if is_schema else {})}
        chat.names |= {"response_format": "text.format", "response_format.json_schema": "text.format"}
    chat.warnings += _ignored(sent)
    return chat


def _add_messages(chat: Translation, sent: Mapping[str, Any]) -> None:
    messages: list[dict[str, Any]] = []
    left_out: list[tuple[int, str]] = []
    for index, item in enumerate(sent["input"]):
        match item["type"]:
            case "message":
                messages.append({"role": item["role"], "content": item["content"]})
            case "function_call":
                _add_call(messages, item)
            case "function_call_output":
                messages.append({"role": "tool", "tool_call_id": item["call_id"], "content": item["output"]})
            case "reasoning":
                pass  # chat templates leave out earlier reasoning, too
            case kind:
                left_out.append((index, kind))
    if not messages:
        raise RequestError("input must contain at least one message or function call.", "input")
    if left_out:
        chat.warnings.append(_left_out("input", left_out, "messages, function calls and their outputs are read"))
    if "instructions" in sent:
        messages.insert(0, {"role": "system", "content": sent["instructions"]})
    chat.body["messages"] = messages


def _add_call(messages: list[dict[str, Any]], item: Mapping[str, Any]) -> None:
    """Calls that follow a text or one another are one message of the assistant."""
    if not messages or messages[-1]["role"] != "assistant":
        messages.append({"role": "assistant", "content": ""})
    function = {"name": item["name"], "arguments": item["arguments"]}
    messages[-1].setdefault("tool_calls", []).append({"id": item["call_id"], "type": "function", "function": function})


def _add_tools(chat: Translation, sent: Mapping[str, Any]) -> None:
    choice = sent.get("tool_choice")
    allowed: set[str] | None = None
    if isinstance(choice, dict) and choice["type"] == "allowed_tools":
        allowed = {str(tool.get("name")) for tool in choice["tools"] if tool.get("type") == "function"}
        choice = choice.get("mode", "auto")
    elif isinstance(choice, dict):
        choice = {"type": "function", "function": {"name": choice["name"]}}
    tools: list[dict[str, Any]] = []
    left_out: list[tuple[int, str]] = []
    for index, tool in enumerate(sent.get("tools", ())):
        if tool["type"] != "function":
            left_out.append((index, tool["type"]))
        elif allowed is None or tool["name"] in allowed:
            chat.names |= {
                f"tools[{len(tools)}].function": f"tools[{index}]",
                f"tools[{len(tools)}]": f"tools[{index}]",
            }
            function = {name: value for name, value in tool.items() if name != "type"}
            tools.append({"type": "function", "function": function})
    if left_out:
        chat.warnings.append(_left_out("tools", left_out, "functions are supported"))
    if tools:
        chat.body["tools"] = tools
    if choice is not None:
        chat.body["tool_choice"] = choice


def _left_out(name: str, left_out: list[tuple[int, str]], others: str) -> str:
    listed = ", ".join(f"{name}[{index}] ({kind[:40]})" for index, kind in left_out[:10])
    more = f" and {len(left_out) - 10} more" if len(left_out) > 10 else ""
    return f"Left out: {listed}{more}; only {others}."


def _ignored(sent: Mapping[str, Any]) -> Iterator[str]:
    """A warning for each field that would make another answer of OpenAI's, and does not here."""
    if any(value not in (None, "none") for value in sent.get("reasoning", {}).values()):
        yield "reasoning is ignored: the model does not reason before it answers."
    if sent.get("truncation") == "auto":
        yield 'truncation "auto" is ignored: an input that is too long is refused, never shortened.'
    if "verbosity" in sent.get("text", {}):
        yield "text.verbosity is ignored: say in `instructions` how long the answer should be."
    if sent.get("top_logprobs"):
        yield "top_logprobs is ignored: log probabilities are in /v1/chat/completions only."
    if LOGPROBS in sent.get("include", ()):
        yield f"include {LOGPROBS} is ignored: log probabilities are in /v1/chat/completions only."
