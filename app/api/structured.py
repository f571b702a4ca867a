"""The form of a reply: OpenAI's `response_format`, vLLM's `structured_outputs` and `guided_*`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import RequestError
from app.messages.grammar import GrammarKind, RequestedGrammar

ANY_OBJECT = {"type": "object"}
KINDS: Mapping[str, GrammarKind] = {
    "json": "json_schema",
    "regex": "regex",
    "choice": "choice",
    "grammar": "grammar",
}
RESPONSE_FORMATS = "text, json_object or json_schema"


def requested_grammar(body: Mapping[str, Any]) -> RequestedGrammar | None:
    """From a validated body. Raises RequestError for a bad value, and for more than one."""
    found = [*_response_format(body), *_structured_outputs(body), *_guided(body)]
    if len(found) > 1:
        raise RequestError(
            f"{found[0].param} and {found[1].param} exclude each other: a reply has one form.", found[1].param
        )
    if found and body.get("ignore_eos"):
        raise RequestError(
            f"ignore_eos cannot be combined with {found[0].param}, which says where a reply ends.", "ignore_eos"
        )
    return found[0] if found else None


def _response_format(body: Mapping[str, Any]) -> Iterator[RequestedGrammar]:
    value = body.get("response_format")
    if value is None or value.get("type") == "text":
        return
    if value.get("type") == "json_object":
        yield RequestedGrammar("json_schema", ANY_OBJECT, "response_format")
    elif value.get("type") == "json_schema":
        path = "response_format.json_schema"
        inner = value.get("json_schema")
        if not isinstance(inner, dict):
            raise RequestError(f"{path} must be an object with a name and a schema.", path)
        yield _json(inner.get("schema", ANY_OBJECT), f"{path}.schema")
    else:
        shown = value.get("type")
        raise RequestError(f"response_format.type must be {RESPONSE_FORMATS}, got {shown!r}.", "response_format.type")


def _structured_outputs(body: Mapping[str, Any]) -> Iterator[RequestedGrammar]:
    for name, value in (body.get("structured_outputs") or {}).items():
        if value is None or value is False:
            continue
        param = f"structured_outputs.{name}"
        if name == "json_object":
            yield RequestedGrammar("json_schema", ANY_OBJECT, param)
        elif name in KINDS:
            yield checked_grammar(name, value, param)
        else:
            raise RequestError(f"{param} is not supported; there are {', '.join(KINDS)} and json_object.", param)


def _guided(body: Mapping[str, Any]) -> Iterator[RequestedGrammar]:
    for name in KINDS:
        value = body.get(f"guided_{name}")
        if value is not None:
            yield checked_grammar(name, value, f"guided_{name}")


def checked_grammar(name: str, value: Any, param: str) -> RequestedGrammar:
    """What the field `param` asks for, of the kind that vLLM calls `name`. Raises RequestError for a bad value."""
    kind = KINDS[name]
    if kind == "json_schema":
        return _json(value, param)
    if kind == "choice":
        if not isinstance(value, list) or not value or not all(isinstance(text, str) and text for text in value):
            raise RequestError(f"{param} must be a list of strings, at least one and none of them empty.", param)
    elif not isinstance(value, str) or not value:
        raise RequestError(f"{param} must be a string.", param)
    return RequestedGrammar(kind, value, param)


def _json(value: Any, param: str) -> RequestedGrammar:
    """A schema, as an object or, as vLLM takes it too, as text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise RequestError(f"{param} must be a JSON schema, but is not JSON: {error}.", param) from error
    if not isinstance(value, dict | bool):
        raise RequestError(f"{param} must be a JSON schema: an object.", param)
    return RequestedGrammar("json_schema", value, param)
