"""The bodies of requests in Ollama's format."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from app.api.chat_schemas import Arguments, ToolSchema
from app.api.llama_cpp_schemas import OPTIONS, TEMPERATURES
from app.api.responses_schemas import Refused
from app.api.schemas import (
    MAX_TIME_BUDGET_MS,
    BodySchema,
    Boolean,
    DraftLimit,
    Integer,
    Number,
    Object,
    Objects,
    StopList,
    Text,
    field_of,
    option_fields,
    refusal,
)
from app.messages.decoding import DECODING_OPTIONS
from app.messages.defaults import DEFAULT_OPTIONS

ROLES = ("system", "user", "assistant", "tool")


class Form(fields.Field[Any]):
    """json, a JSON schema, or nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value in ("", "json") or isinstance(value, dict):
            return value
        raise refusal("json or a JSON schema", value)


class NoImages(fields.Field[list[str]]):
    """Only an empty list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or value:
            raise ValidationError("must be an empty list: this model accepts text only")
        return []


class KeepAlive(fields.Field[Any]):
    """A duration. The model stays loaded anyway."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | float:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return value
        raise refusal('a duration, such as "5m" or 300', value)


class OllamaOptionsSchema(BodySchema):
    """Ollama's options, and ours under their own names."""

    class Meta(BodySchema.Meta):
        include = (
            option_fields(DECODING_OPTIONS.values())
            | {name: field_of(option.rule) for name, option in OPTIONS.items()}
            | {"temperature": Number(TEMPERATURES)}
        )

    num_predict = Integer()
    num_ctx = Integer(1)
    seed = Integer(-(2**63), 2**64 - 1)
    stop = StopList()
    steps = field_of(DEFAULT_OPTIONS["steps"].rule)
    block_length = field_of(DEFAULT_OPTIONS["block_length"].rule)
    time_budget_ms = Integer(1, MAX_TIME_BUDGET_MS)
    speculation = DraftLimit()
    gen_length = Integer(1)
    steps_per_block = Integer(1)
    ignore_eos = Boolean()


class OllamaCalledSchema(BodySchema):
    name = Text(required=True, error_messages={"required": "is required: a string"})
    arguments = Arguments(load_default="{}")


class OllamaCallSchema(BodySchema):
    """A call in an earlier message."""

    id = Text()
    function = Object(OllamaCalledSchema(), required=True, error_messages={"required": "is required: an object"})


class OllamaMessageSchema(BodySchema):
    role = Text(*ROLES, required=True, error_messages={"required": f"is required: one of {', '.join(ROLES)}"})
    content = Text(load_default="")
    images = NoImages()
    tool_calls = Objects(OllamaCallSchema())
    tool_name = Text()
    tool_call_id = Text()


class OllamaSchema(BodySchema):
    """The fields of both requests. A stream is the default."""

    model = Text()
    stream = Boolean(load_default=True)
    format = Form()
    options = Object(OllamaOptionsSchema())
    keep_alive = KeepAlive()
    think = Refused("This model answers at once.", harmless=False)
    logprobs = Refused("/v1/chat/completions and /v1/completions have them.", harmless=False)


class OllamaChatSchema(OllamaSchema):
    """POST /api/chat."""

    messages = Objects(OllamaMessageSchema(), load_default=list)
    tools = Objects(ToolSchema())


class OllamaGenerateSchema(OllamaSchema):
    """POST /api/generate."""

    prompt = Text(load_default="")
    suffix = Text()
    system = Text()
    raw = Boolean(load_default=False)
    images = NoImages()
    template = Refused("The checkpoint's own chat template applies; with raw, none does.", harmless="")
    context = Refused("/api/chat takes the earlier messages.", harmless=[])


class OllamaShowSchema(BodySchema):
    """POST /api/show."""

    model = Text()
    name = Text()  # the older name of `model`
    verbose = Boolean()
