"""The body of a request for a response: OpenAI's Responses API without what needs stored responses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields

from app.api.chat_schemas import CHOICES, MAX_ALTERNATIVES, Arguments
from app.api.llama_cpp_schemas import Names
from app.api.schemas import BodySchema, Boolean, Content, DecodingSchema, Integer, Object, Text, TokenIds, refusal
from app.errors import Unsupported

ROLES = ("user", "assistant", "system", "developer")
NAMED_CHOICE = {"type": "function", "name": "..."}
ALLOWED_CHOICE = {"type": "allowed_tools", "mode": "auto", "tools": [NAMED_CHOICE]}
NOTHING_STORED = "This server stores no responses: send the whole conversation as `input`."


class Refused(fields.Field[None]):
    """A field that cannot be honoured, and without which the answer is wrong. null and `harmless` are accepted."""

    def __init__(self, reason: str, harmless: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason, self.harmless = reason, harmless

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> None:
        if self.harmless is None:
            raise Unsupported(f"{attr} is not supported. {self.reason}", attr)
        if type(value) is not type(self.harmless) or value != self.harmless:
            raise Unsupported(f"{attr} must be {json.dumps(self.harmless)}. {self.reason}", attr)


class InputContent(Content):
    """The text of an item: a string, or a list of parts. A refusal is text, too."""

    parts: ClassVar[Mapping[str, str]] = {
        "input_text": "text",
        "output_text": "text",
        "text": "text",
        "refusal": "refusal",
    }


def required(kind: str) -> dict[str, Any]:
    return {"required": True, "error_messages": {"required": f"is required: {kind}"}}


class MessageItemSchema(BodySchema):
    type = Text("message", load_default="message")
    role = Text(*ROLES, **required(f"one of {', '.join(ROLES)}"))
    content = InputContent(**required("a string or a list of text parts"))


class FunctionCallItemSchema(BodySchema):
    """A call in an earlier response."""

    type = Text("function_call", required=True)
    call_id = Text(**required("a string"))
    name = Text(**required("a string"))
    arguments = Arguments(load_default="{}")


class FunctionCallOutputItemSchema(BodySchema):
    """The result of a call."""

    type = Text("function_call_output", required=True)
    call_id = Text(**required("a string"))
    output = InputContent(**required("a string or a list of text parts"))


class FunctionToolSchema(BodySchema):
    type = Text("function", required=True)
    name = Text(**required("a string"))
    description = Text()
    parameters = Object()
    strict = Boolean()


ITEMS: Mapping[str, Schema] = {
    "message": MessageItemSchema(),
    "function_call": FunctionCallItemSchema(),
    "function_call_output": FunctionCallOutputItemSchema(),
}
TOOLS: Mapping[str, Schema] = {"function": FunctionToolSchema()}


class Typed(fields.Field[list[dict[str, Any]]]):
    """A list of objects, each validated as its `type` demands. Those of other types stay as they are."""

    schemas: ClassVar[Mapping[str, Schema]]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise refusal("a list of objects", value)
        return [self._item(index, item) for index, item in enumerate(value)]

    def _item(self, index: int, item: Any) -> dict[str, Any]:
        try:
            if not isinstance(item, dict):
                raise refusal("an object", item)
            kind = self.type_of(item)
            if not isinstance(kind, str):
                raise ValidationError({"type": [f"is required: one of {', '.join(self.schemas)}"]})
            loaded: dict[str, Any] = self.schemas[kind].load(item) if kind in self.schemas else item
        except ValidationError as error:
            raise ValidationError({index: error.messages}) from error
        return loaded

    def type_of(self, item: dict[str, Any]) -> Any:
        return item.get("type")


class Tools(Typed):
    """Only functions can be called here; agents also send tools that a server would run itself."""

    schemas = TOOLS


class Input(Typed):
    """One message of the user, as text, or the items of a conversation."""

    schemas = ITEMS

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if isinstance(value, str):
            return [{"type": "message", "role": "user", "content": value}]
        if not isinstance(value, list):
            raise refusal("a string or a list of items", value)
        return super()._deserialize(value, attr, data, **kwargs)

    def type_of(self, item: dict[str, Any]) -> Any:
        kind = item.get("type")
        if kind is None:
            return "message"
        if kind == "item_reference":
            raise ValidationError([f"is a reference to an earlier item. {NOTHING_STORED}"])
        # Content that the model should see, in an item that would be left out.
        if kind not in (*self.schemas, "reasoning") and "content" in item:
            raise ValidationError({"type": refusal(f"one of {', '.join(self.schemas)}", kind).messages})
        return kind


class ResponseToolChoice(fields.Field[str | dict[str, Any]]):
    """One of CHOICES, or like NAMED_CHOICE or ALLOWED_CHOICE."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | dict[str, Any]:
        if value in CHOICES or _is_named(value) or _is_allowed(value):
            return value  # type: ignore[no-any-return]
        raise refusal(f"{', '.join(CHOICES)}, {json.dumps(NAMED_CHOICE)} or {json.dumps(ALLOWED_CHOICE)}", value)


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "function" and isinstance(value.get("name"), str)


def _is_allowed(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") == "allowed_tools"
        and value.get("mode", "auto") in ("auto", "required")
        and isinstance(value.get("tools"), list)
        and all(isinstance(tool, dict) for tool in value["tools"])
    )


class ResponseTextSchema(BodySchema):
    """The form of the text. app/api/structured.py checks `format`."""

    format = Object()
    verbosity = Text("low", "medium", "high")


class ResponseStreamOptionsSchema(BodySchema):
    include_obfuscation = Boolean()


class ResponsesSchema(DecodingSchema):
    """POST /v1/responses."""

    input = Input(**required("a string or a list of items"))
    instructions = Text()
    max_output_tokens = Integer(1, unset=(-1,))
    gen_length = Integer(1)
    steps_per_block = Integer(1)
    ignore_eos = Boolean()
    stop_token_ids = TokenIds(may_be_empty=True)
    chat_template_kwargs = Object()
    text = Object(ResponseTextSchema())
    tools = Tools()
    tool_choice = ResponseToolChoice()
    parallel_tool_calls = Boolean()
    stream_options = Object(ResponseStreamOptionsSchema())
    metadata = Object()
    store = Boolean()
    # No effect on the answer.
    max_tool_calls = Integer(1)
    prompt_cache_key = Text()
    prompt_cache_retention = Text()
    safety_identifier = Text()
    service_tier = Text()
    # Warnings: app/api/responses_translation.py.
    include = Names()
    reasoning = Object()
    top_logprobs = Integer(0, MAX_ALTERNATIVES)
    truncation = Text("auto", "disabled")
    # What needs stored responses.
    previous_response_id = Refused(NOTHING_STORED)
    conversation = Refused(NOTHING_STORED)
    background = Refused("A response is sent as the answer to its request.", harmless=False)
    prompt = Refused("This server stores no prompts: send `instructions` and `input`.")
    # Fields of /v1/chat/completions with other names here.
    messages = Refused("Here the conversation is `input`.")
    max_tokens = Refused("Here it is `max_output_tokens`.")
    max_completion_tokens = Refused("Here it is `max_output_tokens`.")
    response_format = Refused("Here it is `text.format`.")  # type: ignore[assignment]
    n = Refused("A request has one response.", harmless=1)
    stream_mode = Refused("Only /v1/chat/completions streams denoising steps.", harmless="blocks")
