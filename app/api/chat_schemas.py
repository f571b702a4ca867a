"""The body of a chat request: messages, tools."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validates_schema

from app.api.schemas import (
    BodySchema,
    Boolean,
    Content,
    DecodingSchema,
    Integer,
    Object,
    Objects,
    StreamOptionsSchema,
    Text,
    TokenIds,
    refusal,
)

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
MAX_ALTERNATIVES = 20
MAX_MESSAGES, MAX_TOOLS = 20_000, 1000
CHOICES = ("none", "auto", "required")
CHOICE_OF_ONE = {"type": "function", "function": {"name": "..."}}


class Arguments(fields.Field[str]):
    """JSON text, as OpenAI has it, or the object itself."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str | dict):
            raise refusal("a string of JSON", value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class ToolChoice(fields.Field[str | dict[str, Any]]):
    """One of CHOICES, or like CHOICE_OF_ONE."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | dict[str, Any]:
        if isinstance(value, dict):
            function = value.get("function")
            if value.get("type") == "function" and isinstance(function, dict) and isinstance(function.get("name"), str):
                return value
        elif value in CHOICES:
            return str(value)
        raise refusal(f"{', '.join(CHOICES)} or {json.dumps(CHOICE_OF_ONE)}", value)


class CalledSchema(BodySchema):
    name = Text(required=True, error_messages={"required": "is required: a string"})
    arguments = Arguments(load_default="{}")


class CallSchema(BodySchema):
    """A call in an earlier message."""

    id = Text()
    type = Text("function", load_default="function")
    function = Object(CalledSchema(), required=True, error_messages={"required": "is required: an object"})


class FunctionSchema(BodySchema):
    name = Text(required=True, error_messages={"required": "is required: a string"})
    description = Text()
    parameters = Object()
    strict = Boolean()


class ToolSchema(BodySchema):
    type = Text("function", required=True, error_messages={"required": "is required: function"})
    function = Object(FunctionSchema(), required=True, error_messages={"required": "is required: an object"})


class MessageSchema(BodySchema):
    role = Text(*ROLES, required=True, error_messages={"required": f"is required: one of {', '.join(ROLES)}"})
    content = Content()
    name = Text()
    tool_call_id = Text()
    tool_calls = Objects(CallSchema())
    prefix = Boolean()

    @pre_load
    def drop_nulls(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Content that is null is empty. A message without the field is refused, except an assistant's."""
        is_null = "content" in data and data["content"] is None
        kept: dict[str, Any] = super().drop_nulls(data)
        return kept | ({"content": ""} if is_null else {})

    @post_load
    def for_templates(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Chat templates concatenate the content, so it must be a string, and few of them know the role developer."""
        role = "system" if data["role"] == "developer" else data["role"]
        if not data.get("tool_calls"):
            data.pop("tool_calls", None)
        return {**data, "role": role, "content": data.get("content", "")}

    @validates_schema
    def require_content(self, data: dict[str, Any], **kwargs: Any) -> None:
        # An assistant message that only calls tools has none.
        if "content" not in data and data["role"] != "assistant":
            raise ValidationError("is required: a string or a list of text parts", "content")


class ChatSchema(DecodingSchema):
    """POST /v1/chat/completions."""

    messages = Objects(MessageSchema(), most=MAX_MESSAGES)
    prompt_token_ids = TokenIds()
    max_tokens = Integer(1, unset=(-1,))
    max_completion_tokens = Integer(1, unset=(-1,))
    gen_length = Integer(1)
    steps_per_block = Integer(1)
    n = Integer(1)
    stream_options = Object(StreamOptionsSchema())
    stream_mode = Text("blocks", "steps", load_default="blocks")
    alternatives = Integer(0, MAX_ALTERNATIVES, load_default=0)
    ignore_eos = Boolean()
    stop_token_ids = TokenIds(may_be_empty=True)
    add_generation_prompt = Boolean()
    continue_final_message = Boolean()
    chat_template_kwargs = Object()
    tools = Objects(ToolSchema(), most=MAX_TOOLS)
    tool_choice = ToolChoice()
    parallel_tool_calls = Boolean()
    return_token_ids = Boolean(load_default=False)
    logprobs = Boolean(load_default=False)
    top_logprobs = Integer(0, MAX_ALTERNATIVES, load_default=0)

    @validates_schema
    def require_prompt(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "prompt_token_ids" in data:
            return
        if not data.get("messages"):
            raise ValidationError("must contain at least one message", "messages")
