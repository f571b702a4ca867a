"""The request bodies of llama.cpp's native endpoints, and their conversion to the service's requests."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.api.completion_schemas import Dialects, Prompts
from app.api.infill_schemas import MAX_FILES, ContextFileSchema, context_files
from app.api.logit_bias import LlamaCppLogitBias
from app.api.schemas import (
    MAX_TIME_BUDGET_MS,
    BodySchema,
    Boolean,
    Integer,
    JsonSchema,
    Number,
    Objects,
    StopList,
    Text,
    field_of,
    refusal,
)
from app.api.structured import checked_grammar
from app.errors import RequestError
from app.messages.decoding import DECODING_OPTIONS, MAX_TEMPERATURE, Decoding
from app.messages.grammar import RequestedGrammar
from app.messages.options import Overrides
from app.messages.rules import NumberRange
from app.serving.completion import CompletionRequest

# The decoding options that llama.cpp has as well, by its names for them.
OPTIONS = {option.llama_cpp: option for option in DECODING_OPTIONS.values() if option.llama_cpp}
MAX_INDENT = 10_000  # no code is indented by more characters
TEMPERATURES = NumberRange(low=0)  # llama.cpp has no upper limit; larger values are lowered to ours


class Names(fields.Field[list[str]]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise refusal("a list of names", value)
        return value


class LlamaCppSchema(BodySchema):
    """The fields of both endpoints. Those of llama.cpp's other samplers are ignored."""

    class Meta(BodySchema.Meta):
        include = {name: field_of(option.rule) for name, option in OPTIONS.items()} | {
            "temperature": Number(TEMPERATURES)
        }

    model = Text()
    stream = Boolean(load_default=False)
    n_predict = Integer(-2, load_default=-1)  # below 0: no limit
    stop = StopList()
    seed = Integer(-1, 2**64 - 1)
    t_max_predict_ms = Integer()
    n_indent = Integer(0, load_default=0)
    response_fields = Names()
    fim_dialects = Dialects()
    grammar = Text()
    json_schema = JsonSchema()
    logit_bias = LlamaCppLogitBias()


class LlamaCppInfillSchema(LlamaCppSchema):
    """POST /infill. `prompt` is the text before the hole on its own line."""

    input_prefix = Text(load_default="")
    input_suffix = Text(load_default="")
    prompt = Text(load_default="")
    context = Objects(ContextFileSchema(), most=MAX_FILES, data_key="input_extra")


class LlamaCppCompletionSchema(LlamaCppSchema):
    """POST /completion."""

    prompt = Prompts(required=True, error_messages={"required": "is required: a string or a list of token ids"})


def infill_request(body: dict[str, Any]) -> CompletionRequest:
    """As in llama.cpp, the time limit applies only once there is a line: llama.vim sets it to 250 ms."""
    return CompletionRequest(
        prompts=[body["input_prefix"] + body["prompt"]],
        suffix=body["input_suffix"],
        context=context_files(body),
        min_indent=min(body["n_indent"], MAX_INDENT),
        soft_budget_ms=_budget_ms(body),
        **_common(body),
    )


def completion_request(body: dict[str, Any]) -> CompletionRequest:
    if len(body["prompt"]) > 1:
        raise RequestError("prompt must be one prompt here; /v1/completions accepts several.", "prompt")
    return CompletionRequest(
        prompts=body["prompt"],
        min_indent=min(body["n_indent"], MAX_INDENT),
        time_budget_ms=_budget_ms(body),
        **_common(body),
    )


def _budget_ms(body: dict[str, Any]) -> int | None:
    budget_ms: int = body.get("t_max_predict_ms", 0)
    return min(budget_ms, MAX_TIME_BUDGET_MS) if budget_ms > 0 else None


def _common(body: dict[str, Any]) -> dict[str, Any]:
    common: dict[str, Any] = {
        name: body[name] for name in ("stop", "fim_dialects", "logit_bias", "warnings") if name in body
    }
    if body["n_predict"] >= 0:
        common["max_tokens"] = max(1, body["n_predict"])  # 0: the prompt is prefilled for the prefix cache
    if body.get("seed", -1) >= 0:
        common["seed"] = body["seed"]
    return {**common, "decoding": _decoding(body), "grammar": _grammar(body)}


def _grammar(body: dict[str, Any]) -> RequestedGrammar | None:
    """As in llama.cpp, one of the two."""
    fields = {"json": body.get("json_schema"), "grammar": body.get("grammar") or None}
    found = {name: value for name, value in fields.items() if value is not None}
    if len(found) > 1:
        raise RequestError("grammar and json_schema exclude each other: a reply has one form.", "json_schema")
    for name, value in found.items():
        return checked_grammar(name, value, "json_schema" if name == "json" else name)
    return None


def _decoding(body: dict[str, Any]) -> Overrides[Decoding]:
    options = {option.name: body[name] for name, option in OPTIONS.items() if name in body}
    if "temperature" in options:
        options["temperature"] = min(options["temperature"], MAX_TEMPERATURE)
    return Overrides.pick(Decoding, options)
