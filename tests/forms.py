"""Two hundred schemas and patterns that replies are held to, with their checks."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

import jsonschema

from app.messages.grammar import GrammarKind, RequestedGrammar


@dataclass(frozen=True)
class Form:
    """What a reply must look like."""

    kind: GrammarKind
    value: Any

    @property
    def requested(self) -> RequestedGrammar:
        return RequestedGrammar(self.kind, self.value, "form")

    def check(self, text: str) -> None:
        """Raises an error if the text is not valid."""
        if self.kind == "json_schema":
            jsonschema.validate(json.loads(text), self.value)
        elif self.kind == "regex":
            assert re.fullmatch(self.value, text), text
        else:
            assert text in self.value, text


def obj(required: bool = True, **properties: Any) -> dict[str, Any]:
    names = list(properties) if required else []
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def text(**limits: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": 8, **limits}


def integer(low: int | None = None, high: int | None = None) -> dict[str, Any]:
    limits = {"minimum": low, "maximum": high}
    return {"type": "integer", **{name: value for name, value in limits.items() if value is not None}}


def array(items: Any, low: int = 0, high: int = 3) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": low, "maxItems": high}


SCALARS: list[dict[str, Any]] = [
    {"type": "boolean"},
    {"type": "null"},
    integer(0, 9),
    integer(-5, 120),
    integer(1000, 1999),
    {"type": "number", "minimum": 0, "maximum": 1},
    {"type": "number", "exclusiveMinimum": -2.5, "exclusiveMaximum": 2.5},
    text(),
    text(minLength=2),
    text(maxLength=3),
    text(minLength=5, maxLength=5),
    {"enum": ["red", "green", "blue"]},
    {"enum": [1, "one", None, True]},
    {"const": "fixed"},
    {"enum": ["größe", "日本", "naïve", "\u2028", 'a"b', "back\\slash"]},
    {"type": "string", "pattern": "^[A-Z]{3}$"},
    {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    {"type": "string", "pattern": "^(a|bc)+d$", "maxLength": 9},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "time"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "ipv4"},
    {"type": ["integer", "null"], "minimum": 0, "maximum": 99},
    {"type": ["boolean", "string"], "maxLength": 4},
]
UNIONS: list[dict[str, Any]] = [
    {"anyOf": [{"type": "null"}, obj(x=integer(0, 9))]},
    {"anyOf": [integer(0, 3), {"enum": ["a", "b"]}]},
    {"anyOf": [obj(kind={"const": "cat"}, lives=integer(1, 9)), obj(kind={"const": "dog"}, good={"type": "boolean"})]},
    {"oneOf": [obj(a=integer(0, 1)), obj(b=integer(0, 1))]},
    {"allOf": [text(), {"minLength": 3}]},
]
TREE = {
    "$ref": "#/$defs/node",
    "$defs": {"node": obj(value=integer(0, 9), children=array({"$ref": "#/$defs/node"}, high=2))},
}
LINKED = {
    "$ref": "#/$defs/list",
    "$defs": {"list": obj(head=integer(0, 9), tail={"anyOf": [{"type": "null"}, {"$ref": "#/$defs/list"}]})},
}
NESTED: list[dict[str, Any]] = [
    TREE,
    LINKED,
    obj(a=obj(b=obj(c=obj(d={"type": "boolean"})))),
    array(array(integer(0, 9), 1, 2), 1, 2),
    array(obj(id=integer(0, 99), tags=array({"enum": ["x", "yy"]}, high=2)), 1, 2),
    obj(required=False, a=integer(0, 9), b={"type": "boolean"}),
    obj(user=obj(name=text(), age=integer(0, 120)), ok={"type": "boolean"}),
    {
        "type": "array",
        "prefixItems": [integer(0, 9), {"type": "boolean"}],
        "items": False,
        "minItems": 2,
        "maxItems": 2,
    },
    {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 2},
]
PATTERNS = [
    r"[A-Z][a-z]{2,5} [0-9]{4}",
    r"(yes|no|maybe)",
    r"[0-9]{3}-[0-9]{4}",
    r"[01]{8}",
    r"#[0-9a-f]{6}",
    r"(foo|bar)(, (foo|bar)){0,3}",
    r"\([0-9]+\+[0-9]+\)",
    r"[a-z]+@[a-z]+\.(org|net)",
    r"v[0-9]+\.[0-9]+\.[0-9]+",
    r"(GET|POST) /[a-z]{1,10}",
    r"[äöü]{2}ß?",
    r"a?b?c?d",
    r"[^\x00-\x1f\x7f-\uffff]{5}",
    r"-?[0-9]{1,3}(\.[0-9]{1,2})?",
]
CHOICES = [["red", "green", "blue"], ["yes"], ["a", "ab", "abc"], ["größer", "kleiner"], ["one line\nand another", "x"]]


def forms() -> list[Form]:
    """Every scalar alone, in an object, in a list, and in pairs; unions and nested ones; patterns; choices."""
    schemas = [*SCALARS, *UNIONS, *NESTED]
    schemas += [obj(value=schema) for schema in (*SCALARS, *UNIONS)]
    schemas += [array(schema, 1, 2) for schema in SCALARS]
    pairs = itertools.islice(itertools.combinations(SCALARS, 2), 0, None, 3)
    schemas += [obj(first=first, second=second) for first, second in pairs]
    found = [Form("regex", pattern) for pattern in PATTERNS] + [Form("choice", texts) for texts in CHOICES]
    return found + [Form("json_schema", schema) for schema in schemas][: 200 - len(found)]
