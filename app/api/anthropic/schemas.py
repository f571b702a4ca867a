"""The bodies of requests in Anthropic's format."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from app.api.schemas import (
    BodySchema,
    Boolean,
    Content,
    DecodingSchema,
    Integer,
    Object,
    Objects,
    StopList,
    Text,
    refusal,
)

ROLES = ("user", "assistant", "system")
CHOICES = ("auto", "any", "tool", "none")
BLOCKS = ("text", "tool_use", "tool_result", "thinking", "redacted_thinking")
# Blocks of the model's thoughts: the chat templates have no place for them.
LEFT_OUT = ("thinking", "redacted_thinking")
NAME_REQUIRED = {"required": "is required: a string"}


class TextBlockSchema(BodySchema):
    text = Text(required=True, error_messages=NAME_REQUIRED)


class ToolUseBlockSchema(BodySchema):
    id = Text(required=True, error_messages=NAME_REQUIRED)
    name = Text(required=True, error_messages=NAME_REQUIRED)
    input = Object(required=True, error_messages={"required": "is required: an object"})


class ToolResultBlockSchema(BodySchema):
    tool_use_id = Text(required=True, error_messages=NAME_REQUIRED)
    content = Content(load_default="")
    is_error = Boolean(load_default=False)


BLOCK_SCHEMAS = {"text": TextBlockSchema, "tool_use": ToolUseBlockSchema, "tool_result": ToolResultBlockSchema}


class Blocks(fields.Field[list[dict[str, Any]]]):
    """A text, or a list of BLOCKS."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if isinstance(value, str):
            return [{"type": "text", "text": value}]
        if not isinstance(value, list):
            raise refusal("a string or a list of content blocks", value)
        return [self._block(index, block) for index, block in enumerate(value)]

    @staticmethod
    def _block(index: int, block: Any) -> dict[str, Any]:
        if not isinstance(block, dict) or not isinstance(block.get("type"), str):
            raise ValidationError({index: refusal('a block {"type": "text", "text": ...}', block).messages})
        kind = block["type"]
        if kind in LEFT_OUT:
            return {"type": kind}
        if kind not in BLOCK_SCHEMAS:
            known = ", ".join(BLOCKS)
            raise ValidationError(
                {index: [f"is a block of type {kind[:40]!r}; this model accepts text only, in blocks {known}"]}
            )
        try:
            return {"type": kind, **BLOCK_SCHEMAS[kind]().load(block)}
        except ValidationError as error:
            raise ValidationError({index: error.messages}) from error


class TurnSchema(BodySchema):
    """A message."""

    role = Text(*ROLES, required=True, error_messages={"required": f"is required: one of {', '.join(ROLES)}"})
    content = Blocks(required=True, error_messages={"required": "is required: a string or a list of content blocks"})


class MessagesToolSchema(BodySchema):
    """A tool of the client's, unless `type` says that it is one of Anthropic's."""

    type = Text(load_default="custom")
    name = Text(required=True, error_messages=NAME_REQUIRED)
    description = Text()
    input_schema = Object()


class MessagesToolChoiceSchema(BodySchema):
    type = Text(*CHOICES, required=True, error_messages={"required": f"is required: one of {', '.join(CHOICES)}"})
    name = Text()
    disable_parallel_tool_use = Boolean(load_default=False)


class CountTokensSchema(BodySchema):
    """POST /v1/messages/count_tokens: the fields of a prompt."""

    model = Text()
    messages = Objects(TurnSchema(), required=True, error_messages={"required": "is required: a list of messages"})
    system = Content()
    tools = Objects(MessagesToolSchema())
    tool_choice = Object(MessagesToolChoiceSchema())
    thinking = Object()
    output_config = Object()


class MessagesSchema(CountTokensSchema, DecodingSchema):
    """POST /v1/messages. Our own options are at the top level."""

    class Meta(DecodingSchema.Meta):
        exclude = ("stop", "user")

    max_tokens = Integer(1)
    stop_sequences = StopList()
    metadata = Object()
    gen_length = Integer(1)
    steps_per_block = Integer(1)
    ignore_eos = Boolean()
