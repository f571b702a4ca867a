"""JSON Schemas of the request fields."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from app.api.anthropic.schemas import BLOCK_SCHEMAS, LEFT_OUT, Blocks
from app.api.chat_schemas import CHOICES, Arguments, ToolChoice
from app.api.completion_schemas import Dialects, Prompts
from app.api.infill_schemas import HoleSchema, Pins, Segments, Spans, SyntaxOption, SyntaxSchema
from app.api.llama_cpp_schemas import Names
from app.api.logit_bias import STRENGTHS, LlamaCppLogitBias, LogitBias
from app.api.ollama.schemas import Form, KeepAlive, NoImages
from app.api.openapi.rules import or_null, schema_of_rule
from app.api.openapi.texts import describe
from app.api.responses_schemas import ALLOWED_CHOICE, NAMED_CHOICE, Input, Refused, ResponseToolChoice, Typed
from app.api.schemas import (
    Boolean,
    Choices,
    Content,
    DraftLimit,
    Integer,
    JsonSchema,
    Number,
    Object,
    Objects,
    StopList,
    Text,
    TokenIds,
)
from app.messages.params import SPECULATION
from app.serving.completion import DIALECT_NAMES

Json = dict[str, Any]

STRING: Json = {"type": "string"}
TOKEN_IDS: Json = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}


def property_of(converter: OpenAPIConverter, field: fields.Field[Any], **_: Any) -> Json:
    """apispec's hook. `null` means absent, so every field that is not required accepts it."""
    accepted = schema_of(field, converter)
    if not field.required:
        accepted = or_null(accepted)
    assert isinstance(field.parent, Schema)
    return {**accepted, "description": describe(type(field.parent), field.data_key or field.name)}


def ref(converter: OpenAPIConverter, schema: Schema) -> Json:
    """A reference to the schema, which becomes a component."""
    reference: Json = converter.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]
    return reference


@singledispatch
def schema_of(field: fields.Field[Any], converter: OpenAPIConverter) -> Json:
    raise TypeError(f"{field.name} is a {type(field).__name__}, for which there is no JSON Schema")


@schema_of.register
def _(field: Integer, converter: OpenAPIConverter) -> Json:
    accepted = schema_of_rule(field.rule)
    more = [{"const": value} for value in field.unset if not field.rule.accepts(value)]
    return {"anyOf": [accepted, *more]} if more else accepted


@schema_of.register
def _(field: LogitBias, converter: OpenAPIConverter) -> Json:
    return {"type": "object", "additionalProperties": schema_of_rule(STRENGTHS)}


@schema_of.register
def _(field: LlamaCppLogitBias, converter: OpenAPIConverter) -> Json:
    bias = {"anyOf": [{"type": "number"}, {"const": False}]}
    token = {"anyOf": [{"type": "integer"}, STRING]}
    # There is no third item; without `items` RapiDoc fails at an array.
    pair = {"type": "array", "prefixItems": [token, bias], "items": bias, "minItems": 2, "maxItems": 2}
    return {"anyOf": [{"type": "array", "items": pair}, {"type": "object", "additionalProperties": bias}]}


@schema_of.register
def _(field: Number, converter: OpenAPIConverter) -> Json:
    return schema_of_rule(field.rule)


@schema_of.register
def _(field: Boolean, converter: OpenAPIConverter) -> Json:
    return {"type": "boolean"}


@schema_of.register
def _(field: DraftLimit, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [{**STRING, "enum": list(SPECULATION.names)}, schema_of_rule(SPECULATION.integers)]}


@schema_of.register
def _(field: Text, converter: OpenAPIConverter) -> Json:
    return {**STRING, "enum": list(field.choices)} if field.choices else STRING


@schema_of.register
def _(field: TokenIds, converter: OpenAPIConverter) -> Json:
    return {**TOKEN_IDS, "minItems": 0 if field.may_be_empty else 1}


@schema_of.register
def _(field: StopList, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [STRING, {"type": "array", "items": STRING}]}


@schema_of.register
def _(field: JsonSchema, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [{"type": "object"}, {"type": "boolean"}, STRING]}


@schema_of.register
def _(field: Choices, converter: OpenAPIConverter) -> Json:
    return {"type": "array", "items": {**STRING, "minLength": 1}, "minItems": 1}


@schema_of.register
def _(field: Arguments, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [STRING, {"type": "object"}]}


@schema_of.register
def _(field: ToolChoice, converter: OpenAPIConverter) -> Json:
    function = {"type": "object", "required": ["name"], "properties": {"name": STRING}}
    named = {
        "type": "object",
        "required": ["type", "function"],
        "properties": {"type": {**STRING, "enum": ["function"]}, "function": function},
    }
    return {"anyOf": [{**STRING, "enum": list(CHOICES)}, named]}


