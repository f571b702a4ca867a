"""JSON that is almost right: what could be in a field, and what could happen to a text on its way."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

DEEP = "@deep@"  # becomes an array in an array in an array ..., which no encoder of JSON would write
ODDITIES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 0.5, 1.5, 1e-300, -1e308, 1e308, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**40),
    *(float("nan"), float("inf"), float("-inf"), "", " ", "x", "0", "-1", "true", "null", "\x00", "\ud800", "\udc00a"),
    *("\u202eabc", "\ufeff", "😀" * 20, "e\u0301\u0323" * 20, "\r\n\r\n", "\x1b[2J", "a" * 5000, "\n" * 2000),
    *("<|im_end|>", "<fim_prefix>a<fim_suffix>b<fim_middle>", "{{ 7 * 7 }}", "../../etc/passwd", "%00", "[DONE]"),
    *("data:image/png;base64,AAAA", "http://169.254.169.254/", "file:///etc/passwd", DEEP),
    *([], [[]], [None], [0] * 300, ["a", 1, None], {}, {"": ""}, {"type": "text"}, {"type": "object"}, {"$ref": "#"}),
    *({"role": "user", "content": None}, {"hole": {}}, [{"type": "text", "text": "x"}], [[0, 1]], [-1], ["", ""]),
)
NAMES = ("", "x", "stream", "n", "model", "type", "__proto__", "__class__", "stream ", "Ｓtream", "messages", "a" * 300)
Part = dict[str, Any] | list[Any]


def spoiled(value: Any, chance: random.Random, times: int) -> Any:
    """A copy with as many parts replaced, deleted, doubled, wrapped, moved or renamed, anywhere in the tree."""
    value = copy.deepcopy(value)
    for _ in range(times):
        value = _spoil(value, chance)
    return value


def _spoil(value: Any, chance: random.Random) -> Any:
    if not isinstance(value, dict | list) or not value or chance.random() < 0.08:
        return copy.deepcopy(chance.choice(ODDITIES))
    key = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if chance.random() < 0.6:
        value[key] = _spoil(value[key], chance)
    else:
        chance.choice(DEEDS)(value, key, chance)
    return value


def _delete(value: Any, key: Any, _: random.Random) -> None:
    del value[key]


def _replace(value: Any, key: Any, chance: random.Random) -> None:
    value[key] = copy.deepcopy(chance.choice(ODDITIES))


def _wrap(value: Any, key: Any, chance: random.Random) -> None:
    value[key] = chance.choice(([value[key]], {"text": value[key]}, json.dumps(value[key])))


def _repeat(value: Any, key: Any, chance: random.Random) -> None:
    if isinstance(value, list):
        value += [copy.deepcopy(value[key]) for _ in range(chance.choice((1, 2, 200)))]
    else:
        value[chance.choice(NAMES)] = copy.deepcopy(value[key])


def _rename(value: Any, key: Any, chance: random.Random) -> None:
    if isinstance(value, dict):
        value[chance.choice((key.upper(), key + "s", f" {key}", *NAMES))] = value.pop(key)
    else:
        chance.shuffle(value)


def _swap(value: Any, key: Any, chance: random.Random) -> None:
    other = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    value[key], value[other] = value[other], value[key]


DEEDS: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _delete,
    _replace,
    _replace,
    _wrap,
    _repeat,
    _rename,
    _swap,
)


def sampled(schema: Mapping[str, Any], resolve: Callable[[str], Mapping[str, Any]], chance: random.Random) -> Any:
    """A value that a JSON Schema allows, or one just outside: what the document says invites what is next to it."""
    if "$ref" in schema:
        schema = resolve(schema["$ref"])
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return sampled(chance.choice(schema[union]), resolve, chance)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    kinds = schema.get("type", "object" if "properties" in schema else None)
    kind = chance.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "object" and schema.get("properties"):
        names = list(schema["properties"])
        picked = {*schema.get("required", ()), *chance.sample(names, min(len(names), chance.randrange(4)))}
        return {name: sampled(schema["properties"].get(name, {}), resolve, chance) for name in sorted(picked)}
    if kind == "array":
        return [sampled(schema.get("items", {}), resolve, chance) for _ in range(chance.choice((0, 1, 1, 2, 3)))]
    if kind in ("integer", "number"):
        bounds = [
            schema[name] for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if name in schema
        ]
        near = [bound + change for bound in bounds for change in (-1, 0, 1)]
        return chance.choice((*near, 0, 1, 2, 3, 8, 0.5 if kind == "number" else 5))
    if kind == "string":
        return chance.choice(("a", "", "1 +", "def f(x):\n    return ", "user", "b" * (schema.get("maxLength", 9) + 1)))
    return chance.choice((True, False, None)) if kind in ("boolean", "null") else copy.deepcopy(chance.choice(ODDITIES))


def written(value: Any, chance: random.Random) -> bytes:
    """The value as JSON; every sixth is damaged, or written as JSON is not."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.7)
    depth = chance.choice((3, 30, 300, 3000, 100_000))
    body = text.replace(json.dumps(DEEP), "[" * depth + "]" * depth).encode(errors="surrogatepass")
    return chance.choice(DAMAGES)(body, chance) if chance.random() < 1 / 6 else body


def flipped(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + bytes((chance.randrange(256),)) + body[at + chance.randrange(2) :]


def cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _doubled_field(body: bytes, chance: random.Random) -> bytes:
    """JSON allows it, and parsers differ in which one counts."""
    name = chance.choice((b"messages", b"prompt", b"stream", b"n", b"max_tokens", b"model"))
    return body[:-1] + b', "%b": %b}' % (name, chance.choice((b"null", b"1", b'"a"', b"[]", b"true", b"{}")))


def _long_number(body: bytes, chance: random.Random) -> bytes:
    number = chance.choice(
        (b"1" + b"0" * 4299, b"9" * 5000, b"-0", b"1e999999", b"0." + b"0" * 5000 + b"1", b"01", b"0x1")
    )
    return body[:-1] + b', "%b": %b}' % (chance.choice((b"max_tokens", b"seed", b"temperature", b"x")), number)


def _recoded(body: bytes, chance: random.Random) -> bytes:
    text = body.decode(errors="replace")
    return text.encode(
        chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "utf-7")), errors="replace"
    )


def _other_text(body: bytes, chance: random.Random) -> bytes:
    return chance.choice((
        *(b"", b" ", b"null", b"[]", b"1", b'"x"', b"\x00" * 20, b"{}{}", body + body, body + b"]", b"[" + body + b"]"),
        *(b"/* */" + body, body.replace(b'"', b"'"), body.replace(b": ", b":NaN,"), b"a=1&b=2", b"[" * 200_000),
        *(b'{"a":' * 50_000, b"\xef\xbb\xbf" * 2 + body, body + b"\xed\xa0\x80", b"-" * 99, body[:-1] + b",}"),
    ))  # fmt: skip


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(flipped, cut, _doubled_field, _long_number, _recoded, _other_text),
)
