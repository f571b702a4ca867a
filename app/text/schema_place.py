"""Where in a JSON schema something is wrong: the libraries that compile schemas do not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_TRIES = 300
# Keywords whose values hold schemas: by name, in a list, or one.
BY_NAME = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
IN_LIST = ("anyOf", "oneOf", "allOf", "prefixItems")
ONE = ("items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else")
DEFINITIONS = ("$defs", "definitions")


def place_of_error(schema: Any, compiles: Callable[[Any], bool]) -> str:
    """The path of the innermost schema that does not compile by itself, as ".properties.a"; "" for the whole."""
    known = {name: schema[name] for name in DEFINITIONS if isinstance(schema, Mapping) and name in schema}
    path, tries = "", 0
    while True:
        for step, inner in _inner(schema):
            tries += 1
            if tries > MAX_TRIES:
                return path
            if not (isinstance(inner, bool) or (isinstance(inner, Mapping) and compiles({**known, **inner}))):
                path, schema = path + step, inner
                break
        else:
            return path


def _inner(schema: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(schema, Mapping):
        return
    for keyword in BY_NAME:
        if isinstance(schema.get(keyword), Mapping):
            yield from ((f".{keyword}.{name}", inner) for name, inner in schema[keyword].items())
    for keyword in IN_LIST:
        if isinstance(schema.get(keyword), list):
            yield from ((f".{keyword}[{index}]", inner) for index, inner in enumerate(schema[keyword]))
    yield from ((f".{keyword}", schema[keyword]) for keyword in ONE if isinstance(schema.get(keyword), Mapping))
