"""JSON Schemas of the values that an option accepts."""

from __future__ import annotations

from typing import Any

from app.messages.rules import IntegerRange, OneOf, Rule, TrueOrFalse

Json = dict[str, Any]


def schema_of_rule(rule: Rule) -> Json:
    if isinstance(rule, OneOf):
        return {"type": "string", "enum": list(rule.names)}
    if isinstance(rule, TrueOrFalse):
        return {"type": "boolean"}
    limits = {"minimum": rule.low, "maximum": rule.high, "exclusiveMinimum": rule.above}
    return {
        "type": "integer" if isinstance(rule, IntegerRange) else "number",
        **{name: limit for name, limit in limits.items() if limit is not None},
    }


def or_null(schema: Json) -> Json:
    if schema.get("type") == "null":
        return schema
    if "type" in schema:
        nullable = {**schema, "type": [schema["type"], "null"]}
        return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}
