"""From a request in Anthropic's format to one for a chat."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.api.anthropic.schemas import LEFT_OUT
from app.api.schemas import DecodingSchema
from app.api.translation import Translation
from app.errors import RequestError

Json = dict[str, Any]

# Fields that chats have under the same names, with the same meaning.
SAME = {
    *(name for name in DecodingSchema().fields if name not in ("stop", "user", "stream", "model")),
    *("max_tokens", "gen_length", "steps_per_block", "ignore_eos"),
}
CHOICES = {"any": "required", "auto": "auto", "none": "none"}
# Fields that would change the answer elsewhere.
IGNORED = {
    "container": "there is no code execution",
    "context_management": "the conversation is used as it is",
    "mcp_servers": "this server calls no other servers",
    "stop": "the field is stop_sequences",
}


def to_chat(sent: Mapping[str, Any], loaded: Mapping[str, Any]) -> Translation:
    """`sent` is the body as it came, `loaded` the same validated. Raises RequestError."""
    chat = Translation({name: value for name, value in sent.items() if name in SAME})
    _add_messages(chat, loaded)
    _add_tools(chat, loaded)
    _add_form(chat, loaded)
    if loaded.get("stop_sequences"):
        chat.body["stop"] = list(loaded["stop_sequences"])
        chat.names["stop"] = "stop_sequences"
    if loaded.get("thinking", {}).get("type", "disabled") != "disabled":
        chat.warnings.append("thinking is ignored: this model answers at once.")
    chat.warnings += [f"{name} is ignored: {reason}." for name, reason in IGNORED.items() if sent.get(name)]
    return chat


def _add_messages(chat: Translation, loaded: Mapping[str, Any]) -> None:
    messages: list[Json] = []
    if loaded.get("system"):
        messages.append({"role": "system", "content": loaded["system"]})
    for index, turn in enumerate(loaded["messages"]):
        path = f"messages[{index}]"
        for message in _assistant(turn, path) if turn["role"] == "assistant" else _others(turn, path):
            chat.names[f"messages[{len(messages)}]"] = path
            messages.append(message)
    chat.body["messages"] = messages
    if loaded["messages"] and loaded["messages"][-1]["role"] == "assistant":
        # As with Anthropic, the reply goes on from that text.
        chat.body["continue_final_message"] = True
        chat.names["continue_final_message"] = f"messages[{len(loaded['messages']) - 1}]"


def _assistant(turn: Json, path: str) -> Iterator[Json]:
    message: Json = {"role": "assistant", "content": ""}
    for index, block in enumerate(turn["content"]):
        if block["type"] == "text":
            message["content"] += block["text"]
        elif block["type"] == "tool_use":
            function = {"name": block["name"], "arguments": json.dumps(block["input"], ensure_ascii=False)}
            message.setdefault("tool_calls", []).append({"id": block["id"], "type": "function", "function": function})
        elif block["type"] not in LEFT_OUT:
            raise _misplaced(block, f"{path}.content[{index}]", "assistant")
    yield message


def _others(turn: Json, path: str) -> Iterator[Json]:
    """Each result becomes a message, as does the text between two of them."""
    texts: list[str] = []
    for index, block in enumerate(turn["content"]):
        if block["type"] == "text":
            texts.append(block["text"])
        elif block["type"] == "tool_result" and turn["role"] == "user":
            if texts:
                yield {"role": "user", "content": "".join(texts)}
                texts = []
            yield {"role": "tool", "tool_call_id": block["tool_use_id"], "content": _result(block)}
        else:
            raise _misplaced(block, f"{path}.content[{index}]", turn["role"])
    if texts or not turn["content"]:
        yield {"role": turn["role"], "content": "".join(texts)}


def _result(block: Json) -> str:
    """Chats have no field that says that a call failed, so the text does."""
    return f"Error: {block['content']}" if block["is_error"] else str(block["content"])


def _misplaced(block: Json, path: str, role: str) -> RequestError:
    message = f"{path} is a block of type {block['type']!r}, which messages of role {role} do not have."
    return RequestError(message, path)


def _add_tools(chat: Translation, loaded: Mapping[str, Any]) -> None:
    tools: list[Json] = []
    for index, tool in enumerate(loaded.get("tools", ())):
        path, ours = f"tools[{index}]", f"tools[{len(tools)}]"
        if tool["type"] != "custom":
            chat.warnings.append(f"{path} is left out: {tool['type'][:40]} is a tool of Anthropic's own.")
            continue
        if "input_schema" not in tool:
            raise RequestError(f"{path}.input_schema is required: an object", f"{path}.input_schema")
        function = {"name": tool["name"], "parameters": tool["input_schema"]}
        if "description" in tool:
            function["description"] = tool["description"]
        tools.append({"type": "function", "function": function})
        chat.names |= {
            f"{ours}.function.name": f"{path}.name",
            f"{ours}.function.parameters": f"{path}.input_schema",
            ours: path,
        }
    if tools:
        chat.body["tools"] = tools
    choice = loaded.get("tool_choice")
    if choice is None:
        return
    if choice["type"] == "tool":
        if "name" not in choice:
            raise RequestError("tool_choice.name is required: the tool's name", "tool_choice.name")
        chat.body["tool_choice"] = {"type": "function", "function": {"name": choice["name"]}}
    else:
        chat.body["tool_choice"] = CHOICES[choice["type"]]
    chat.body["parallel_tool_calls"] = not choice["disable_parallel_tool_use"]


def _add_form(chat: Translation, loaded: Mapping[str, Any]) -> None:
    config = loaded.get("output_config", {})
    if config.get("effort") is not None:
        chat.warnings.append("output_config.effort is ignored.")
    form = config.get("format")
    if form is None:
        return
    path = "output_config.format"
    if not isinstance(form, dict) or form.get("type") != "json_schema" or "schema" not in form:
        raise RequestError(f'{path} must be {{"type": "json_schema", "schema": ...}}.', path)
    if "response_format" in chat.body:
        raise RequestError(f"response_format and {path} exclude each other: a reply has one form.", path)
    chat.body["response_format"] = {"type": "json_schema", "json_schema": {"name": "reply", "schema": form["schema"]}}
    chat.names |= {"response_format.json_schema.schema": f"{path}.schema", "response_format": path}