@schema_of.register
def _(field: Names, converter: OpenAPIConverter) -> Json:
    return {"type": "array", "items": STRING}


@schema_of.register
def _(field: Dialects, converter: OpenAPIConverter) -> Json:
    return {"type": "array", "items": {**STRING, "enum": list(DIALECT_NAMES)}}


@schema_of.register
def _(field: Content, converter: OpenAPIConverter) -> Json:
    parts = [
        {
            "type": "object",
            "required": ["type", member],
            "properties": {"type": {**STRING, "enum": [kind]}, member: STRING},
        }
        for kind, member in field.parts.items()
    ]
    return {"anyOf": [STRING, {"type": "array", "items": {"anyOf": [STRING, *parts]}}]}


@schema_of.register
def _(field: Prompts, converter: OpenAPIConverter) -> Json:
    several = {"type": "array", "items": {"anyOf": [STRING, TOKEN_IDS]}, "minItems": 1}
    return {"anyOf": [STRING, TOKEN_IDS, several]}


@schema_of.register
def _(field: Object, converter: OpenAPIConverter) -> Json:
    return ref(converter, field.schema) if field.schema else {"type": "object"}


@schema_of.register
def _(field: Objects, converter: OpenAPIConverter) -> Json:
    return {"type": "array", "items": schema_of(field.item, converter)}


@schema_of.register
def _(field: Pins, converter: OpenAPIConverter) -> Json:
    text = {**STRING, "minLength": 1}
    pin = {
        "type": "object",
        "required": ["text"],
        "properties": {"text": text, "at": {**STRING, "enum": ["anywhere", "start", "end"], "default": "anywhere"}},
    }
    return {"type": "array", "items": {"anyOf": [text, pin]}}


@schema_of.register
def _(field: Segments, converter: OpenAPIConverter) -> Json:
    hole = {"type": "object", "required": ["hole"], "properties": {"hole": ref(converter, HoleSchema())}}
    return {"type": "array", "items": {"anyOf": [STRING, hole]}, "minItems": 1}


@schema_of.register
def _(field: SyntaxOption, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [STRING, ref(converter, SyntaxSchema())]}


@schema_of.register
def _(field: Spans, converter: OpenAPIConverter) -> Json:
    offset = {"type": "integer", "minimum": 0}
    return {
        "type": "array",
        "minItems": 1,
        "items": {"type": "array", "items": offset, "minItems": 2, "maxItems": 2},
    }


@schema_of.register
def _(field: Typed, converter: OpenAPIConverter) -> Json:
    others = {"type": "object", "required": ["type"], "properties": {"type": STRING}}
    return {"type": "array", "items": {"anyOf": [*(ref(converter, each) for each in field.schemas.values()), others]}}


@schema_of.register
def _(field: Input, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [STRING, schema_of.dispatch(Typed)(field, converter)]}


@schema_of.register
def _(field: ResponseToolChoice, converter: OpenAPIConverter) -> Json:
    kinds = [choice["type"] for choice in (NAMED_CHOICE, ALLOWED_CHOICE)]
    chosen = {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {**STRING, "enum": kinds},
            "name": STRING,
            "mode": {**STRING, "enum": ["auto", "required"]},
            "tools": {"type": "array", "items": {"type": "object"}},
        },
    }
    return {"anyOf": [{**STRING, "enum": list(CHOICES)}, chosen]}


@schema_of.register
def _(field: Blocks, converter: OpenAPIConverter) -> Json:
    kinds = [
        {"allOf": [{"required": ["type"], "properties": {"type": {"const": kind}}}, ref(converter, schema())]}
        for kind, schema in BLOCK_SCHEMAS.items()
    ]
    left_out = {"type": "object", "required": ["type"], "properties": {"type": {"enum": list(LEFT_OUT)}}}
    return {"anyOf": [STRING, {"type": "array", "items": {"anyOf": [*kinds, left_out]}}]}


@schema_of.register
def _(field: Form, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [{"const": "json"}, {"const": ""}, {"type": "object"}]}


@schema_of.register
def _(field: NoImages, converter: OpenAPIConverter) -> Json:
    return {"type": "array", "maxItems": 0}


@schema_of.register
def _(field: Refused, converter: OpenAPIConverter) -> Json:
    kinds = {bool: "boolean", int: "integer", str: "string", list: "array", type(None): "null"}
    kind = {"type": kinds[type(field.harmless)]}
    return kind if field.harmless is None else {**kind, "enum": [field.harmless]}


@schema_of.register
def _(field: KeepAlive, converter: OpenAPIConverter) -> Json:
    return {"anyOf": [STRING, {"type": "number"}]}
