"""The bodies of requests about tokens."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from app.api.chat_schemas import MAX_MESSAGES, MAX_TOOLS, MessageSchema, ToolSchema
from app.api.schemas import BodySchema, Boolean, Object, Objects, Text, TokenIds


class TokenizeSchema(BodySchema):
    """POST /tokenize. `prompt` and `messages` are vLLM's fields, `content` is llama.cpp's."""

    prompt = Text()
    content = Text()
    messages = Objects(MessageSchema(), most=MAX_MESSAGES)
    tools = Objects(ToolSchema(), most=MAX_TOOLS)
    add_generation_prompt = Boolean()
    continue_final_message = Boolean()
    chat_template_kwargs = Object()
    add_special_tokens = Boolean(load_default=False)

    @validates_schema
    def require_text(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data.keys() & {"prompt", "content"} and not data.get("messages"):
            raise ValidationError("is required: a string (or `content`, or `messages`)", "prompt")


class DetokenizeSchema(BodySchema):
    """POST /detokenize."""

    tokens = TokenIds(required=True, error_messages={"required": "is required: a list of token ids"})
