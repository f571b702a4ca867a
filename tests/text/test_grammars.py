"""Compiling grammars: what is accepted, what is refused and how, and that nothing takes long."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.errors import RequestError
from app.messages.grammar import GrammarKind, RequestedGrammar
from app.settings import EMBEDDED_MODEL
from app.text.grammars import GrammarLimits, Grammars
from tests.forms import forms

VOCAB_SIZE, EOS = 2048, 2


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from transformers import PreTrainedTokenizerFast  # AutoTokenizer imports torch

    return PreTrainedTokenizerFast.from_pretrained(str(EMBEDDED_MODEL))


@pytest.fixture(scope="module")
def grammars(tokenizer: Any) -> Grammars:
    return Grammars(tokenizer, VOCAB_SIZE, (EOS,))


def compiled(grammars: Grammars, kind: GrammarKind, value: Any) -> str:
    return grammars.compile(RequestedGrammar(kind, value, "form"))


def test_there_are_two_hundred_forms_and_all_compile(grammars: Grammars) -> None:
    every = forms()

    assert len(every) == 200
    assert all(grammars.compile(form.requested) for form in every)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("grammar", "\x7f nothing", r"form cannot be compiled: Expected name at line 1, '' ^ '\x7f nothing'."),
        ("grammar", "", "form cannot be compiled: No 'root' rule found."),
        ("grammar", "\n\n", "form cannot be compiled: No 'root' rule found."),
        ("grammar", 'a ::= "x"', "form cannot be compiled: No 'root' rule found."),
        ("grammar", "root ::= b", "form cannot be compiled: Rule 'b' not found."),
        ("json_schema", {"type": "strin"}, "form cannot be compiled: Invalid type: strin."),
        (
            "json_schema",
            {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "strin"}}}},
            "form.properties.a.items cannot be compiled: Invalid type: strin.",
        ),
        (
            "json_schema",
            {"anyOf": [{"type": "null"}, {"type": "string", "pattern": "[a"}]},
            "form.anyOf[1] cannot be compiled: regex parse error:.",
        ),
        (
            "json_schema",
            {"type": "object", "properties": {"b": {"$ref": "#/$defs/c"}}, "$defs": {"c": {"not": {}}}},
            'form.properties.b cannot be compiled: Unimplemented keys: ["not"].',
        ),
        *(
            ("json_schema", schema, f"form{place} cannot be compiled: schema must be an object or boolean.")
            for schema, place in [
                ({"type": "object", "properties": {"a": {"type": "string"}, "b": "x"}}, ".properties.b"),
                ({"properties": {"a": True, "b": {"properties": {"c": 1}}}}, ".properties.b.properties.c"),
                ({"anyOf": ["x"]}, ".anyOf[0]"),
                ({"type": "array", "prefixItems": [True, [1]]}, ".prefixItems[1]"),
                ({"$defs": {"a": None}, "$ref": "#/$defs/a"}, ".$defs.a"),
            ]
        ),
        ("json_schema", {"$ref": "#"}, "form cannot be compiled: it matches no text."),
        ("grammar", "start: start", "form cannot be compiled: it matches no text."),
        ("json_schema", {"type": "string", "format": "nope"}, "form cannot be compiled: Unknown format: nope."),
    ],
)
def test_what_cannot_be_compiled_is_named_with_its_place(
    grammars: Grammars, kind: GrammarKind, value: Any, message: str
) -> None:
    with pytest.raises(RequestError, match=f"^{re.escape(message)}$") as caught:
        compiled(grammars, kind, value)
    assert caught.value.param == message.partition(" ")[0]


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


def test_a_schema_that_is_nested_too_deeply(grammars: Grammars) -> None:
    with pytest.raises(RequestError, match=r"^form is nested too deeply\.$"):
        compiled(grammars, "json_schema", nested(2000))
    with pytest.raises(RequestError, match=r"^form\S* cannot be compiled: recursion limit exceeded"):
        compiled(grammars, "json_schema", nested(200))


def test_the_size_is_limited(tokenizer: Any) -> None:
    small = Grammars(tokenizer, VOCAB_SIZE, (EOS,), GrammarLimits(max_bytes=20))

    assert compiled(small, "regex", "[a-z]+")
    with pytest.raises(RequestError, match=r"^form must be at most 20 bytes, got 22\.$"):
        compiled(small, "regex", "a" * 20)


def test_the_work_is_limited(tokenizer: Any) -> None:
    lazy = Grammars(tokenizer, VOCAB_SIZE, (EOS,), GrammarLimits(compile_ms=0))

    with pytest.raises(
        RequestError, match=r"^form\S* cannot be compiled: initial lexer configuration \(grammar\) too big"
    ):
        compiled(lazy, "json_schema", {"enum": [f"value {number}" for number in range(3000)]})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("regex", "(a{1,1000}){1,1000}"),
        ("regex", "((a|b|c|d){1,100}){1,100}x{1,10000}"),
        ("regex", "(?:[a-z]+[0-9]+){1,500}"),
        ("json_schema", {"enum": [f"v{number}" for number in range(5000)]}),
        ("json_schema", {"type": "array", "items": {"type": "integer"}, "minItems": 100_000}),
        ("json_schema", {"type": "string", "minLength": 1_000_000}),
        ("json_schema", {"anyOf": [{"type": "object", "properties": {f"p{i}": {} for i in range(300)}}] * 3}),
    ],
    ids=["bounds", "alternatives", "groups", "enum", "items", "length", "properties"],
)
def test_known_blow_ups_are_compiled_or_refused(grammars: Grammars, kind: GrammarKind, value: Any) -> None:
    """A server that hangs here makes the test hang."""
    try:
        grammar = compiled(grammars, kind, value)
    except RequestError:
        return
    assert grammars.matcher(grammar).allowed().any()


def test_a_matcher_is_its_own(grammars: Grammars, tokenizer: Any) -> None:
    grammar = compiled(grammars, "choice", ["red", "green"])
    first, second = grammars.matcher(grammar), grammars.matcher(grammar)
    red = tokenizer.encode("r", add_special_tokens=False)

    copy = first.copy()
    assert all(first.consume(token_id) for token_id in red)

    assert not first.allowed()[red[0]]
    assert second.allowed()[red[0]]
    assert copy.allowed()[red[0]]
    assert not second.consume(EOS)


def test_the_end_is_allowed_and_forced_where_the_text_is_complete(grammars: Grammars, tokenizer: Any) -> None:
    matcher = grammars.matcher(compiled(grammars, "regex", "ab?"))
    (a,), (b,) = (tokenizer.encode(letter, add_special_tokens=False) for letter in "ab")

    assert not matcher.allowed()[EOS]
    assert matcher.consume(a)
    assert (matcher.is_accepting, matcher.allowed()[EOS], matcher.forced()) == (True, True, [])
    assert matcher.consume(b)
    assert matcher.forced() == [EOS]


def test_json_is_written_as_python_writes_it(grammars: Grammars, tokenizer: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["a", "b"]}
    matcher = grammars.matcher(compiled(grammars, "json_schema", {**schema, "additionalProperties": False}))

    assert tokenizer.decode(matcher.forced()) == '{"a": 1, "b": 2}'


def test_many_grammars_do_not_pile_up(grammars: Grammars) -> None:
    first = compiled(grammars, "regex", "x{1}")
    for number in range(100):
        compiled(grammars, "regex", f"y{{{number}}}z")

    assert len(grammars._compiled) <= 64
    assert grammars.matcher(first).allowed().any()  # compiled again
